import type { Json } from './json.ts'

type Kind = 'REQUEST_VALIDATION_ERROR' | 'HANDLER_ERROR' | 'INTERNAL_ERROR'

type Cause = { name: string; info?: Json }

/** An error as nearcore's RPC gives it (chain/jsonrpc-primitives/src/errors.rs). */
export class RpcError extends Error {
  override name = 'RpcError'
  readonly kind: Kind
  readonly causeOnWire: Cause
  readonly code: number
  /** Free text or JSON, which older clients read instead of the cause. */
  readonly details: Json

  private constructor(fields: { kind: Kind; cause: Cause; code: number; message: string; details: Json }) {
    super(fields.message)
    this.kind = fields.kind
    this.causeOnWire = fields.cause
    this.code = fields.code
    this.details = fields.details
  }

  /** The request is no JSON-RPC request, or its params are not what the method takes. */
  static parse(message: string): RpcError {
    const cause = { name: 'PARSE_ERROR', info: { error_message: message } }
    return new RpcError({
      kind: 'REQUEST_VALIDATION_ERROR',
      cause,
      code: -32_700,
      message: 'Parse error',
      details: message,
    })
  }

  static methodNotFound(method: string): RpcError {
    const cause = { name: 'METHOD_NOT_FOUND', info: { method_name: method } }
    return new RpcError({
      kind: 'REQUEST_VALIDATION_ERROR',
      cause,
      code: -32_601,
      message: 'Method not found',
      details: method,
    })
  }

  /** The method has an answer, and it is no: `name` and `info` as nearcore's enum of this method has them. */
  static handler(cause: Cause, details: Json): RpcError {
    return new RpcError({ kind: 'HANDLER_ERROR', cause, code: -32_000, message: 'Server error', details })
  }

  /** A defect of the node. */
  static internal(message: string): RpcError {
    const cause = { name: 'INTERNAL_ERROR', info: { error_message: message } }
    return new RpcError({ kind: 'INTERNAL_ERROR', cause, code: -32_000, message: 'Server error', details: message })
  }

  toJson(): Json {
    const { kind, causeOnWire, code, message, details } = this
    return { name: kind, cause: causeOnWire, code, message, data: details }
  }

  /** The HTTP status that nearcore answers with. */
  get httpStatus(): number {
    if (this.kind === 'REQUEST_VALIDATION_ERROR') return 400
    if (this.kind === 'INTERNAL_ERROR') return 500
    return this.causeOnWire.name === 'TIMEOUT_ERROR' ? 408 : 200
  }
}
