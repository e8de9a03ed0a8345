import { type Database, requests, signers, transactions } from '@parley/database'
import { type Hex, ParleyError } from '@parley/protocol'
import { and, asc, eq, inArray, sql } from 'drizzle-orm'
import { type Hash, keccak256, parseTransaction, type TransactionReceipt } from 'viem'
import { type ChainCall, type EvmChain, estimate, findReceipt, whyReverted } from './chain/chain.ts'
import { findEvidence } from './chain/evidence.ts'
import { readEvents, readFailure } from './chain/receipt.ts'
import type { RequestRow } from './store.ts'

export interface Dispatcher {
  readonly db: Database
  readonly chain: EvmChain
  readonly log: { info(fields: object, text: string): void; warn(fields: object, text: string): void }
  readonly finalityBlocks: number
}

/** Room for what the chain may have changed since the estimate. */
const GAS_MARGIN_PERCENT = 120n

/** No transaction may use more (EIP-7825). */
const MAX_TRANSACTION_GAS = 1n << 24n

/** After this long in the pool a transaction pays too little. */
const STUCK_MILLISECONDS = 20_000

/** How many requests one round takes on. */
const ROUND = 50

/**
 * One round: sends what was accepted, looks after what was sent, and watches what was mined until it is final. Everything is decided from the
 * database and the chain, so a round may be cut off anywhere and the next one, in another process even, carries on.
 */
export async function dispatch(dispatcher: Dispatcher): Promise<void> {
  await sendAccepted(dispatcher)
  await followSent(dispatcher)
  await watchMined(dispatcher)
}

async function sendAccepted(dispatcher: Dispatcher): Promise<void> {
  const { db } = dispatcher
  const accepted = await db
    .select()
    .from(requests)
    .where(eq(requests.status, 'accepted'))
    .orderBy(asc(requests.createdAt))
    .limit(ROUND)
  let outage: unknown
  for (const request of accepted) {
    try {
      const gas = await estimate(dispatcher.chain, callOf(request))
      const raw = await sign(dispatcher, request, gas)
      if (raw) await broadcast(dispatcher.chain, raw)
    } catch (error) {
      // One request that cannot be judged now must not hold up those behind it.
      if (!(error instanceof ParleyError) || error.isRetryable) outage = error
      else await concludeUnsent(dispatcher, request, error)
    }
  }
  if (outage) throw outage
}

/** Gives the request a nonce and stores the signed transaction, in one step. Nothing when another relayer was faster. */
async function sign({ db, chain }: Dispatcher, request: RequestRow, gas: bigint): Promise<Hex | undefined> {
  const { client, account } = chain
  const fees = await client.estimateFeesPerGas()
  const used = await client.getTransactionCount({ address: account.address, blockTag: 'pending' })
  const limit = (gas * GAS_MARGIN_PERCENT) / 100n
  const gasLimit = limit < MAX_TRANSACTION_GAS ? limit : MAX_TRANSACTION_GAS

  return db.transaction(async (tx) => {
    if (!(await claim(tx, request, 'accepted'))) return undefined
    const nonce = await takeNonce(tx, chain.id, account.address.toLowerCase(), used)
    return storeSigned(tx, chain, request, { ...fees, nonce, gas: gasLimit })
  })
}

type DatabaseTransaction = Parameters<Parameters<Database['transaction']>[0]>[0]

interface TransactionTerms {
  readonly nonce: number
  readonly gas: bigint
  readonly maxFeePerGas: bigint
  readonly maxPriorityFeePerGas: bigint
}

/** Locks a request that still has this status, until the database transaction ends. */
async function claim(tx: DatabaseTransaction, { id }: RequestRow, status: 'accepted' | 'sent'): Promise<boolean> {
  const isIt = and(eq(requests.id, id), eq(requests.status, status))
  const claimed = await tx.select({ id: requests.id }).from(requests).where(isIt).for('update', { skipLocked: true })
  return claimed.length > 0
}

