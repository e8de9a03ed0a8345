import { ParleyError } from '@parley/protocol'

/** Rows of a few kilobytes for each reader that is slow: megabytes, not more. */
const MAX_WAITING = 1_000

/**
 * Values on their way to one reader. While it is busy, a newer value takes the place of the older one with the same
 * key: the reader may miss states in between, never the latest. One that falls too far behind is told so: its queue ends.
 */
export class LatestQueue<Value> implements AsyncIterableIterator<Value, undefined> {
  readonly #waiting = new Map<string, Value>()
  #reader: PromiseWithResolvers<IteratorResult<Value, undefined>> | undefined
  #state: { status: 'open' } | { status: 'failed'; error: unknown } | { status: 'ended' } = { status: 'open' }
  readonly #onEnd: () => void

  constructor(onEnd: () => void) {
    this.#onEnd = onEnd
  }

  put(key: string, value: Value): void {
    if (this.#state.status !== 'open') return
    if (this.#reader) {
      this.#reader.resolve({ done: false, value })
      this.#reader = undefined
      return
    }
    this.#waiting.set(key, value)
    if (this.#waiting.size > MAX_WAITING) {
      this.fail(
        new ParleyError('Unavailable', `more than ${MAX_WAITING} changes wait to be read: subscribe again, to less`),
      )
    }
  }

  /** The reader's next read throws, and the queue is over. */
  fail(error: unknown): void {
    if (this.#state.status !== 'open') return
    const reader = this.#reader
    this.#finish(reader ? { status: 'ended' } : { status: 'failed', error })
    reader?.reject(error)
  }

  async next(): Promise<IteratorResult<Value, undefined>> {
    if (this.#state.status === 'failed') {
      const { error } = this.#state
      this.#state = { status: 'ended' }
      throw error
    }
    if (this.#state.status === 'ended') return { done: true, value: undefined }
    for (const [key, value] of this.#waiting) {
      this.#waiting.delete(key)
      return { done: false, value }
    }
    this.#reader ??= Promise.withResolvers()
    return this.#reader.promise
  }

  async return(): Promise<IteratorResult<Value, undefined>> {
    const reader = this.#reader
    if (this.#state.status === 'open') this.#finish({ status: 'ended' })
    reader?.resolve({ done: true, value: undefined })
    return { done: true, value: undefined }
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  #finish(state: { status: 'failed'; error: unknown } | { status: 'ended' }): void {
    this.#state = state
    this.#waiting.clear()
    this.#reader = undefined
    this.#onEnd()
  }
}
