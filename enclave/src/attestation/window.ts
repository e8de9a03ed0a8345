import { type ErrorName, ParleyError } from '@parley/protocol'

export interface Window {
  /** For messages. */
  readonly what: string
  /** Unix seconds, both inclusive. */
  readonly from: number
  readonly until: number
}

/** Throws `code` outside the window. */
export function checkWindow({ what, from, until }: Window, nowSeconds: number, code: ErrorName): void {
  // In this form a date that is not a number fails.
  if (from <= nowSeconds && nowSeconds <= until) return
  const message = `${what} is valid from ${dateText(from)} to ${dateText(until)}, not at ${dateText(nowSeconds)}`
  throw new ParleyError(code, message)
}

function dateText(seconds: number): string {
  const date = new Date(seconds * 1000)
  return Number.isNaN(date.getTime()) ? `${seconds}` : date.toISOString()
}
