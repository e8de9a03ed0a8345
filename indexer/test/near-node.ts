import { deployContracts, deployDemoDollar } from '@parley/near'
import type { Deployment } from '@parley/near/deployment-file'
import { type Hex, nearDomain } from '@parley/protocol'
import {
  type Action,
  createNode,
  decode,
  delegateActionHash,
  delegateActionV2Hash,
  formatHash,
  formatKey,
  type NodeOptions,
  type NonDelegateAction,
  type SecretKey,
  secretKeyFromSeed,
  serveNode,
  signMessage,
  signTransaction,
  transactionCodec,
} from '@parley/sandbox'
import { transactions, utils } from 'near-api-js'
import { keccak256 } from 'viem'
import { strangerCode } from './near-stranger.ts'
import { VERIFIER } from './test-chain.ts'

/** An account of the tests; its key follows from its name. */
export interface NearActor {
  readonly accountId: string
  readonly key: SecretKey
}

const ROOT = actor('test.near')
export const OWNER = actor('owner.test.near')
export const ALICE = actor('alice.test.near')
export const BOB = actor('bob.test.near')
export const CAROL = actor('carol.test.near')
const RELAYER = actor('relayer.test.near')
const PEOPLE = [OWNER, ALICE, BOB, CAROL, RELAYER]

export const DOLLAR = 'dollar.test.near'
/** A contract that logs and calls what it is told to. */
export const STRANGER = 'stranger.test.near'

const NEAR = 10n ** 24n
export const TERA = 10n ** 12n

export type NearNode = Awaited<ReturnType<typeof startNearNode>>

export interface CallOptions {
  /** Yocto. */
  readonly deposit?: bigint
  readonly gas?: bigint
}

/**
 * A NEAR node with every contract on it, behind its JSON-RPC. Blocks are made only when a test asks for them. ALICE and CAROL have money; everybody has paid
 * for storage.
 */
