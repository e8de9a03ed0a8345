/** What the behaviour of both chains is written against: people, calls by name, a clock. */
import type { Deployment as EvmDeployment } from '@parley/evm'
import type { Deployment as NearDeployment } from '@parley/near/deployment-file'
import type { ChainKind, Hex, Message, SigningDomain } from '@parley/protocol'

export type Person = 'owner' | 'alice' | 'bob' | 'carol' | 'relayer' | 'operator' | 'guardian'

/** An event of Parley's contracts, with Solidity's names: numbers are bigint, accounts in lower case. */
export interface Happened {
  readonly name: string
  readonly args: Readonly<Record<string, unknown>>
}

/** A call that a contract refused; the message is `Name: details`. */
export class Refused extends Error {}

/** By Solidity's parameter names; numbers are bigint, `NOBODY` stands for no account. */
export type Args = Readonly<Record<string, unknown>>

export interface DriverOptions {
  /** Seconds: a timelock owns the contracts, in which 'owner' proposes. Without it, 'owner' does. */
  readonly timelockDelay?: bigint
}

/** A call of one of Parley's contracts, or of the timelock itself, by Solidity's names. */
export interface Operation {
  readonly method: string
  readonly args: Args
  readonly predecessor?: Hex
  readonly salt?: Hex
}

/** Who owns the contracts and waits. */
export interface Timelock {
  readonly account: string
  /** Answers the operation's id. `delay` is in seconds. */
  readonly schedule: (who: Person, operation: Operation, delay: bigint) => Promise<Hex>
  /** Throws what the call is refused with. */
  readonly execute: (who: Person, operation: Operation) => Promise<readonly Happened[]>
  readonly cancel: (who: Person, id: Hex) => Promise<void>
  /** As OpenZeppelin numbers them. */
  readonly stateOf: (id: Hex) => Promise<bigint>
  /** A role as arguments and errors have it. */
  readonly roleOf: (name: 'proposer' | 'canceller') => string
}

/** By Solidity's names; what is left out is nothing. `terms` are by the evaluator's kind: `{ enclave: { bodyHash, … } }`. */
interface Hiring {
  readonly jobId?: bigint
  readonly client: string
  readonly provider: string
  readonly providerAgentId: bigint
  readonly evaluator: string
  readonly expiredAt: bigint
  readonly description: string
  readonly hook?: string
  readonly token: string
  readonly budget: bigint
  readonly isInLedger: boolean
  readonly terms?: Readonly<Record<string, Args>>
}

export interface Served {
  readonly url: string
  readonly deployment: EvmDeployment | NearDeployment
  /** The newest block. */
  readonly head: () => Promise<{ readonly hash: string }>
  readonly stop: () => Promise<void>
}

export interface Driver {
  readonly kind: ChainKind
  /** Each person's account. */
  readonly accounts: Readonly<Record<Person, string>>
  /** Who judges on an enclave's word. */
  readonly evaluator: string
  /** Who judges otherwise. */
  readonly evaluators: {
    readonly quorum: string
    readonly milestones: string
    readonly arbitrated: string
  }
  /** The payee that shares what a job pays among many. */
  readonly crowd: string
  /** Who holds the money of funded jobs. */
  readonly escrow: string
  /** Who holds the money of the ledger. */
  readonly ledger: string
  /** Whom an account makes its operator, so that keys can spend for it. */
  readonly guardrails: string
  /** The demo's token, in which everybody may be paid. */
  readonly dollar: string
  /** What enclaves and verifiers sign. */
  readonly messages: { readonly EnclaveReport: Message; readonly EnclaveResult: Message }
  /** Where reports, results and job ids count. */
  readonly domains: { readonly reports: SigningDomain; readonly results: SigningDomain; readonly jobs: SigningDomain }
  /** A domain's like on another chain, and of another contract. */
  readonly elsewhere: (domain: SigningDomain) => { readonly chain: SigningDomain; readonly contract: SigningDomain }

  /** Calls one of Parley's contracts by Solidity's name and waits for all that follows. Throws Refused. */
  readonly send: (who: Person, method: string, args: Args) => Promise<readonly Happened[]>
  /** Asks one of Parley's contracts. Throws Refused. */
  readonly read: (method: string, args: Args) => Promise<unknown>
  /** Brings a job its money, in the job's token: by allowance on EVM, by `ft_transfer_call` on NEAR. */
  readonly fund: (who: Person, jobId: bigint, expectedBudget: bigint) => Promise<readonly Happened[]>
  /** Creates and funds a job by one call: from the client's balance in the ledger, or by its money as `fund`. */
  readonly hire: (who: Person, hiring: Hiring) => Promise<readonly Happened[]>
  /** As a key under a policy, in the name of `hiring.client`. */
  readonly spendHire: (who: Person, hiring: Hiring) => Promise<readonly Happened[]>
  /** What confirmers of a hiring confirm as its details. */
  readonly hashHiring: (hiring: Hiring) => Promise<unknown>
  readonly transferAgent: (who: Person, agentId: bigint, to: string) => Promise<readonly Happened[]>
  /** Brings the ledger money of `who`, credited to `receiver`. */
  readonly deposit: (who: Person, token: string, amount: bigint, receiver?: string) => Promise<readonly Happened[]>
  /** Takes money of `who` out of the ledger. */
  readonly withdraw: (who: Person, token: string, amount: bigint, receiver?: string) => Promise<readonly Happened[]>
  /** Moves the balance of `from`, of whom `who` is operator when it is another. */
  readonly ledgerTransfer: (
    who: Person,
    to: string,
    token: string,
    amount: bigint,
    from?: string,
  ) => Promise<readonly Happened[]>
  readonly ledgerBalanceOf: (token: string, account: string) => Promise<bigint>
  /** With the wallet's consent: by its signature on EVM, by its own call on NEAR. `deadline` is in seconds. */
  readonly setWallet: (who: Person, agentId: bigint, wallet: Person, deadline: bigint) => Promise<readonly Happened[]>
  /** Lets `spender` act for the agent's owner. */
  readonly approveAgent: (who: Person, agentId: bigint, spender: Person) => Promise<void>
  /** Gives atoms of a token that `who` may spend on jobs and deposit. */
  readonly give: (token: string, who: Person, amount: bigint) => Promise<void>
  readonly balanceOf: (token: string, account: string) => Promise<bigint>
  /** Deploys another token like the demo's, which can be told to refuse. */
  readonly addToken: () => Promise<string>
  /** Makes a token that was added pay nobody out, or pay again; what it is given it takes all the same. */
  readonly refuse: (token: string, isRefusing: boolean) => Promise<void>
  /** How an error's details say a value: job ids are hexadecimal on NEAR. */
  readonly detail: (value: unknown) => string

  readonly timelock: Timelock

  /** Answers the node's JSON-RPC on this machine, for programs that follow the chain. */
  readonly serve: () => Promise<Served>

  /** Seconds. */
  readonly now: () => bigint
  readonly warp: (seconds: bigint) => Promise<void>
  /** Returns a function that brings chain and clock back to this point, as often as it is called. */
  readonly snapshot: () => Promise<() => Promise<void>>
}

/** A job id as messages have it. */
export function hexOfJobId(jobId: bigint): Hex {
  return `0x${jobId.toString(16).padStart(64, '0')}`
}
