import { isErrorName, ParleyError } from '@parley/protocol'

/** The error inside a refusal's JSON, by its name; Internal for what has none. */
export function refusal({
  code,
  message,
  field,
}: {
  code?: unknown
  message?: unknown
  field?: unknown
} = {}): ParleyError {
  const name = typeof code === 'string' && isErrorName(code) ? code : 'Internal'
  return new ParleyError(
    name,
    String(message ?? 'the relayer gave no reason'),
    typeof field === 'string' ? { field } : {},
  )
}
