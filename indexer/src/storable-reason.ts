import { storable } from '@parley/database'

/** Characters. Parley's own reasons are far shorter; a stranger's contract may fail with thousands, for each of which the tables would pay. */
const LONGEST_REASON = 2_000

/** Why a request failed, as the tables have it. */
export function storableReason(reason: string): string {
  // Cut first: it may leave half of a surrogate pair.
  return storable(reason.slice(0, LONGEST_REASON))
}
