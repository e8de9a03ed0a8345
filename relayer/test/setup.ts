import { connect, type Database, migrate, requests } from '@parley/database'
import { startEmbeddedPostgres } from '@parley/database/embedded'
import { ForwardRequest, type Hex, ParleyError, type RequestKind, toJson, typedDataTypes } from '@parley/protocol'
import { asc, eq } from 'drizzle-orm'
import postgres from 'postgres'
import type { LocalAccount } from 'viem'
import { mnemonicToAccount } from 'viem/accounts'
import { OWNER, startChain, type TestChain } from '../../indexer/test/test-chain.ts'
import { type RpcProxy, startRpcProxy } from '../../test/rpc-proxy.ts'
import { type ChainCall, openChain } from '../src/chain/chain.ts'
import type { Dispatcher } from '../src/dispatch/outcome.ts'
import { accept, type RequestRow } from '../src/store.ts'
import { type Taking, take } from '../src/take.ts'

/** The key that pays gas. */
export const PAYER = accountAt(15)

export function accountAt(addressIndex: number) {
  return mnemonicToAccount('test test test test test test test test test test test junk', { addressIndex })
}

const MAX_GAS = 2_000_000n

/** A devnet and a Postgres for one test file. */
export interface Ground {
  readonly devnet: TestChain
  readonly proxy: RpcProxy
  /** An empty database with the relayer's tables, on connections of its own. */
  readonly newDatabase: () => Promise<{ readonly db: Database; readonly reconnect: () => Database }>
  readonly stop: () => Promise<void>
}

export async function startGround(): Promise<Ground> {
  const [devnet, server, proxy] = await Promise.all([startChain(), startEmbeddedPostgres(), startRpcProxy()])
  proxy.target = devnet.url
  const closes: (() => Promise<void>)[] = []
  let databases = 0

  async function newDatabase() {
    const admin = postgres(server.url, { max: 1 })
    const name = `relay_${databases++}`
    await admin.unsafe(`create database ${name}`)
    await admin.end()
    const url = Object.assign(new URL(server.url), { pathname: name }).href
    await migrate(url)
    const reconnect = () => {
      const { db, close } = connect(url)
      closes.push(close)
      return db
    }
    return { db: reconnect(), reconnect }
  }

  async function stop() {
    await Promise.all(closes.map((close) => close()))
    await Promise.all([proxy.close(), devnet.stop(), server.stop()])
  }
  return { devnet, proxy, newDatabase, stop }
}

export interface TestDispatcher extends Dispatcher {
  readonly db: Database
  /** Lines that it logged. */
  readonly messages: string[]
}

export async function createDispatcher(
  { devnet }: Ground,
  db: Database,
  { url = devnet.url, account = PAYER as LocalAccount, finalityBlocks = 64, stuckMilliseconds = 20_000 } = {},
): Promise<TestDispatcher> {
  const messages: string[] = []
  const note = (_: object, text: string) => void messages.push(text)
  const chain = await openChain(url, devnet.deployment, account)
  const log = { info: note, warn: note }
  return { db, chain, log, finalityBlocks, stuckMilliseconds, maxGas: MAX_GAS, messages }
}

/** What `take` needs, with nothing limited. */
export function takingOf({ db, chain }: TestDispatcher): Taking {
  const limits = { maxGas: MAX_GAS, tokens: [], requestsPerMinute: 1_000, totalPerMinute: 10_000 }
  const check = () => Promise.reject(new ParleyError('VerifierRefused', 'there are no verifiers here'))
  return { db, chain, verifiers: { urls: [], check }, limits, wake: () => {} }
}

/** What happens when this body is posted to `/v1/<kind>`. */
export function post(taking: Taking, kind: RequestKind, body: object, idempotencyKey?: string): Promise<RequestRow> {
  return take(taking, { kind, body, text: JSON.stringify(body), idempotencyKey })
}

/** Promises a call that nobody has looked at. */
export function promise(
  db: Database,
  chain: string,
  call: ChainCall,
  { kind = 'challenges' as RequestKind, effect = undefined as string | undefined } = {},
): Promise<RequestRow> {
  const asked = { kind, chain, body: '{}', idempotencyKey: undefined }
  return accept(db, asked, effect === undefined ? { call } : { call, effect })
}

export async function rowsOf(db: Database): Promise<RequestRow[]> {
  return db.select().from(requests).orderBy(asc(requests.createdAt))
}

export async function rowOf(db: Database, { id }: RequestRow): Promise<RequestRow> {
  const [row] = await db.select().from(requests).where(eq(requests.id, id))
  if (!row) throw new Error(`there is no request ${id}`)
  return row
}

/** A signed forward request as `POST /v1/transactions` takes it. */
export async function signForward(
  { deployment, head }: TestChain,
  account: LocalAccount,
  calls: readonly ChainCall[],
  change: Partial<ForwardRequest> = {},
) {
  const { timestamp } = await head()
  const message: ForwardRequest = {
    from: account.address.toLowerCase() as Hex,
    calls,
    gas: 1_000_000n,
    nonce: 0n,
    deadline: BigInt(timestamp) + 3_600n,
    ...change,
  }
  const signature = await account.signTypedData({
    domain: { name: 'Parley', version: '1', chainId: deployment.chainId, verifyingContract: deployment.forwarder },
    types: typedDataTypes(ForwardRequest),
    primaryType: ForwardRequest.name,
    message: { ...message },
  })
  return { request: toJson(ForwardRequest, message), signature }
}

/** Somebody else sends what was promised: the same call from another account. */
export function sendAsStranger(devnet: TestChain, { callTo, callData }: RequestRow, fee = {}): Promise<Hex> {
  return devnet.request<Hex>('eth_sendTransaction', {
    from: OWNER.address,
    to: callTo,
    data: callData,
    gas: '0x989680',
    ...fee,
  })
}
