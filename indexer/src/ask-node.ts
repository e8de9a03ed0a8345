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
  /** How long the node may say nothing. Whatever it sends at all may take its time: anybody can make a transaction of many megabytes. */
  readonly silenceMilliseconds?: number
}

/** The answer is larger than was asked for. */
export class AnswerTooLarge extends RpcRefused {
  override readonly name = 'AnswerTooLarge'

  constructor(maxBytes: number) {
    super(`the answer has more than ${maxBytes} bytes`)
  }
}

const SILENCE_MILLISECONDS = 10_000

/** Posts JSON to a node. Throws AnswerTooLarge. Errors never hold the URL: there may be a key in it. */
export async function postJson(url: string, body: unknown, options: PostOptions): Promise<NodeAnswer> {
  const { signal, maxBytes, silenceMilliseconds = SILENCE_MILLISECONDS } = options
  const silence = new AbortController()
  const isSilent = () => silence.abort(new Error(`the node said nothing for ${silenceMilliseconds} ms`))
  const timer = setTimeout(isSilent, silenceMilliseconds)
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.any([signal, silence.signal]),
    })
    return { status: response.status, text: await readText(response, maxBytes, timer) }
  } finally {
    clearTimeout(timer)
  }
}

async function readText(response: Response, maxBytes: number, timer: NodeJS.Timeout): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    timer.refresh()
    size += chunk.length
    if (size > maxBytes) throw new AnswerTooLarge(maxBytes)
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
