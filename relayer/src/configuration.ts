import { z } from 'zod'

const key = z.string().regex(/^0x[0-9a-fA-F]{64}$/, 'must be 0x and 64 hexadecimal digits')
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
  DATABASE_URL: z
    .string()
    .meta({ description: 'a Postgres URL', example: 'postgres://127.0.0.1:5432/parley', secret: true }),
  DEPLOYMENT: z.string().meta({ description: "the path of the JSON file with the contracts' addresses" }),
  RELAYER_KEY: key.meta({ description: 'the private key that pays gas: 0x and 64 hexadecimal digits', secret: true }),
  RELAYER_PORT: count
    .min(0)
    .max(65535)
    .default(4010)
    .meta({ description: 'a port, 0 for any that is free', example: '4010' }),
  VERIFIER_URLS: list.pipe(z.array(z.url()).min(1)).meta({
    description: 'the URLs of verifiers, commas between',
    example: 'http://127.0.0.1:4030,http://127.0.0.1:4031',
  }),
  ATTESTATION_ROOT: z
    .string()
    .optional()
    .meta({ description: "the path of a PEM file with the root that quotes must lead to, Intel's when absent" }),
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
  POLL_MILLISECONDS: count.min(10).default(100).meta({ description: 'how often the chain is asked', example: '100' }),
  FINALITY_BLOCKS: count
    .min(1)
    .default(64)
    .meta({ description: 'blocks after which a transaction is final', example: '64' }),
  LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .meta({ description: 'debug, info, warn, error or silent' }),
})