async function storeSigned(
  tx: DatabaseTransaction,
  chain: EvmChain,
  request: RequestRow,
  terms: TransactionTerms,
): Promise<Hex> {
  const { account, chainId } = chain
  const raw = await account.signTransaction({ ...callOf(request), ...terms, type: 'eip1559', chainId })
  const hash = keccak256(raw)
  const signer = account.address.toLowerCase()
  await tx
    .insert(transactions)
    .values({ chain: chain.id, hash, signer, nonce: terms.nonce, requestId: request.id, raw })
  await tx
    .update(requests)
    .set({ status: 'sent', transaction: hash, updatedAt: new Date() })
    .where(eq(requests.id, request.id))
  return raw
}

/** The counter may be behind the chain (the key was used elsewhere), never ahead: whatever has a nonce is stored and is sent until it is mined. */
async function takeNonce(tx: DatabaseTransaction, chain: string, address: string, used: number): Promise<number> {
  const [row] = await tx.execute<{ next_nonce: number }>(sql`
    insert into ${signers} as s (chain, address, next_nonce) values (${chain}, ${address}, ${used} + 1)
    on conflict (chain, address) do update set next_nonce = greatest(s.next_nonce, ${used}) + 1
    returning next_nonce`)
  if (!row) throw new Error('the database returned no nonce')
  return row.next_nonce - 1
}

/** Errors are not looked at: what counts is whether a receipt appears, and until then the same bytes are sent again. */
async function broadcast({ client }: EvmChain, raw: Hex): Promise<void> {
  await client.sendRawTransaction({ serializedTransaction: raw }).catch(() => {})
}

async function followSent(dispatcher: Dispatcher): Promise<void> {
  const { db, chain } = dispatcher
  const isSent = and(eq(requests.chain, chain.id), eq(requests.status, 'sent'))
  const sent = await db
    .select({ request: requests, transaction: transactions })
    .from(requests)
    .innerJoin(transactions, eq(transactions.hash, requests.transaction))
    .where(isSent)
    .orderBy(asc(transactions.nonce))
    .limit(ROUND)
  for (const { request, transaction } of sent) {
    const receipt = await findMined(dispatcher, request)
    if (receipt) await concludeMined(dispatcher, request, receipt)
    else if (await isNonceGone(chain, transaction.nonce)) await reconsider(dispatcher, request)
    else if (Date.now() - transaction.createdAt.getTime() > STUCK_MILLISECONDS)
      await replace(dispatcher, request, transaction.raw as Hex)
    else await broadcast(chain, transaction.raw as Hex)
  }
}

/** Any of the request's transactions, the one that was replaced included: whichever was mined counts. */
async function findMined({ db, chain }: Dispatcher, { id }: RequestRow): Promise<TransactionReceipt | undefined> {
  for (const { hash } of await db
    .select({ hash: transactions.hash })
    .from(transactions)
    .where(eq(transactions.requestId, id))) {
    const receipt = await findReceipt(chain, hash as Hash)
    if (receipt) return receipt
  }
  return undefined
}

async function isNonceGone({ client, account }: EvmChain, nonce: number): Promise<boolean> {
  return (await client.getTransactionCount({ address: account.address, blockTag: 'latest' })) > nonce
}

/** Another transaction took this nonce: this one will never be mined, so the request starts over. */
async function reconsider(dispatcher: Dispatcher, request: RequestRow): Promise<void> {
  const { db, log } = dispatcher
  // Mined between the two questions: the nonce is gone because it was used.
  if (await findMined(dispatcher, request)) return
  await db.transaction(async (tx) => {
    if (!(await claim(tx, request, 'sent'))) return
    await tx.delete(transactions).where(eq(transactions.requestId, request.id))
    await tx
      .update(requests)
      .set({ status: 'accepted', transaction: null, updatedAt: new Date() })
      .where(eq(requests.id, request.id))
  })
  log.warn({ request: request.id }, 'its nonce was used by another transaction; the request is sent anew')
}

/** Signs the same call and nonce with a higher fee: whichever is mined, it happens once. */
async function replace({ db, chain, log }: Dispatcher, request: RequestRow, raw: Hex): Promise<void> {
  const stuck = parseTransaction(raw)
  const fees = await chain.client.estimateFeesPerGas()
  const maxFeePerGas = raised(stuck.maxFeePerGas ?? 0n, fees.maxFeePerGas)
  const maxPriorityFeePerGas = raised(stuck.maxPriorityFeePerGas ?? 0n, fees.maxPriorityFeePerGas)
  const terms = { nonce: stuck.nonce ?? 0, gas: stuck.gas ?? 0n, maxFeePerGas, maxPriorityFeePerGas }
  const replacement = await db.transaction(async (tx) => {
    return (await claim(tx, request, 'sent')) ? storeSigned(tx, chain, request, terms) : undefined
  })
  if (!replacement) return
  log.warn(
    { request: request.id, nonce: terms.nonce, maxFeePerGas: String(maxFeePerGas) },
    'stuck; sent again with a higher fee',
  )
  await broadcast(chain, replacement)
}

