import { NEAR_EVENT_STANDARD, NEAR_EVENT_VERSION } from '@parley/protocol'
import { logEvent } from '../builder/runtime/native.ts'

/** An event of another standard, for example NEP-141: `logEvent(standard, version, event, data)`. */
export { logEvent }

/** Logs one of Parley's events (NEP-297), in the form that protocol's `readNearEvents` reads. */
export function emit(event: string, data: Readonly<Record<string, string | boolean | null | readonly string[]>>): void {
  logEvent(NEAR_EVENT_STANDARD, NEAR_EVENT_VERSION, event, data)
}
