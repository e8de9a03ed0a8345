import { readFileSync } from 'node:fs'
import type { Deployment } from '@parley/evm'
import type { Hex } from '@parley/protocol'
import { z } from 'zod'

const count = z.coerce.number().int()

const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/)
  .transform((text) => text.toLowerCase() as Hex)

const deploymentSchema: z.ZodType<Deployment> = z.object({
  chainId: z.int().positive(),
  fromBlock: z.int().nonnegative(),
  forwarder: address,
  agentRegistry: address,
  enclaveRegistry: address,
  jobEscrow: address,
  enclaveEvaluator: address,
})

/** The indexer's settings, from the environment. */
export const configurationSchema = z.object({
  RPC_URL: z
    .url()
    // fetch refuses them with a message that holds the whole URL.
    .refine((url) => !new URL(url).username, 'user names and passwords are not supported')
    .meta({ description: "the EVM node's URL", example: 'http://127.0.0.1:8545', secret: true }),
  DATABASE_URL: z
    .string()
    .meta({ description: 'a Postgres URL', example: 'postgres://127.0.0.1:5432/parley', secret: true }),
  DEPLOYMENT: z
    .string()
    .meta({ description: "the path of the JSON file with the contracts' addresses" })
    .transform(readDeployment),
  POLL_MILLISECONDS: count.min(10).default(100).meta({ description: 'how often the chain is asked', example: '100' }),
  FINALITY_BLOCKS: count.min(1).default(64).meta({ description: 'blocks after which none is replaced', example: '64' }),
  LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .meta({ description: 'debug, info, warn, error or silent' }),
})

function readDeployment(path: string, context: z.RefinementCtx): Deployment {
  try {
    return deploymentSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (error) {
    const message = error instanceof z.ZodError ? z.prettifyError(error) : String(error)
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  }
}