/** Nodes take a replacement that pays a tenth more; an eighth leaves room for rounding. */
function raised(before: bigint, now: bigint): bigint {
  const least = before + before / 8n + 1n
  return now > least ? now : least
}

/** The chain would refuse it now. Unless that is because it has happened already: whoever sent it, that is success. */
async function concludeUnsent(dispatcher: Dispatcher, request: RequestRow, error: ParleyError): Promise<void> {
  const hash = await findEvidence(dispatcher.chain, request)
  const receipt = hash && (await findReceipt(dispatcher.chain, hash))
  if (receipt) return concludeMined(dispatcher, request, receipt)
  await conclude(dispatcher, request, { status: 'failed', ...fieldsOf(error), isFinal: true })
}

async function concludeMined(dispatcher: Dispatcher, request: RequestRow, receipt: TransactionReceipt): Promise<void> {
  const events = readEvents(receipt)
  const error =
    receipt.status === 'reverted'
      ? await whyReverted(dispatcher.chain, callOf(request), receipt.blockNumber)
      : readFailure(events)
  await conclude(dispatcher, request, {
    status: error ? 'failed' : 'succeeded',
    ...fieldsOf(error),
    transaction: receipt.transactionHash,
    blockNumber: Number(receipt.blockNumber),
    blockHash: receipt.blockHash,
    gasUsed: Number(receipt.gasUsed),
    events,
  })
}

async function conclude({ db, log }: Dispatcher, request: RequestRow, outcome: Partial<RequestRow>): Promise<void> {
  await db
    .update(requests)
    .set({ ...outcome, updatedAt: new Date() })
    .where(eq(requests.id, request.id))
  const { status, error, message, transaction, gasUsed } = outcome
  const refusal = error ? { code: error, message } : {}
  log.info(
    { request: request.id, kind: request.kind, account: request.account, ...refusal, transaction, gasUsed },
    String(status),
  )
}

/** Mined is not final: when the block of a request is no longer the chain's, the request counts as sent again. */
async function watchMined({ db, chain, finalityBlocks, log }: Dispatcher): Promise<void> {
  const blocks = await db
    .selectDistinct({ number: requests.blockNumber, hash: requests.blockHash })
    .from(requests)
    .where(
      and(eq(requests.chain, chain.id), inArray(requests.status, ['succeeded', 'failed']), eq(requests.isFinal, false)),
    )
  if (blocks.length === 0) return

  const head = Number(await chain.client.getBlockNumber())
  for (const { number, hash } of blocks) {
    if (number === null || hash === null) continue
    const inBlock = and(eq(requests.chain, chain.id), eq(requests.blockHash, hash))
    const found =
      number > head ? undefined : await chain.client.getBlock({ blockNumber: BigInt(number) }).catch(() => undefined)
    if (found?.hash === hash && head - number < finalityBlocks) continue
    if (found?.hash === hash) await db.update(requests).set({ isFinal: true }).where(inBlock)
    else {
      const undone = {
        status: 'sent',
        error: null,
        message: null,
        field: null,
        blockNumber: null,
        blockHash: null,
        gasUsed: null,
        events: null,
      } as const
      await db
        .update(requests)
        .set({ ...undone, updatedAt: new Date() })
        .where(inBlock)
      log.warn({ blockNumber: number, blockHash: hash }, 'a reorg took a block away; its requests are followed again')
    }
  }
}

function callOf({ callTo, callData }: RequestRow): ChainCall {
  if (callTo === null || callData === null) throw new Error('a refused request has nothing to send')
  return { to: callTo as Hex, data: callData as Hex }
}

function fieldsOf(error: ParleyError | undefined): Pick<RequestRow, 'error' | 'message' | 'field'> {
  return { error: error?.code ?? null, message: error?.message ?? null, field: error?.field ?? null }
}
