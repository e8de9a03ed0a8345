import { httpError, postJson, tryAgain } from '../ask-node.ts'

export interface NearRpc {
  call(method: string, params: object): Promise<unknown>
}

/** The node's own word for what is wrong: UNKNOWN_BLOCK, UNKNOWN_TRANSACTION, TIMEOUT_ERROR, … */
export class NearRpcError extends Error {
  override readonly name = 'NearRpcError'
  readonly reason: string

  constructor(method: string, reason: string) {
    super(`${method}: ${reason}`)
    this.reason = reason
  }
}

/**
 * NEAR's JSON-RPC, one call a request, for nearcore takes no batches. Unlike a refusal of an EVM node, an error may be gone with the next
 * answer: it may come from a node that is behind.
 */
export function createNearRpc(url: string, signal: AbortSignal): NearRpc {
  return {
    call: (method, params) => tryAgain(() => ask(method, params), signal),
  }

  async function ask(method: string, params: object): Promise<unknown> {
    const body = { jsonrpc: '2.0', id: 'parley', method, params }
    // A block or a transaction cannot be asked for in parts, whatever its size.
    const answer = await postJson(url, body, { signal, maxBytes: Number.POSITIVE_INFINITY })
    const json = parseAnswer(answer.text)
    // nearcore gives some of its errors an HTTP status, too.
    if (json?.error) throw new NearRpcError(method, json.error.cause?.name ?? json.error.message ?? 'an unnamed error')
    if (answer.status < 200 || answer.status > 299) throw httpError(answer)
    if (json?.result === undefined || json.result === null) throw new Error(`the node does not answer ${method}`)
    return json.result
  }
}

interface Answer {
  readonly result?: unknown
  readonly error?: { readonly message?: string; readonly cause?: { readonly name?: string } }
}

function parseAnswer(text: string): Answer | undefined {
  try {
    return JSON.parse(text, exactly)
  } catch {
    return undefined
  }
}

/** nearcore writes u64 as JSON numbers. One that a double cannot hold is a bigint from here on; a smaller one stays a number. */
function exactly(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const isRounded = typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)
  return isRounded && context?.source ? BigInt(context.source) : value
}
