import { RpcError } from './errors.ts'
import { type Fields, fieldsOf, WrongField } from './fields.ts'
import type { Json } from './json.ts'
import type { RpcContext } from './methods/context.ts'
import { METHODS } from './methods/index.ts'

/** An answer and the HTTP status that it goes with. */
export type Answer = { httpStatus: number; body: Json }

/** Answers one JSON-RPC request. Never throws: a defect of the node becomes an INTERNAL_ERROR. */
export async function answerRequest(text: string, context: RpcContext): Promise<Answer> {
  let id: Json = null
  try {
    const request = readRequest(text)
    id = readId(request)
    const result = await callMethod(request, context)
    return { httpStatus: 200, body: { jsonrpc: '2.0', result, id } }
  } catch (error) {
    const rpcError = asRpcError(error)
    return { httpStatus: rpcError.httpStatus, body: { jsonrpc: '2.0', error: rpcError.toJson(), id } }
  }
}

/** Calls a method without the envelope, as GET /status does. Throws an RpcError. */
export async function callMethod({ method, params }: Fields, context: RpcContext): Promise<Json> {
  if (typeof method !== 'string') throw RpcError.parse('JSON RPC Request format was expected')
  const handler = METHODS.get(method)
  if (!handler) throw RpcError.methodNotFound(method)
  return handler(params, context)
}

export function asRpcError(error: unknown): RpcError {
  if (error instanceof RpcError) return error
  if (error instanceof WrongField) return RpcError.parse(`Failed parsing args: ${error.message}`)
  return RpcError.internal(error instanceof Error ? (error.stack ?? error.message) : String(error))
}

function readRequest(text: string): Fields {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw RpcError.parse(error instanceof Error ? error.message : String(error))
  }
  // nearcore answers no batches either.
  if (Array.isArray(value)) throw RpcError.parse('JSON RPC Request format was expected')
  return fieldsOf(value)
}

function readId({ id, jsonrpc }: Fields): Json {
  if (jsonrpc !== '2.0') throw RpcError.parse('JSON RPC Request format was expected')
  if (id === null || typeof id === 'string' || typeof id === 'number') return id
  throw RpcError.parse('JSON RPC Request format was expected')
}
