import { type Hex, type NamedEvent, nearDomain, readNearEvents } from '@parley/protocol'
import { createNode, type ExecutionOutcome, type Node, type TransactionStatus } from '@parley/sandbox'
import { keccak256 } from 'viem'
import { mnemonicToAccount } from 'viem/accounts'
import { deployContracts, deployDemoDollar, deployTimelock, depositStorage } from '../src/deployment.ts'
import { type Actor, GUARDIAN, OWNER, PEOPLE, ROOT } from './actors.ts'
import { deployerOf, Failed, failureOf, type Order, transactTogether } from './transactions.ts'

export const CHAIN_ID = 'localnet'
export const NEAR = 10n ** 24n
export const TERA = 10n ** 12n
const MAX_AGE = 7n * 86_400n
export const QUORUM = 2

/** Hardhat's well-known mnemonic: the keys of enclaves and verifiers are the same on both chains. */
const account = (addressIndex: number) =>
  mnemonicToAccount('test test test test test test test test test test test junk', { addressIndex })

/** In ascending order of their addresses, which is the order that signatures must have. */
export const VERIFIERS = [account(7), account(8), account(9)].sort((a, b) =>
  a.address.toLowerCase() < b.address.toLowerCase() ? -1 : 1,
)

export const keccak = (bytes: Uint8Array) => keccak256(bytes, 'bytes')

export interface Receipt {
  readonly status: TransactionStatus
  /** What the call came to, parsed; undefined for nothing. */
  readonly value: unknown
  /** Of Parley's contracts, in order. */
  readonly events: readonly NamedEvent[]
  /** Why the first receipt that failed did: `Name: details`. */
  readonly failure: string | undefined
}

interface CallOptions {
  /** yoctoNEAR. */
  readonly deposit?: bigint
  readonly gas?: bigint | undefined
}

export type Call = readonly [from: Actor, contract: string, method: string, args: unknown, options?: CallOptions]

export type Chain = Awaited<ReturnType<typeof openChain>>

/**
 * A NEAR node of its own in this process with all contracts deployed. Its clock moves only when it is told to. With `timelockDelay`, in
 * seconds, a timelock owns them, in which OWNER proposes.
 */
