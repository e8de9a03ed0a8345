import { type ErrorName, errors, isErrorName, ParleyError } from '@parley/protocol'
import type { Log } from '@parley/service'
import { GraphQLError } from './graphql-js.ts'

/** Postgres ended a statement or a connection, or does not take one: its SQLSTATEs, the driver's and system's words. */
const UNAVAILABLE =
  /^(57014|57P0[1-3]|08...|53[0-9]{3}|CONNECTION_(CLOSED|ENDED|DESTROYED)|CONNECT_TIMEOUT|E(CONNREFUSED|CONNRESET|TIMEDOUT|PIPE|NOTFOUND))$/

/**
 * What a reader is told of an error: ours and GraphQL's as they are, of others nothing but that they happened. Those are
 * logged, once.
 */
export function createPublicErrors(log: Log): (error: unknown) => GraphQLError {
  const known = new WeakMap<object, GraphQLError>()

  const translate = (error: unknown): GraphQLError => {
    const cause = rootOf(error)
    if (cause instanceof ParleyError) return located(error, cause.code, cause.message, cause.field)
    if (cause instanceof GraphQLError) return refused(error, cause)
    log.error({ error: cause }, 'a query failed')
    if (isUnavailable(cause)) return located(error, 'Unavailable', 'the database does not answer: try again')
    return located(error, 'Internal', 'something failed here, and is logged: try again or tell the operator')
  }

  // The server asks more than once about the same error, and about what it was told.
  return (error) => {
    const key = typeof error === 'object' && error !== null ? error : { error }
    const answer = known.get(key) ?? translate(error)
    known.set(key, answer).set(answer, answer)
    return answer
  }
}

/** GraphQL and its server have codes of their own, and statuses: the codes become ours. */
function refused(error: unknown, { message, extensions }: GraphQLError): GraphQLError {
  const { code, field, http } = extensions
  const name =
    typeof code === 'string' && isErrorName(code) ? code : http?.status === 413 ? 'BodyTooLarge' : 'InputInvalid'
  const answer = located(error, name, message, typeof field === 'string' ? field : undefined)
  if (http) answer.extensions.http = http
  return answer
}

function located(error: unknown, code: ErrorName, message: string, field?: string): GraphQLError {
  const { nodes = null, path = null } = error instanceof GraphQLError ? error : {}
  return new GraphQLError(message, {
    nodes,
    path,
    extensions: { code, isRetryable: errors[code], ...(field && { field }) },
  })
}

/** GraphQL wraps what resolvers throw. */
function rootOf(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError ? rootOf(error.originalError) : error
}

/** Drizzle wraps what Postgres says, and that is what it says why. */
function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const isIt = 'code' in error && typeof error.code === 'string' && UNAVAILABLE.test(error.code)
  return isIt || isUnavailable(error.cause)
}
