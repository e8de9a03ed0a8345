import { decodeBase58, formatHash, formatKey } from '../../primitives/index.ts'
import type { Block, BlockReference, StateQuery } from '../../runtime/types.ts'
import { RpcError } from '../errors.ts'
import {
  type Fields,
  messageOf,
  oneOf,
  readAccountId,
  readBase64,
  readPublicKey,
  readString,
  wrongField,
} from '../fields.ts'
import { type Json, toBase64 } from '../json.ts'
import { namedParams, readBlockReference } from '../params.ts'
import { accessKeyView, accountView } from '../views/account-view.ts'
import { blockNotFound, type RpcContext, type RpcMethod } from './context.ts'

/** A read of one block's state: its answer lacks height and hash, which `query` adds. */
type Read = (params: Fields, state: StateQuery, at: Block) => object

/** `query {request_type, …, block_id | finality}`, or the older `[path, data]`. */
export const query: RpcMethod = (params, context) => {
  const named = Array.isArray(params) ? paramsOfPath(params) : namedParams(params)
  const read = oneOf(named, 'request_type', READS)
  const { block, state } = stateAt(context, readBlockReference(named))
  return { ...read(named, state, block), block_height: block.height, block_hash: formatHash(block.hash) }
}

const viewAccount: Read = (params, state, at) => accountView(existingAccount(readAccountId(params), state, at))

const viewAccessKey: Read = (params, state) => {
  const publicKey = readPublicKey(params)
  const accessKey = state.viewAccessKey(readAccountId(params), publicKey)
  if (accessKey) return accessKeyView(accessKey)
  // Not an error on the wire: nearcore keeps this older form for this case and for failed calls.
  return { error: `access key ${formatKey(publicKey)} does not exist while viewing`, logs: [] }
}

const viewAccessKeyList: Read = (params, state, at) => {
  const accountId = readAccountId(params)
  existingAccount(accountId, state, at)
  const keys = state.viewAccessKeyList(accountId)
  return {
    keys: keys.map(({ publicKey, accessKey }) => ({
      public_key: formatKey(publicKey),
      access_key: accessKeyView(accessKey),
    })),
  }
}

const viewCode: Read = (params, state, at) => {
  const accountId = readAccountId(params)
  existingAccount(accountId, state, at)
  const code = state.viewCode(accountId)
  if (code) return { code_base64: toBase64(code.code), hash: formatHash(code.hash) }
  throw failed(at, {
    name: 'NO_CONTRACT_CODE',
    info: { contract_account_id: accountId },
    details: `Contract code for contract ID #${accountId} has never been observed on the node`,
  })
}

const viewState: Read = (params, state, at) => {
  const accountId = readAccountId(params)
  const prefix = readBase64(params, 'prefix_base64')
  existingAccount(accountId, state, at)
  const entries = state.viewState(accountId, prefix)
  return { values: entries.map(({ key, value }) => ({ key: toBase64(key), value: toBase64(value) })) }
}

const callFunction: Read = (params, state, at) => {
  const accountId = readAccountId(params)
  const methodName = readString(params, 'method_name')
  const args = readBase64(params, 'args_base64')
  existingAccount(accountId, state, at)
  const called = state.callFunction(accountId, methodName, args)
  if (called.status === 'success') return { result: [...called.value], logs: called.logs }
  return { error: called.message, logs: [] }
}

const READS: Record<string, Read> = {
  view_account: viewAccount,
  view_code: viewCode,
  view_state: viewState,
  view_access_key: viewAccessKey,
  view_access_key_list: viewAccessKeyList,
  call_function: callFunction,
}

function existingAccount(accountId: string, state: StateQuery, at: Block) {
  const account = state.viewAccount(accountId)
  if (account) return account
  throw failed(at, {
    name: 'UNKNOWN_ACCOUNT',
    info: { requested_account_id: accountId },
    details: `account ${accountId} does not exist while viewing`,
  })
}

function failed(at: Block, { name, info, details }: { name: string; info: object; details: string }): RpcError {
  const where = { block_height: at.height, block_hash: formatHash(at.hash) }
  return RpcError.handler({ name, info: { ...info, ...where } }, details)
}

function stateAt({ node }: RpcContext, reference: BlockReference): { block: Block; state: StateQuery } {
  const block = node.block(reference)
  const state = node.query(reference)
  if (block && state) return { block, state }
  const blockId: Json =
    reference.kind === 'hash' ? formatHash(reference.hash) : reference.kind === 'height' ? reference.height : 0
  const info = { block_reference: { block_id: blockId } }
  throw RpcError.handler({ name: 'UNKNOWN_BLOCK', info }, blockNotFound(reference))
}

/** `["call/hub.near/echo", "<base58>"]`: how queries were written before they had names; near-cli-js still does. */
function paramsOfPath(params: unknown[]): Fields {
  const [path, encoded] = params
  const isPath = params.length === 2 && typeof path === 'string' && typeof encoded === 'string'
  if (!isPath) throw wrongField('missing field `request_type`')

  const [command = '', account_id, ...rest] = path.split('/')
  if (account_id === undefined) throw RpcError.parse('Not enough query parameters provided')
  const extra = rest.join('/')
  const common = { account_id, finality: 'optimistic' }
  switch (command) {
    case 'account':
      return { ...common, request_type: 'view_account' }
    case 'access_key':
      if (rest.length === 0) return { ...common, request_type: 'view_access_key_list' }
      return { ...common, request_type: 'view_access_key', public_key: extra }
    case 'code':
      return { ...common, request_type: 'view_code' }
    case 'contract':
      return { ...common, request_type: 'view_state', prefix_base64: base64OfBase58(encoded) }
    case 'call': {
      if (rest.length === 0) throw RpcError.parse('Method name is missing')
      const args_base64 = base64OfBase58(encoded)
      return { ...common, request_type: 'call_function', method_name: extra, args_base64 }
    }
    default:
      throw RpcError.parse(`Unknown path ${command.slice(0, 100)}`)
  }
}

function base64OfBase58(text: string): string {
  // base58 takes time with the square of its length; nearcore has the same limit.
  if (text.length > 10 * 1024) throw RpcError.parse('Query data size is too large')
  try {
    return toBase64(decodeBase58(text))
  } catch (error) {
    throw RpcError.parse(messageOf(error))
  }
}
