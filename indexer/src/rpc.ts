import { pause } from './outage.ts'

export interface RpcCall {
  readonly method: string
  readonly params: readonly unknown[]
}

export interface Rpc {
  /** One HTTP request, so that one node answers all calls. Results are in the calls' order. */
  request(calls: readonly RpcCall[], limits?: { readonly maxBytes?: number }): Promise<unknown[]>
}

/** The node answered and said no; it may say yes to a smaller question. */
export class RpcRefused extends Error {
  override readonly name = 'RpcRefused'
}

/** What a node sends at most; it also keeps a window of logs in memory small. */
const MAX_BYTES = 10 * 2 ** 20

const TIMEOUT_MILLISECONDS = 10_000

/** Behind one URL are often several nodes, and one of them is often down: a step of many requests must get past it. */
const ATTEMPTS = 3
const WAIT_MILLISECONDS = 50

/** Errors never hold the URL: there may be a key in it. */
export function createRpc(url: string, signal: AbortSignal): Rpc {
  return {
    async request(calls, { maxBytes = MAX_BYTES } = {}) {
      for (let attempt = 1; ; attempt++) {
        try {
          return await ask(calls, maxBytes)
        } catch (error) {
          if (error instanceof RpcRefused || attempt === ATTEMPTS || signal.aborted) throw error
          await pause(WAIT_MILLISECONDS * attempt, signal)
        }
      }
    },
  }

  async function ask(calls: readonly RpcCall[], maxBytes: number): Promise<unknown[]> {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(calls.map((call, id) => ({ jsonrpc: '2.0', id, ...call }))),
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MILLISECONDS)]),
    })
    const text = await readText(response, maxBytes)
    if (!response.ok) throw httpError(response.status, text)
    return resultsOf(JSON.parse(text), calls)
  }
}

async function readText(response: Response, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > maxBytes) throw new RpcRefused(`the answer has more than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

function httpError(status: number, text: string): Error {
  const message = `the node answers HTTP ${status}: ${text.slice(0, 200)}`
  // 429 asks for patience, not for less.
  return status >= 400 && status < 500 && status !== 429 ? new RpcRefused(message) : new Error(message)
}

interface Answer {
  readonly id: number
  readonly result?: unknown
  readonly error?: { readonly code: number; readonly message: string }
}

function resultsOf(json: unknown, calls: readonly RpcCall[]): unknown[] {
  const answers: readonly Answer[] = Array.isArray(json) ? json : [json]
  return calls.map(({ method }, id) => {
    const answer = answers.find((candidate) => candidate.id === id) ?? answers.find(({ error }) => error)
    if (answer?.error) throw new RpcRefused(`${method}: ${answer.error.message} (${answer.error.code})`)
    if (answer?.result === undefined) throw new Error(`the node does not answer ${method}`)
    return answer.result
  })
}
