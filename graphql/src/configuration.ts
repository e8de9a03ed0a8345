import { databaseUrl, logLevel, port } from '@parley/service'
import { z } from 'zod'

/** Environment of the GraphQL server. */
export const configurationSchema = z.object({
  DATABASE_URL: databaseUrl,
  GRAPHQL_PORT: port(4000),
  LOG_LEVEL: logLevel,
})
