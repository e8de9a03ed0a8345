import type { Deployment } from '@parley/near/deployment-file'
import { ParleyError } from '@parley/protocol'
import { readViewError } from '@parley/sdk'
import { ConfigurationError } from '@parley/service'
import { KeyPair } from 'near-api-js'
import { createHistory, type History } from './history.ts'
import { createRpc, type NearRpc, unless } from './rpc.ts'

/** A node of a chain, its contracts, and the account that pays for gas there. */
export interface NearNode {
  /** CAIP-2. */
  readonly id: string
  readonly rpc: NearRpc
  readonly deployment: Deployment
  readonly account: string
  /** Full access keys of the account: each sends one transaction at a time. */
  readonly keys: readonly KeyPair[]
  /** How many blocks after the one that it names a transaction may be included. */
  readonly validityBlocks: number
  /** How many actions the protocol takes in one transaction, or delegate. */
  readonly maxActions: number
  readonly history: History
}

interface Header {
  readonly height: number
  readonly hash: string
  readonly prev_hash: string
  readonly timestamp_nanosec: string
}

export interface Block {
  readonly header: Header
  readonly chunks: readonly { readonly chunk_hash: string; readonly height_included: number }[]
}

export type Finality = 'optimistic' | 'final'

/** A block that nodes may take back is `optimistic`; a `final` one stays. */
export type BlockReference = { readonly finality: Finality } | { readonly block_id: string | number }

export interface AccessKey {
  readonly nonce: bigint
  /** There are kinds that sign no delegates (NEP-611), and there may be more. */
  readonly permission:
    | 'FullAccess'
    | { readonly FunctionCall?: { readonly receiver_id: string; readonly method_names: readonly string[] } }
}

/** nearcore: core/chain-configs/src/genesis_config.rs. */
interface ProtocolConfig {
  readonly chain_id: string
  readonly transaction_validity_period: number
  readonly runtime_config: {
    readonly wasm_config: { readonly limit_config: { readonly max_actions_per_receipt: number } }
  }
}

/** Connects to a node. Refuses one of another chain than the deployment's, and keys that the account does not have. */
export async function openNode(
  url: string,
  deployment: Deployment,
  { account, keys }: { readonly account: string; readonly keys: readonly string[] },
): Promise<NearNode> {
  const rpc = createRpc(url)
  const config = await rpc<ProtocolConfig>('EXPERIMENTAL_protocol_config', { finality: 'final' })
  if (config.chain_id !== deployment.chainId)
    throw new ConfigurationError(
      `NEAR_RPC_URL is chain ${config.chain_id}, NEAR_DEPLOYMENT is of chain ${deployment.chainId}: set one of them to the other's chain.`,
    )
  const node = {
    id: `near:${deployment.chainId}`,
    rpc,
    deployment,
    account,
    keys: keys.map(readKey),
    validityBlocks: config.transaction_validity_period,
    maxActions: config.runtime_config.wasm_config.limit_config.max_actions_per_receipt,
    history: createHistory(rpc),
  }
  await requireKeys(node)
  return node
}

/** Its message does not repeat the key. */
function readKey(text: string): KeyPair {
  try {
    return KeyPair.fromString(text as Parameters<typeof KeyPair.fromString>[0])
  } catch {
    throw new ConfigurationError(
      'RELAYER_NEAR_KEYS holds what is no private key of NEAR: ed25519: and 64 bytes in base58.',
    )
  }
}

async function requireKeys(node: NearNode): Promise<void> {
  const known = await listAccessKeys(node, { finality: 'final' })
  for (const key of node.keys) {
    const text = key.getPublicKey().toString()
    if (known.get(text)?.permission === 'FullAccess') continue
    throw new ConfigurationError(
      `RELAYER_NEAR_KEYS holds ${text}, which is no full access key of ${node.account}: add it there.`,
    )
  }
}

/** The newest block. */
export function headOf({ rpc }: NearNode, finality: Finality): Promise<Block> {
  return rpc<Block>('block', { finality })
}

/** The block with this hash, or at this height of the chain as the node sees it; undefined when it has none. */
export function findBlock({ rpc }: NearNode, id: string | number): Promise<Block | undefined> {
  return unless(['UNKNOWN_BLOCK'], rpc<Block>('block', { block_id: id }))
}

/** The height of the oldest block that the node still has. */
export async function earliestHeight({ rpc }: NearNode): Promise<number> {
  type Status = { readonly sync_info: { readonly earliest_block_height?: number } }
  return (await rpc<Status>('status', {})).sync_info.earliest_block_height ?? 0
}

/** Keys of our account, by their text. */
export async function listAccessKeys(
  { rpc, account }: NearNode,
  at: BlockReference,
): Promise<ReadonlyMap<string, AccessKey>> {
  const asked = { request_type: 'view_access_key_list', account_id: account, ...at }
  type Listed = { readonly keys: readonly { readonly public_key: string; readonly access_key: AccessKeyView }[] }
  const listed = await unless(['UNKNOWN_ACCOUNT'], rpc<Listed>('query', asked))
  return new Map(listed?.keys.map(({ public_key, access_key }) => [public_key, accessKeyOf(access_key)]))
}

/** A key of an account; undefined when the account does not exist, or has no such key. */
export async function findAccessKey(
  { rpc }: NearNode,
  account: string,
  publicKey: string,
  at: BlockReference,
): Promise<AccessKey | undefined> {
  const asked = { request_type: 'view_access_key', account_id: account, public_key: publicKey, ...at }
  const absent = ['UNKNOWN_ACCESS_KEY', 'UNKNOWN_ACCOUNT']
  const found = await unless(absent, rpc<AccessKeyView | { readonly error: string }>('query', asked))
  // Nodes say that there is none in a result.
  return found === undefined || 'error' in found ? undefined : accessKeyOf(found)
}

interface AccessKeyView {
  readonly nonce: number
  readonly permission: AccessKey['permission']
}

function accessKeyOf({ nonce, permission }: AccessKeyView): AccessKey {
  return { nonce: BigInt(nonce), permission }
}

/** What a view method of a contract answers. Throws the contract's refusal, by its name. */
export async function view<Answer>(
  { rpc }: NearNode,
  contract: string,
  method: string,
  args: object,
  at: BlockReference = { finality: 'optimistic' },
): Promise<Answer> {
  const args_base64 = Buffer.from(JSON.stringify(args)).toString('base64')
  const asked = { request_type: 'call_function', account_id: contract, method_name: method, args_base64, ...at }
  const answer = await rpc<{ readonly result?: readonly number[]; readonly error?: string }>('query', asked)
  if (answer.error !== undefined) throw readViewError(answer.error)
  const text = Buffer.from(answer.result ?? []).toString()
  try {
    return (text === '' ? undefined : JSON.parse(text)) as Answer
  } catch (cause) {
    throw new ParleyError('Internal', `${contract}.${method} answered what is no JSON`, { cause })
  }
}
