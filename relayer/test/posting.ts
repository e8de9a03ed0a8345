import { createApp } from '../src/http/app.ts'
import { findRequest } from '../src/store.ts'
import { type Taking, take } from '../src/take.ts'

export interface Answer {
  readonly status: number
  readonly retryAfter: string | null
  readonly body: {
    readonly id?: string
    readonly status?: string
    readonly error?: { readonly code: string; readonly message: string; readonly field?: string }
  }
}

/** The relayer's HTTP interface, without a server. */
export function appOf(taking: Taking) {
  return createApp({
    take: (incoming) => take(taking, incoming),
    find: (id) => findRequest(taking.db, id),
    market: taking,
    isReady: async () => true,
    log: { info: () => {}, error: ({ error }: { error?: unknown }) => console.error(error) },
  })
}

/** Posts to the relayer's app. */
export function postTo(taking: Taking) {
  const app = appOf(taking)
  return async (kind: string, body: object, idempotencyKey?: string): Promise<Answer> => {
    const key = idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }
    const headers = { 'content-type': 'application/json', ...key }
    const response = await app.request(`/v1/${kind}`, { method: 'POST', headers, body: JSON.stringify(body) })
    const retryAfter = response.headers.get('retry-after')
    return { status: response.status, retryAfter, body: await response.json() }
  }
}
