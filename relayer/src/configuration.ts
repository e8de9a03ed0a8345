import { attestationRootPath, databaseUrl, deploymentPath, logLevel, port, privateKey } from '@parley/service'
import { z } from 'zod'

const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean),
)
const count = z.coerce.number().int()

/** The relayer's settings, from the environment. */
export const configurationSchema = z.object({
  RPC_URL: z.url().meta({ description: "the EVM node's URL", example: 'http://127.0.0.1:8545' }),
  DATABASE_URL: databaseUrl,
  DEPLOYMENT: deploymentPath,
  RELAYER_KEY: privateKey('pays gas'),
  RELAYER_PORT: port(4010),
  VERIFIER_URLS: list.pipe(z.array(z.url()).min(1)).meta({
    description: 'the URLs of verifiers, commas between',
    example: 'http://127.0.0.1:4030,http://127.0.0.1:4031',
  }),
  ATTESTATION_ROOT: attestationRootPath,
  SPONSORED_TOKENS: list
    .default([])
    .meta({ description: 'addresses of the tokens that sponsored requests may name; any when absent' }),
  /** A transaction may use 16.7M (EIP-7825). */
  MAX_REQUEST_GAS: z.coerce
    .bigint()
    .default(2_000_000n)
    .meta({ description: 'the gas that one request may use', example: '2000000' }),
  MAX_REQUESTS_PER_MINUTE: count
    .positive()
    .default(120)
    .meta({ description: 'requests of one account a minute', example: '120' }),
  MAX_TOTAL_PER_MINUTE: count
    .positive()
    .default(3000)
    .meta({ description: 'requests of all accounts a minute', example: '3000' }),
  STUCK_SECONDS: count
    .positive()
    .default(20)
    .meta({ description: 'seconds after which a transaction that waits may get a higher fee', example: '20' }),
  POLL_MILLISECONDS: count.min(10).default(100).meta({ description: 'how often the chain is asked', example: '100' }),
  FINALITY_BLOCKS: count
    .min(1)
    .default(64)
    .meta({ description: 'blocks after which a transaction is final', example: '64' }),
  LOG_LEVEL: logLevel,
})
