import type { Database } from '@parley/database'
import { type Deployment, deploy, deployDemoDollar, depositStorage, openAccount } from '@parley/near'
import { createNode, decodeSignedTransaction, formatHash, type Node, parsePublicKey, serveNode } from '@parley/sandbox'
import { KeyPair, transactions } from 'near-api-js'
import { type RpcProxy, startRpcProxy } from '../../test/rpc-proxy.ts'
import { createNearChain, type NearOptions } from '../src/near/chain.ts'
import { openNode } from '../src/near/node.ts'
import type { NearRpc } from '../src/near/rpc.ts'
import { signTransaction } from '../src/near/signed.ts'
import { type Databases, startDatabases } from './databases.ts'
import { NO_VERIFIERS, type TestDispatcher, testDispatcher } from './dispatcher.ts'
import { VERIFIERS } from './near-enclave.ts'

export const NEAR = 10n ** 24n
export const TGAS = 10n ** 12n

export interface Actor {
  readonly account: string
  readonly key: KeyPair
}

function actor(account: string): Actor {
  return { account, key: KeyPair.fromRandom('ed25519') }
}

export const ROOT = actor('test.near')
export const ALICE = actor('alice.test.near')
export const BOB = actor('bob.test.near')
/** Sends, with gas of its own, what it gets hold of. */
export const STRANGER = actor('stranger.test.near')
/** Pays gas with each of these keys. */
export const PAYER = 'relayer.test.near'
export const PAYER_KEYS = Array.from({ length: 4 }, () => KeyPair.fromRandom('ed25519'))

/** How long a transaction is good for: short, so that tests can outlive it. */
const VALIDITY_BLOCKS = 200

/** A node with the contracts on it, and a Postgres, for one test file. */
export interface NearGround extends Databases {
  readonly node: Node
  readonly url: string
  readonly proxy: RpcProxy
  readonly deployment: Deployment
  readonly dollar: string
  /** Whether what is sent is executed at once, or waits for `node.produceBlock()` or `node.settle()`. */
  isAtOnce: boolean
}

export async function startNearGround(): Promise<NearGround> {
  const [databases, proxy] = await Promise.all([startDatabases(), startRpcProxy()])
  const node = createNode({
    chainId: 'localnet',
    autoProduce: false,
    transactionValidityPeriod: VALIDITY_BLOCKS,
    genesisAccounts: [
      ...[ROOT, ALICE, BOB, STRANGER].map(({ account, key }) => genesisAccount(account, [key])),
      genesisAccount(PAYER, PAYER_KEYS),
    ],
  })
  const control = { isAtOnce: true }
  const server = await serve(node, control)
  const url = `http://${server.address}`
  proxy.target = url
  const contracts = await deployAll(url)
  const stop = async () => {
    await Promise.all([proxy.close(), server.stop(), databases.stop()])
    node.stop()
  }
  return Object.assign(control, { node, url, proxy, ...contracts, newDatabase: databases.newDatabase, stop })
}

export async function createNearDispatcher(
  { url: directUrl, deployment }: NearGround,
  db: Database,
  {
    url = directUrl,
    keys = PAYER_KEYS,
    limits = {} as Partial<NearOptions['limits']>,
    verifiers = NO_VERIFIERS as NearOptions['verifiers'],
    /** How many of the newest blocks are not final yet. */
    finalityLag = 0,
  } = {},
): Promise<TestDispatcher> {
  const node = await openNode(url, deployment, { account: PAYER, keys: keys.map((key) => key.toString()) })
  const all = { maxGas: 300n * TGAS, tokens: [], ...limits }
  const lagging = { ...node, rpc: finalityLag > 0 ? withLag(node.rpc, finalityLag) : node.rpc }
  return testDispatcher(db, createNearChain(lagging, { limits: all, verifiers }))
}

/** The sandbox's head is final; on a real chain the newest blocks are not. */
function withLag(rpc: NearRpc, lag: number): NearRpc {
  return async <Result>(method: string, params: object) => {
    if (!('finality' in params) || params.finality !== 'final') return rpc<Result>(method, params)
    const { finality: _, ...others } = params
    const { header } = await rpc<{ header: { height: number } }>('block', { finality: 'optimistic' })
    return rpc<Result>(method, { ...others, block_id: header.height - lag })
  }
}

