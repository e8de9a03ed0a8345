import type { Database } from '@parley/database'
import { ForwardRequest, type Hex, toJson, typedDataTypes } from '@parley/protocol'
import type { LocalAccount } from 'viem'
import { mnemonicToAccount } from 'viem/accounts'
import { OWNER, startChain, type TestChain } from '../../indexer/test/test-chain.ts'
import { type RpcProxy, startRpcProxy } from '../../test/rpc-proxy.ts'
import type { RequestRow } from '../src/chain.ts'
import { createEvmChain } from '../src/evm/chain.ts'
import { openNode } from '../src/evm/node.ts'
import { type Databases, startDatabases } from './databases.ts'
import { NO_VERIFIERS, type TestDispatcher, testDispatcher } from './dispatcher.ts'

/** The key that pays gas. */
export const PAYER = accountAt(15)

export function accountAt(addressIndex: number) {
  return mnemonicToAccount('test test test test test test test test test test test junk', { addressIndex })
}

const MAX_GAS = 2_000_000n

/** A devnet and a Postgres for one test file. */
export interface Ground extends Databases {
  readonly devnet: TestChain
  readonly proxy: RpcProxy
}

export async function startGround(): Promise<Ground> {
  const [devnet, databases, proxy] = await Promise.all([startChain(), startDatabases(), startRpcProxy()])
  proxy.target = devnet.url
  const stop = async () => {
    await Promise.all([proxy.close(), devnet.stop(), databases.stop()])
  }
  return { devnet, proxy, newDatabase: databases.newDatabase, stop }
}

export async function createDispatcher(
  { devnet }: Ground,
  db: Database,
  {
    url = devnet.url,
    account = PAYER as LocalAccount,
    finalityBlocks = 64,
    stuckMilliseconds = 20_000,
    tokens = [] as readonly string[],
  } = {},
): Promise<TestDispatcher> {
  const node = await openNode(url, devnet.deployment, account)
  const limits = { maxGas: MAX_GAS, tokens }
  const chain = createEvmChain(node, { limits, verifiers: NO_VERIFIERS, finalityBlocks, stuckMilliseconds })
  return testDispatcher(db, chain)
}

/** A signed forward request as `POST /v1/transactions` takes it. */
export async function signForward(
  { deployment, head }: TestChain,
  account: LocalAccount,
  calls: ForwardRequest['calls'],
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
