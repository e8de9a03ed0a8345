/** A chain as the relayer sees it: what `take` and `dispatch` ask of one, whatever kind it is. */
import type { Database, requests, transactions } from '@parley/database'
import type { ChainKind, EmittedEvent, ParleyError, RequestKind } from '@parley/protocol'
import type { SQL } from 'drizzle-orm'
import type { MarketChain } from './market/chain.ts'

export type RequestRow = typeof requests.$inferSelect
export type StoredTransaction = typeof transactions.$inferSelect
export type DatabaseTransaction = Parameters<Parameters<Database['transaction']>[0]>[0]

/** What a request does on its chain, in that chain's own form. */
export interface ChainCall {
  readonly to: string
  readonly data: string
}

/** A request that was checked and would succeed now. */
export interface Prepared {
  readonly call: ChainCall
  /** Whose request it is; nobody's when anyone may make it. */
  readonly account?: string
  /** What can happen only once, so that a second request for it is a replay; absent for what may be repeated. */
  readonly effect?: string
}

/** `signer` names the key whose nonces are counted. */
export interface SignedTransaction {
  readonly hash: string
  readonly signer: string
  readonly nonce: bigint
  readonly raw: string
}

/** Signs what was judged. Gives nothing when it is not its turn: others hold the keys, or have to be first. */
export type Sign = (tx: DatabaseTransaction) => Promise<SignedTransaction | undefined>

export interface BlockId {
  readonly blockNumber: number
  readonly blockHash: string
}

/** What a request's transaction did. */
export interface Outcome extends BlockId {
  readonly transaction: string
  readonly gasUsed: number
  readonly events: readonly EmittedEvent[]
  /** Why the request failed, if it did. */
  readonly error: ParleyError | undefined
}

/** What somebody else's transaction has done, or is doing still; undefined when there is none. */
export type Elsewhere = Outcome | 'running' | undefined

/** `unknown`: not included, as far as the node knows. `running`: included, and not at its end yet. */
export type Progress =
  | { readonly status: 'unknown' | 'running' }
  | { readonly status: 'done'; readonly outcome: Outcome }

/** What has to be done about a transaction that is not included. */
export type Fate =
  /** Send the same bytes again. */
  | { readonly status: 'waiting' }
  /** It can never be included: its request starts over. */
  | { readonly status: 'lost'; readonly reason: string }
  /** No node will ever take it, nor anything else that asks for the same: its request ends. */
  | { readonly status: 'refused'; readonly refusal: ParleyError }
  /** It pays too little: send `by`, which excludes it. */
  | { readonly status: 'replaced'; readonly by: SignedTransaction }

/** One signer at one moment. Whatever is asked about its transactions afterwards, is no older than this. */
export interface SignerView {
  readonly fateOf: (transaction: StoredTransaction) => Promise<Fate>
  /** The nonce that the chain takes next, where it takes no other. */
  readonly nextNonce?: bigint
}

export interface Chain {
  /** CAIP-2. */
  readonly id: string
  readonly kind: ChainKind
  /** Throws when the node does not answer. */
  readonly ping: () => Promise<unknown>
  /** Checks a request as the chain would. Throws the first refusal; ChainUnavailable when nothing is known. */
  readonly prepare: (kind: RequestKind, body: object) => Promise<Prepared>
  /** Whose request a body claims to be, for the record of refusals only. */
  readonly claimant: (kind: RequestKind, body: object) => string | undefined
  /** How many requests can get a nonce now, at most. */
  readonly countFreeNonces: (db: Pick<Database, 'selectDistinct'>) => Promise<number>
  /** Which accepted requests need not wait for others; all when absent. */
  readonly isNext?: SQL
  /** Checks an accepted request against the chain as it is now. Throws as `prepare` does. */
  readonly judge: (request: RequestRow) => Promise<Sign>
  /** Whether what `judge` threw will be so in the next block, too. */
  readonly isRefusedForGood: (request: RequestRow, refusal: ParleyError) => Promise<boolean>
  /** Never throws: what counts is whether the transaction is included, and until then the same bytes are sent again. */
  readonly broadcast: (raw: string) => Promise<void>
  readonly viewSigner: (signer: string) => Promise<SignerView>
  /** How far one of the request's transactions is. One that changed nothing counts as what did it instead, whoever sent that. */
  readonly findProgress: (request: RequestRow, transaction: StoredTransaction) => Promise<Progress>
  /** What became of the request through somebody else's transaction. */
  readonly findElsewhere: (request: RequestRow) => Promise<Elsewhere>
  /** What there is to say about blocks now. */
  readonly viewBlocks: () => Promise<(block: BlockId) => Promise<Standing>>
  /** Sees to it that there is what sending takes, apart from gas. Called at the start and then from time to time. */
  readonly keepUp: (db: Pick<Database, 'transaction'>) => Promise<void>
  readonly market: MarketChain
}

/** `gone`: a reorg took it away. */
export type Standing = 'pending' | 'final' | 'gone'

/** What a request sends. */
export function callOf({ callTo, callData }: RequestRow): ChainCall {
  if (callTo === null || callData === null) throw new Error('a refused request has nothing to send')
  return { to: callTo, data: callData }
}