export interface Call {
  readonly method: string
  readonly args?: object
  readonly gas?: bigint
  readonly deposit?: bigint
}

export function actionOf({ method, args = {}, gas = 30n * TGAS, deposit = 0n }: Call): transactions.Action {
  return transactions.functionCall(method, args, gas, deposit)
}

/** Sends a transaction past the relayer, and executes it. Gives its hash, also when it failed. */
export function send({ node }: NearGround, from: Actor, to: string, actions: readonly transactions.Action[]): string {
  const hash = submit(node, from, to, actions)
  node.settle()
  return hash
}

/** Sends a transaction past the relayer; it waits for a block. */
export function submit(node: Node, from: Actor, to: string, actions: readonly transactions.Action[], nonce?: bigint) {
  const { account, key } = from
  const blockHash = formatHash(node.latestBlock().hash)
  const signed = signTransaction({ account, key, nonce: nonce ?? nextNonce(node, from), to, blockHash, actions })
  const sent = node.sendTransaction(decodeSignedTransaction(Buffer.from(signed.raw, 'base64')))
  if (sent.status !== 'accepted') throw new Error(JSON.stringify(sent.error))
  return signed.hash
}

/** The nonce that an account's key has to use next. */
export function nextNonce(node: Node, { account, key }: Actor): bigint {
  const found = node.query({ kind: 'latest' })?.viewAccessKey(account, parsePublicKey(key.getPublicKey().toString()))
  if (!found) throw new Error(`${account} has no such key`)
  return found.nonce + 1n
}

/** What a view method answers. */
export function read<Answer>({ node }: NearGround, contract: string, method: string, args: object): Answer {
  const called = node.query({ kind: 'latest' })?.callFunction(contract, method, Buffer.from(JSON.stringify(args)))
  if (called?.status !== 'success') throw new Error(`${contract}.${method}: ${called?.message}`)
  return JSON.parse(Buffer.from(called.value).toString())
}

/** All lines that the contracts have logged. */
export function logsOf({ node }: NearGround, event: string): string[] {
  const lines: string[] = []
  for (let height = 1n; height <= node.latestBlock().height; height++) {
    const block = node.block({ kind: 'height', height })
    for (const { hash } of block?.chunk.transactions ?? []) {
      const outcomes = node.transactionStatus(hash)?.receiptOutcomes ?? []
      lines.push(...outcomes.filter(({ status }) => status.kind !== 'Failure').flatMap(({ logs }) => logs))
    }
  }
  return lines.filter((line) => line.includes(`"event":"${event}"`))
}

function genesisAccount(accountId: string, keys: readonly KeyPair[]) {
  const publicKeys = keys.map((key) => parsePublicKey(key.getPublicKey().toString()))
  return { accountId, amount: 10_000n * NEAR, publicKeys }
}

/** The node's JSON-RPC. */
function serve(node: Node, control: { readonly isAtOnce: boolean }) {
  const controlled = new Proxy(node, {
    get(target, name) {
      const value = Reflect.get(target, name, target)
      if (typeof value !== 'function') return value
      return (...args: unknown[]) => {
        const answer = value.apply(target, args)
        if (name === 'sendTransaction' && control.isAtOnce) target.settle()
        return answer
      }
    },
  })
  const validator = { accountId: ROOT.account, publicKey: parsePublicKey(ROOT.key.getPublicKey().toString()) }
  const transactionValidityPeriod = VALIDITY_BLOCKS
  return serveNode(controlled, { validator, transactionValidityPeriod, pollingTimeoutMilliseconds: 1_000 })
}

async function deployAll(url: string) {
  const root = await openAccount(url, ROOT.account, ROOT.key.toString())
  const verifiers = VERIFIERS.map(({ address }) => address)
  const deployment = await deploy(root, { owner: ROOT.account, verifiers, quorum: 1, maxAge: 86_400n })
  const holders = [deployment.parley, ALICE.account, BOB.account]
  const dollar = await deployDemoDollar(root, { owner: ROOT.account, supply: 10n ** 12n, holders })
  for (const { account } of [ALICE, BOB]) {
    await depositStorage(root, deployment.agents, account)
    await depositStorage(root, deployment.parley, account)
  }
  await depositStorage(root, deployment.parley, PAYER, 10n * NEAR)
  return { deployment, dollar }
}