export async function openChain({ timelockDelay }: { readonly timelockDelay?: bigint } = {}) {
  let now = 1_900_001_000n
  const node = createNode({
    chainId: CHAIN_ID,
    // Blocks come when a test wants them, so that calls can be made to overtake each other.
    autoProduce: false,
    clock: () => now * 1_000_000_000n,
    genesisAccounts: [ROOT, ...PEOPLE].map(({ accountId, secretKey }) => ({
      accountId,
      amount: 10_000n * NEAR,
      publicKeys: [secretKey.publicKey],
    })),
  })
  const fromBlock = Number(node.latestBlock().height)
  const root = deployerOf(node, ROOT)
  const verifiers = VERIFIERS.map(({ address }) => address.toLowerCase() as Hex)
  const timelock = { delay: timelockDelay ?? 0n, proposers: [OWNER.accountId] }
  const owner = timelockDelay === undefined ? OWNER.accountId : await deployTimelock(root, timelock)
  const options = { owner, guardian: GUARDIAN.accountId, verifiers, quorum: QUORUM, maxAge: MAX_AGE }
  const { agents, parley } = await deployContracts(root, options)
  const holders = [parley, ...PEOPLE.map(({ accountId }) => accountId)]
  const dollar = await deployDemoDollar(root, { owner: OWNER.accountId, supply: 10n ** 15n, holders })
  for (const { accountId } of PEOPLE) {
    await depositStorage(root, parley, accountId, NEAR)
    await depositStorage(root, agents, accountId, NEAR)
  }

  /** Sends calls in one block, and produces blocks until all that follows has happened. Nothing throws but the node itself. */
  function attemptTogether(...calls: readonly Call[]): Receipt[] {
    return transactTogether(node, calls.map(orderOf)).map((status) => ({
      status,
      value: answerOf(status),
      events: eventsOf(node, status),
      failure: failureOf(status),
    }))
  }

  function attempt(...call: Call): Receipt {
    const [receipt] = attemptTogether(call)
    if (receipt === undefined) throw new Error('nothing was sent')
    return receipt
  }

  /** Throws Failed when any receipt failed. */
  async function send(...call: Call): Promise<Receipt> {
    const receipt = attempt(...call)
    if (receipt.failure !== undefined) throw new Failed(receipt.failure, receipt.status)
    return receipt
  }

  /** Gives `amount` of a token to the escrow with a message for it: how jobs are funded, and the ledger when it is empty. */
  function transferCall(from: Actor, token: string, amount: bigint, msg: object | ''): Call {
    const args = { receiver_id: parley, amount, msg: msg === '' ? msg : jsonOf(msg) }
    return [from, token, 'ft_transfer_call', args, { deposit: 1n }]
  }

  async function view<Answer>(contract: string, method: string, args: unknown = {}): Promise<Answer> {
    const query = node.query({ kind: 'latest' })
    const result = query?.callFunction(contract, method, Buffer.from(jsonOf(args)))
    if (result?.status !== 'success') throw new ViewFailed(result?.message ?? 'no block')
    const text = Buffer.from(result.value).toString()
    return (text === '' ? undefined : JSON.parse(text)) as Answer
  }

  return {
    node,
    attempt,
    attemptTogether,
    send,
    transferCall,
    view,
    agents,
    parley,
    fromBlock,
    dollar,
    /** OWNER, or its timelock. */
    owner,
    domain: nearDomain(CHAIN_ID, parley, keccak),
    /** The time of the next block, in seconds. */
    now: () => now,
    warp: (seconds: bigint) => {
      now += seconds
      // A view sees the time of the last block.
      node.produceBlock()
    },
    /** Returns a function that brings chain and clock back to this point, as often as it is called. */
    snapshot: () => {
      const time = now
      const snapshot = node.snapshot()
      return () => {
        node.revert(snapshot)
        now = time
      }
    },
  }
}

function orderOf([signer, receiverId, methodName, args, { deposit = 0n, gas = 200n * TERA } = {}]: Call): Order {
  const json = typeof args === 'string' ? args : jsonOf(args)
  return { signer, receiverId, actions: [{ kind: 'FunctionCall', methodName, args: Buffer.from(json), gas, deposit }] }
}

/** A view that refused; the message is `Name: details`. */
export class ViewFailed extends Error {
  constructor(text: string) {
    super(panicIn(text))
  }
}

function panicIn(text: string): string {
  // A node prints the error as Rust does: the panic's text in quotes, line ends escaped.
  const [, panic = text] = /panic_msg: "(.*?)(?:\\n|")/.exec(text) ?? []
  return panic
}

function answerOf({ finalStatus }: TransactionStatus): unknown {
  if (finalStatus.kind !== 'SuccessValue' || finalStatus.value.length === 0) return undefined
  return JSON.parse(Buffer.from(finalStatus.value).toString())
}

function eventsOf(node: Node, { receiptOutcomes }: TransactionStatus): NamedEvent[] {
  return receiptOutcomes.flatMap((outcome) => {
    // A contract that fails keeps its logs; nothing that they say has happened.
    if (outcome.status.kind === 'Failure') return []
    return outcome.logs.flatMap((log) => readNearEvents(log, keccak, (_, field) => argumentOf(node, outcome, field)))
  })
}

/** What the log leaves out is in the call's arguments. */
function argumentOf(node: Node, { id }: ExecutionOutcome, field: string): unknown {
  const receipt = node.receipt(id)?.receipt
  if (receipt?.kind !== 'Action') return undefined
  const [call] = receipt.action.actions.filter((action) => action.kind === 'FunctionCall')
  return call === undefined ? undefined : JSON.parse(Buffer.from(call.args).toString())[field]
}

/** Numbers as decimal strings, as the contracts want them. */
export function jsonOf(value: unknown): string {
  return JSON.stringify(value, (_, field) => (typeof field === 'bigint' ? field.toString() : field))
}
