import { pause } from './outage.ts'

/** The node answered and said no: the same question again would not help, a smaller one might. */
export class RpcRefused extends Error {
  override readonly name: string = 'RpcRefused'
}

export interface NodeAnswer {
  readonly status: number
  readonly text: string
}

export interface PostOptions {
  readonly signal: AbortSignal
  readonly maxBytes: number
}

const TIMEOUT_MILLISECONDS = 10_000

/** Posts JSON to a node. Throws RpcRefused for an answer that is too large. Errors never hold the URL: there may be a key in it. */
export async function postJson(url: string, body: unknown, { signal, maxBytes }: PostOptions): Promise<NodeAnswer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MILLISECONDS)]),
  })
  return { status: response.status, text: await readText(response, maxBytes) }
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

/** What a node means that answers with an HTTP status of failure. */
export function httpError({ status, text }: NodeAnswer): Error {
  const message = `the node answers HTTP ${status}: ${text.slice(0, 200)}`
  // 429 asks for patience, not for less.
  return status >= 400 && status < 500 && status !== 429 ? new RpcRefused(message) : new Error(message)
}

/** Behind one URL are often several nodes, and one of them is often down: a step of many requests must get past it. */
const ATTEMPTS = 5
const WAIT_MILLISECONDS = 50

/** Does it again when it fails, a few times, unless the node said no. */
export async function tryAgain<Result>(action: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await action()
    } catch (error) {
      if (error instanceof RpcRefused || attempt === ATTEMPTS || signal.aborted) throw error
      await pause(WAIT_MILLISECONDS * attempt, signal)
    }
  }
}
