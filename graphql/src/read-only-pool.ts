import { type Connection, connect } from '@parley/database'

/** Far above what an indexed page takes; what is still running then would only pile up. */
const STATEMENT_TIMEOUT_MILLISECONDS = 5_000

/** Readers wait for it, and so does `/ready`. */
const CONNECT_TIMEOUT_SECONDS = 5

/** A pool whose every transaction Postgres itself keeps from writing, whatever bug there is here. */
export function connectReadOnly(
  url: string,
  { statementTimeoutMilliseconds = STATEMENT_TIMEOUT_MILLISECONDS } = {},
): Connection {
  const readOnly = new URL(url)
  // The driver sends what it does not know itself to the server, as settings of the session.
  readOnly.searchParams.set('default_transaction_read_only', 'on')
  readOnly.searchParams.set('statement_timeout', String(statementTimeoutMilliseconds))
  readOnly.searchParams.set('application_name', 'parley-graphql')
  readOnly.searchParams.set('connect_timeout', String(CONNECT_TIMEOUT_SECONDS))
  return connect(readOnly.href)
}
