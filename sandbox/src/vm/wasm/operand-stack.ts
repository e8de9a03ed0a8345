/**
 * How many bytes a function's operands take at most. finite-wasm: `max_stack`, for blocks without parameters.
 *
 * Code that cannot be reached (after a branch, `return` or `unreachable`) is not counted, by finite-wasm's own rule:
 * the rest of the block, and every block in it.
 */
export class OperandStack {
  readonly #sizes: number[] = []
  readonly #frames: Frame[] = []
  #current: Frame = { height: 0, resultSize: 0, isUnreachable: false }
  #size = 0
  maxSize = 0

  push(size: number): void {
    if (this.#current.isUnreachable) return
    this.#sizes.push(size)
    this.#size += size
    if (this.#size > this.maxSize) this.maxSize = this.#size
  }

  pop(count: number): void {
    if (this.#current.isUnreachable) return
    for (let i = 0; i < count; i++) this.#size -= this.#sizes.pop() ?? 0
  }

  enterBlock(resultSize: number): void {
    this.#frames.push(this.#current)
    this.#current = { height: this.#sizes.length, resultSize, isUnreachable: this.#current.isUnreachable }
  }

  else(): void {
    const resultSize = this.#current.resultSize
    this.#leaveBlock()
    this.enterBlock(resultSize)
  }

  /** Also the function's last `end`, which has no block to leave. */
  end(): void {
    if (this.#frames.length === 0) return
    const resultSize = this.#current.resultSize
    this.#leaveBlock()
    if (resultSize > 0) this.push(resultSize)
  }

  becomeUnreachable(): void {
    this.#current.isUnreachable = true
  }

  #leaveBlock(): void {
    const left = this.#current
    this.#current = this.#frames.pop() ?? left
    this.pop(this.#sizes.length - left.height)
  }
}

interface Frame {
  /** Operands below the block. */
  height: number
  resultSize: number
  isUnreachable: boolean
}
