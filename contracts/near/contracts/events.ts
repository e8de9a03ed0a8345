import { NEAR_EVENT_STANDARD, NEAR_EVENT_VERSION } from '@parley/protocol'
import { near } from 'near-sdk-js'

/** Logs one of Parley's events (NEP-297), in the form that protocol's `readNearEvents` reads. */
export function emit(event: string, data: Readonly<Record<string, string | boolean | null | readonly string[]>>): void {
  logEvent(NEAR_EVENT_STANDARD, NEAR_EVENT_VERSION, event, data)
}

/** Logs an event of another standard, for example NEP-141. */
export function logEvent(standard: string, version: string, event: string, data: object): void {
  // Put together by hand but for the fields: to make JSON of the whole would take twice the gas.
  const start = `{"standard":"${standard}","version":"${version}","event":"${event}"`
  near.log(`EVENT_JSON:${start},"data":[${JSON.stringify(data)}]}`)
}