export async function startNearNode(options: NodeOptions = {}) {
  let now = 1_900_000_000n
  const node = createNode({
    chainId: 'localnet',
    autoProduce: false,
    clock: () => now * 1_000_000_000n,
    genesisAccounts: [ROOT, ...PEOPLE].map(({ accountId, key }) => ({
      accountId,
      amount: 100_000n * NEAR,
      publicKeys: [key.publicKey],
    })),
    ...options,
  })
  const validator = { accountId: ROOT.accountId, publicKey: ROOT.key.publicKey }
  const server = await serveNode(node, { validator, pollingTimeoutMilliseconds: 1_000 })
  const nonces = new Map<string, bigint>()

  /** Hands a transaction in, and answers its hash. Nothing happens before a block is made. */
  function submit(from: NearActor, receiverId: string, actions: Action[]): string {
    const { accountId, key } = from
    const nonce = nextNonce(from)
    const transaction = {
      version: 0,
      signerId: accountId,
      publicKey: key.publicKey,
      nonce: { kind: 'Nonce', nonce },
      receiverId,
      blockHash: node.latestBlock().hash,
      actions,
      nonceMode: 'Monotonic',
    } as const
    const sent = node.sendTransaction(signTransaction(transaction, key))
    if (sent.status === 'invalid') throw new Error(`the node refuses it: ${JSON.stringify(sent.error)}`)
    return formatHash(sent.transactionHash)
  }

  function nextNonce({ accountId, key }: NearActor): bigint {
    const used = node.query({ kind: 'latest' })?.viewAccessKey(accountId, key.publicKey)?.nonce ?? 0n
    const given = nonces.get(accountId) ?? 0n
    const nonce = (used > given ? used : given) + 1n
    nonces.set(accountId, nonce)
    return nonce
  }

  function call(from: NearActor, contract: string, method: string, args: object, options?: CallOptions): string {
    return submit(from, contract, [functionCall(method, args, options)])
  }

  /** What `from` signs and RELAYER pays for. */
  function delegate(from: NearActor, contract: string, actions: NonDelegateAction[], maxBlockHeight = 2n ** 64n - 1n) {
    const delegateAction = {
      senderId: from.accountId,
      receiverId: contract,
      actions,
      nonce: nextNonce(from),
      maxBlockHeight,
      publicKey: from.key.publicKey,
    }
    const hash = delegateActionHash(delegateAction)
    const signature = signMessage(from.key, hash)
    submit(RELAYER, from.accountId, [{ kind: 'Delegate', delegateAction, signature }])
    return { requestId: `0x${Buffer.from(hash).toString('hex')}`, nonce: delegateAction.nonce }
  }

  /** The same in version 2, which protocol version 86 still takes. */
  function delegateV2(from: NearActor, contract: string, actions: NonDelegateAction[]) {
    const nonce = nextNonce(from)
    const delegateAction = {
      kind: 'V2',
      senderId: from.accountId,
      receiverId: contract,
      actions,
      nonce: { kind: 'Nonce', nonce },
      maxBlockHeight: 2n ** 64n - 1n,
      publicKey: from.key.publicKey,
    } as const
    const hash = delegateActionV2Hash(delegateAction)
    const signature = signMessage(from.key, hash)
    submit(RELAYER, from.accountId, [{ kind: 'DelegateV2', delegateAction, signature }])
    return { requestId: `0x${Buffer.from(hash).toString('hex')}`, nonce }
  }

  function view<Answer>(contract: string, method: string, args: object = {}): Answer {
    const result = node.query({ kind: 'latest' })?.callFunction(contract, method, Buffer.from(JSON.stringify(args)))
    if (result?.status !== 'success') throw new Error(`${method}: ${result?.message}`)
    return JSON.parse(Buffer.from(result.value).toString()) as Answer
  }

  /** Makes blocks until nothing is on its way. */
  function settle(): void {
    node.settle()
    nonces.clear()
  }

  /** As scripts deploy: near-api-js makes the transactions. */
  const deployer = {
    accountId: ROOT.accountId,
    async signAndSendTransaction({ receiverId, actions }: { receiverId: string; actions: transactions.Action[] }) {
      const publicKey = utils.PublicKey.fromString(formatKey(ROOT.key.publicKey))
      const { hash } = node.latestBlock()
      const made = transactions.createTransaction(ROOT.accountId, publicKey, receiverId, nextNonce(ROOT), actions, hash)
      const signed = signTransaction(decode(transactionCodec, made.encode()), ROOT.key)
      node.sendTransaction(signed)
      settle()
      const status = node.transactionStatus(signed.hash)?.finalStatus
      if (status?.kind !== 'SuccessValue') throw new Error(`${receiverId}: ${JSON.stringify(status)}`)
      return undefined as never
    },
  }

  const fromBlock = Number(node.latestBlock().height)
  const verifiers = [VERIFIER.address.toLowerCase() as Hex]
  const owner = OWNER.accountId
  const { agents, parley } = await deployContracts(deployer, { owner, verifiers, quorum: 1, maxAge: 86_400n })
  await deployDemoDollar(deployer, { owner, supply: 10n ** 12n, holders: [] })
  submit(ROOT, STRANGER, [
    { kind: 'CreateAccount' },
    { kind: 'Transfer', deposit: 50n * NEAR },
    { kind: 'DeployContract', code: strangerCode(agents) },
  ])
  settle()
  for (const account_id of [...PEOPLE.map(({ accountId }) => accountId), parley, STRANGER]) {
    for (const contract of [agents, parley, DOLLAR])
      call(ROOT, contract, 'storage_deposit', { account_id }, { deposit: NEAR })
  }
  settle()
  for (const { accountId: receiver_id } of [ALICE, CAROL]) {
    call(OWNER, DOLLAR, 'ft_transfer', { receiver_id, amount: '1000000000' }, { deposit: 1n })
  }
  settle()

  const deployment: Deployment = { chainId: node.chainId, fromBlock, agents, parley }
  return {
    url: `http://${server.address}`,
    node,
    deployment,
    domain: nearDomain(node.chainId, parley, (bytes) => keccak256(bytes, 'bytes')),
    submit,
    call,
    delegate,
    delegateV2,
    view,
    settle,
    /** To be called after a revert: nonces are free again. */
    forget: () => nonces.clear(),
    head: async () => {
      const { hash, height } = node.latestBlock()
      return { hash: formatHash(hash), number: Number(height) }
    },
    now: () => now,
    warp: (seconds: bigint) => {
      now += seconds
    },
    stop: async () => {
      await server.stop()
      node.stop()
    },
  }
}

export function functionCall(method: string, args: object, { deposit = 0n, gas = 100n * TERA }: CallOptions = {}) {
  return { kind: 'FunctionCall', methodName: method, args: Buffer.from(JSON.stringify(args)), gas, deposit } as const
}

/** One of the first agents, if there are so many. */
export function agentOf({ view, deployment }: Pick<NearNode, 'view' | 'deployment'>, pick: number) {
  try {
    const id = String(pick % 5)
    const accountId = view<string>(deployment.agents, 'owner_of', { agent_id: id })
    const owner = [ALICE, BOB, CAROL].find((person) => person.accountId === accountId)
    return owner && { id, owner }
  } catch {
    // There is none of this number yet.
    return undefined
  }
}

function actor(accountId: string): NearActor {
  const seed = Buffer.alloc(32)
  seed.write(accountId)
  return { accountId, key: secretKeyFromSeed(seed) }
}
