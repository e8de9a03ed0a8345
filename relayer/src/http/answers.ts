import { errorBody } from '@parley/service'
import type { RequestRow } from '../chain.ts'
import { errorOf } from '../store.ts'

/** What is told of a request: never what it contains. */
export function requestBody(row: RequestRow) {
  const error = errorOf(row)
  const { id, kind, status, isFinal, transaction, blockNumber, gasUsed, events } = row
  return {
    id,
    kind,
    status,
    isFinal,
    ...(error ? { error: errorBody(error) } : {}),
    ...(transaction === null ? {} : { transaction }),
    ...(blockNumber === null ? {} : { blockNumber }),
    ...(gasUsed === null ? {} : { gasUsed }),
    ...(events === null ? {} : { events }),
  }
}
