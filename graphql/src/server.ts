import type { Log } from '@parley/service'
import { sql } from 'drizzle-orm'
import { createYoga, type GraphiQLOptions, useReadinessCheck } from 'graphql-yoga'
import { createContext, type Sources } from './context.ts'
import { EXAMPLES } from './graphiql.ts'
import { createPublicErrors } from './public-error.ts'
import { schema } from './schema/index.ts'
import { useGuard } from './use-guard.ts'

/** Room for a long query and a page of variables. */
const MAX_BODY_BYTES = 64 * 1024

/** A page of data takes milliseconds. */
const REQUEST_TIMEOUT_MILLISECONDS = 10_000

export interface ServerOptions extends Sources {
  readonly log: Log
  readonly requestTimeoutMilliseconds?: number
}

/** `/graphql` (with GraphiQL for browsers), `/health` and `/ready`, as a handler for Node's HTTP server. */
export function createGraphqlServer({
  log,
  requestTimeoutMilliseconds = REQUEST_TIMEOUT_MILLISECONDS,
  ...sources
}: ServerOptions) {
  const toPublicError = createPublicErrors(log)
  return createYoga({
    schema,
    context: () => createContext(sources),
    plugins: [
      useGuard({ timeoutMilliseconds: requestTimeoutMilliseconds }),
      useReadinessCheck({ check: () => isAnswering(sources) }),
    ],
    maskedErrors: { maskError: toPublicError },
    // Errors are logged where they are masked.
    logging: false,
    multipart: false,
    maxRequestBodySize: MAX_BODY_BYTES,
    landingPage: false,
    cors: { origin: '*', credentials: false },
    graphiql: { title: 'Parley' },
    renderGraphiQL,
  })
}

/** Nine megabytes, from this machine: loaded when somebody first wants them. `query`, and not a default, is there on later visits, too. */
async function renderGraphiQL(options: GraphiQLOptions = {}): Promise<BodyInit> {
  const { renderGraphiQL: render } = await import('@graphql-yoga/render-graphiql')
  const shown = { ...options, query: EXAMPLES }
  return render(shown)
}

async function isAnswering({ db }: Sources): Promise<boolean> {
  try {
    await db.execute(sql`select 1`)
    return true
  } catch {
    return false
  }
}
