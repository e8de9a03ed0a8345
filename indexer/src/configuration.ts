import { databaseUrl, deploymentPath, logLevel } from '@parley/service'
import { z } from 'zod'

const count = z.coerce.number().int()

/** The indexer's settings, from the environment. */
export const configurationSchema = z.object({
  RPC_URL: z
    .url()
    // fetch refuses them with a message that holds the whole URL.
    .refine((url) => !new URL(url).username, 'user names and passwords are not supported')
    .meta({ description: "the EVM node's URL", example: 'http://127.0.0.1:8545', secret: true }),
  DATABASE_URL: databaseUrl,
  DEPLOYMENT: deploymentPath,
  POLL_MILLISECONDS: count.min(10).default(100).meta({ description: 'how often the chain is asked', example: '100' }),
  FINALITY_BLOCKS: count.min(1).default(64).meta({ description: 'blocks after which none is replaced', example: '64' }),
  LOG_LEVEL: logLevel,
})
