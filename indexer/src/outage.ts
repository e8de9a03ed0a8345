import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '@parley/service'

/** Counts failures of one thing that is used again and again, and says once that it fails and once that it works again. */
export interface Outage {
  /** Waits, longer after each failure in a row. */
  failed(error: unknown, signal: AbortSignal): Promise<void>
  ended(): void
}

const FIRST_WAIT_MILLISECONDS = 50
const LONGEST_WAIT_MILLISECONDS = 5_000

/** `what` is the subject of both sentences in the log. */
export function createOutage(what: string, log: Log): Outage {
  let failures = 0
  return {
    async failed(error, signal) {
      if (signal.aborted) return
      if (failures === 0) log.warn({ error }, `${what} fails; trying again until it works`)
      await pause(Math.min(FIRST_WAIT_MILLISECONDS * 2 ** failures, LONGEST_WAIT_MILLISECONDS), signal)
      failures++
    },
    ended() {
      if (failures > 0) log.info({ failures }, `${what} works again`)
      failures = 0
    },
  }
}

/** Also over when `signal` says so. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch((error) => {
    if (!signal.aborted) throw error
  })
}
