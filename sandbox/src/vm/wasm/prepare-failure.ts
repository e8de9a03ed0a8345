import type { PrepareError } from '../types.ts'

/** Why a contract cannot be prepared; thrown while it is read and instrumented, caught where it is prepared. */
export class PrepareFailure extends Error {
  readonly reason: PrepareError

  constructor(reason: PrepareError) {
    super(reason)
    this.reason = reason
  }
}

/** Throws unless the module is well formed here. */
export function wellFormed(condition: boolean): asserts condition {
  if (!condition) throw new PrepareFailure('Deserialization')
}
