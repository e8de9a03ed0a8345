import { z } from 'zod'

/** Environment of the GraphQL server. */
export const configurationSchema = z.object({
  DATABASE_URL: z.string().min(1).meta({
    description: 'the URL of the Postgres that the indexer and the relayer write',
    example: 'postgres://reader:password@127.0.0.1:5432/parley',
    secret: true,
  }),
  GRAPHQL_PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65535)
    .meta({ description: 'the port that GraphQL listens on, 0 for any that is free', example: '4000' })
    .default(4000),
  LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'])
    .meta({ description: 'how much is logged: debug, info, warn, error or silent', example: 'info' })
    .default('info'),
})
