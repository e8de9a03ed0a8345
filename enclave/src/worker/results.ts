import type { Hex } from '@parley/protocol'
import type { WorkResult } from '@parley/sdk'

/** Far more answers than clients still ask for, and little of a machine's memory. */
const MAX_CHARACTERS = 64 * 1024 * 1024

/**
 * The results that were given, so that an order asked twice, even at the same time, has one result: sealing is random, and two
 * signed results for one request would let somebody choose. The oldest are forgotten first; failures are not kept.
 */
export class GivenResults {
  readonly #max: number
  readonly #given = new Map<Hex, WorkResult>()
  readonly #underWay = new Map<Hex, Promise<WorkResult>>()
  /** Sum of the lengths of the responses in `#given`. */
  #characters = 0

  constructor({ maxCharacters = MAX_CHARACTERS } = {}) {
    this.#max = maxCharacters
  }

  async resultOf(requestHash: Hex, produce: () => Promise<WorkResult>): Promise<WorkResult> {
    const given = this.#given.get(requestHash) ?? this.#underWay.get(requestHash)
    if (given) return given
    const producing = produce()
    this.#underWay.set(requestHash, producing)
    try {
      const result = await producing
      this.#keep(requestHash, result)
      return result
    } finally {
      this.#underWay.delete(requestHash)
    }
  }

  #keep(requestHash: Hex, result: WorkResult): void {
    this.#given.set(requestHash, result)
    this.#characters += result.response.length
    // A map iterates in the order of insertion; the newest stays whatever its size.
    for (const [oldest, { response }] of this.#given) {
      if (this.#characters <= this.#max || this.#given.size === 1) return
      this.#given.delete(oldest)
      this.#characters -= response.length
    }
  }
}
