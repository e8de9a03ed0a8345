import type { Answer } from './fixture.ts'

/** Reads what a subscription sends, as a browser's EventSource does. */
export class EventStream {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>
  readonly #decoder = new TextDecoder()
  #text = ''

  constructor({ body }: Response) {
    if (!body) throw new Error('The response has no body.')
    this.#reader = body.getReader()
  }

  /** The next answer; undefined at the end. */
  async next(): Promise<Answer | undefined> {
    for (;;) {
      const end = this.#text.indexOf('\n\n')
      if (end >= 0) {
        const event = this.#text.slice(0, end)
        this.#text = this.#text.slice(end + 2)
        if (event.includes('event: complete')) return undefined
        const [, json] = /^data: (.+)$/m.exec(event) ?? []
        if (json) return JSON.parse(json)
        continue
      }
      const { done, value } = await this.#reader.read()
      if (done) return undefined
      this.#text += this.#decoder.decode(value, { stream: true })
    }
  }

  async leave(): Promise<void> {
    await this.#reader.cancel()
  }
}

export function subscriptionRequest(query: string, variables: Record<string, unknown> = {}): RequestInit {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query, variables }),
  }
}
