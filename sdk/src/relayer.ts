import { type EmittedEvent, type ErrorBody, ParleyError, type RequestKind, type RequestStatus } from '@parley/protocol'
import { refusal } from './refusal.ts'

/** What became of a request. `events` are those of its transaction, amounts as decimal strings. */
export interface RelayedRequest {
  readonly id: string
  readonly kind: RequestKind
  readonly status: RequestStatus
  readonly error?: ErrorBody
  /** Its hash: hexadecimal on EVM, base58 on NEAR. */
  readonly transaction?: string
  readonly blockNumber?: number
  /** In the chain's unit of gas. */
  readonly gasUsed?: number
  readonly events?: readonly EmittedEvent[]
}

export interface RelayerOptions {
  readonly url: string
  /** How long to keep trying through outages, per call. */
  readonly patienceMilliseconds?: number
}

const PAUSE_MILLISECONDS = 100

/**
 * A relayer, as its callers see it. Every request carries an idempotency key, so that it can be repeated until an answer comes: the relayer
 * may be restarted at any moment and still does it once.
 */
export class Relayer {
  readonly #url: string
  readonly #patience: number

  constructor({ url, patienceMilliseconds = 60_000 }: RelayerOptions) {
    this.#url = url.replace(/\/$/, '')
    this.#patience = patienceMilliseconds
  }

  /** Hands a request in and resolves once the relayer has promised it. Throws the refusal, a ParleyError. */
  accept(kind: RequestKind, body: unknown, idempotencyKey?: string): Promise<RelayedRequest> {
    return this.post(`/v1/${kind}`, body, idempotencyKey)
  }

  /** What became of a request so far. Throws NotFound, a ParleyError. */
  find(id: string): Promise<RelayedRequest> {
    return this.get(`/v1/requests/${encodeURIComponent(id)}`)
  }

  /** Any other of its calls. Throws the refusal, a ParleyError. */
  get<Answer>(path: string): Promise<Answer> {
    return this.#ask(path)
  }

  /** Same, with a body. */
  post<Answer>(path: string, body: unknown, idempotencyKey: string = crypto.randomUUID()): Promise<Answer> {
    const headers = { 'content-type': 'application/json', 'idempotency-key': idempotencyKey }
    return this.#ask(path, { method: 'POST', headers, body: JSON.stringify(body) })
  }

  /** Hands a request in and resolves when it has happened on chain. Throws the refusal or the failure, a ParleyError. */
  async perform(kind: RequestKind, body: unknown, idempotencyKey?: string): Promise<RelayedRequest> {
    const { id } = await this.accept(kind, body, idempotencyKey)
    return this.outcomeOf(id)
  }

  /** Resolves when a request has happened on chain. Throws the refusal or the failure, a ParleyError; Unavailable when it takes too long. */
  async outcomeOf(id: string): Promise<RelayedRequest> {
    const givesUpAt = Date.now() + this.#patience
    while (Date.now() < givesUpAt) {
      const request = await this.find(id)
      if (request.status === 'succeeded') return request
      if (request.error) throw refusal(request.error)
      await pause()
    }
    throw new ParleyError(
      'Unavailable',
      `request ${id} is still pending after ${this.#patience} ms; ask for it again later`,
    )
  }

  async #ask<Body>(path: string, init: RequestInit = {}): Promise<Body> {
    const givesUpAt = Date.now() + this.#patience
    for (;;) {
      const answer = await ask<Body>(`${this.#url}${path}`, init)
      if (answer.status === 'answered') return answer.body
      if (!answer.error.isRetryable || Date.now() > givesUpAt) throw answer.error
      await pause()
    }
  }
}

type Answer<Body> = { status: 'answered'; body: Body } | { status: 'refused'; error: ParleyError }

async function ask<Body>(url: string, init: RequestInit): Promise<Answer<Body>> {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(30_000) })
    const body = await response.json()
    return response.ok ? { status: 'answered', body } : { status: 'refused', error: refusal(body.error) }
  } catch (cause) {
    const message = `the relayer at ${new URL(url).origin} does not answer`
    return { status: 'refused', error: new ParleyError('Unavailable', message, { cause }) }
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS))
}
