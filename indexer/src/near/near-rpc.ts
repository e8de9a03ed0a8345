import { AnswerTooLarge, httpError, postJson, tryAgain } from '../ask-node.ts'

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

/** Of answers that are under way at the same time. */
const MAX_BYTES = 10 * 2 ** 20

/**
 * Nobody can make a transaction whose status is larger: a byte of a receipt's arguments or of its result costs 3.8 million gas at least, a transaction has 10^15,
 * and base64 makes four bytes of three: 350 MB. A string holds no more than 2^29 characters.
 */
const MAX_GIANT_BYTES = 500_000_000

/**
 * NEAR's JSON-RPC, one call a request, for nearcore takes no batches. Unlike a refusal of an EVM node, an error may be gone with the next
 * answer: it may come from a node that is behind. A block or a transaction cannot be asked for in parts: what is very large is asked for alone.
 */
export function createNearRpc(url: string, signal: AbortSignal): NearRpc {
  let lastGiant: Promise<unknown> = Promise.resolve()

  return {
    async call(method, params) {
      try {
        return await tryAgain(() => ask(method, params, MAX_BYTES), signal)
      } catch (error) {
        if (!(error instanceof AnswerTooLarge)) throw error
        return callAlone(method, params)
      }
    },
  }

  function callAlone(method: string, params: object): Promise<unknown> {
    const answer = lastGiant.then(() => tryAgain(() => ask(method, params, MAX_GIANT_BYTES), signal))
    lastGiant = answer.catch(() => {})
    return answer
  }

  async function ask(method: string, params: object, maxBytes: number): Promise<unknown> {
    const body = { jsonrpc: '2.0', id: 'parley', method, params }
    const answer = await postJson(url, body, { signal, maxBytes })
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
