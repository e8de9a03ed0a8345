import type { Chain, Step, StoredBlock } from './chain.ts'
import { type Outage, pause } from './outage.ts'

export interface FollowOptions {
  /** What comes after the stored blocks (newest first), undefined when nothing is new. May throw: it is asked again. */
  readonly findStep: (stored: readonly StoredBlock[]) => Promise<Step | undefined>
  readonly pollMilliseconds: number
  readonly outage: Outage
}

/** Asks for steps, again and again: `Chain.follow` of every kind of chain. */
export function followBy({ findStep, pollMilliseconds, outage }: FollowOptions): Chain['follow'] {
  return async function* follow(readBlocks, signal) {
    while (!signal.aborted) {
      const step = await untilStep(await readBlocks(), signal)
      if (step) yield step
    }
  }

  async function untilStep(stored: readonly StoredBlock[], signal: AbortSignal): Promise<Step | undefined> {
    while (!signal.aborted) {
      try {
        const step = await findStep(stored)
        outage.ended()
        if (step) return step
        await pause(pollMilliseconds, signal)
      } catch (error) {
        await outage.failed(error, signal)
      }
    }
    return undefined
  }
}
