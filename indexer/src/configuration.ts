import { databaseUrl, evmDeploymentPath, logLevel, nearDeploymentPath, servingChains } from '@parley/service'
import { z } from 'zod'

const count = z.coerce.number().int()

function nodeUrl(description: string, example: string) {
  return (
    z
      .url()
      // fetch refuses them with a message that holds the whole URL.
      .refine((url) => !new URL(url).username, 'user names and passwords are not supported')
      .optional()
      .meta({ description, example, secret: true })
  )
}

/** The indexer's settings, from the environment. Each chain has two; at least one chain must have them. */
export const configurationSchema = servingChains(
  z.object({
    EVM_RPC_URL: nodeUrl("the EVM node's URL", 'http://127.0.0.1:8545'),
    EVM_DEPLOYMENT: evmDeploymentPath,
    NEAR_RPC_URL: nodeUrl("the NEAR node's URL", 'http://127.0.0.1:3030'),
    NEAR_DEPLOYMENT: nearDeploymentPath,
    DATABASE_URL: databaseUrl,
    POLL_MILLISECONDS: count.min(10).default(100).meta({ description: 'how often a chain is asked', example: '100' }),
    FINALITY_BLOCKS: count
      .min(1)
      .default(64)
      .meta({ description: 'blocks after which none is replaced', example: '64' }),
    LOG_LEVEL: logLevel,
  }),
  [
    ['EVM_RPC_URL', 'EVM_DEPLOYMENT'],
    ['NEAR_RPC_URL', 'NEAR_DEPLOYMENT'],
  ],
)
