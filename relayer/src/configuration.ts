import {
  attestationRootPath,
  databaseUrl,
  evmDeploymentPath,
  logLevel,
  nearDeploymentPath,
  port,
  privateKey,
  servingChains,
} from '@parley/service'
import { z } from 'zod'

const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean),
)
const count = z.coerce.number().int()
const TGAS = 10n ** 12n

const settings = z.object({
  EVM_RPC_URL: z.url().optional().meta({ description: "the EVM node's URL", example: 'http://127.0.0.1:8545' }),
  EVM_DEPLOYMENT: evmDeploymentPath,
  RELAYER_EVM_KEY: privateKey('pays gas').optional(),
  NEAR_RPC_URL: z.url().optional().meta({ description: "the NEAR node's URL", example: 'http://127.0.0.1:3030' }),
  NEAR_DEPLOYMENT: nearDeploymentPath,
  RELAYER_NEAR_ACCOUNT: z
    .string()
    .optional()
    .meta({ description: 'the account on NEAR that pays gas', example: 'relayer.testnet' }),
  RELAYER_NEAR_KEYS: list
    .pipe(z.array(z.string().regex(/^(ed25519|secp256k1):[1-9A-HJ-NP-Za-km-z]+$/, 'must be ed25519:…')).min(1))
    .optional()
    .meta({
      description: "that account's private keys, ed25519:… with commas between; each sends one at a time",
      secret: true,
    }),
  DATABASE_URL: databaseUrl,
  RELAYER_PORT: port(4010),
  VERIFIER_URLS: list.pipe(z.array(z.url()).min(1)).meta({
    description: 'the URLs of verifiers, commas between',
    example: 'http://127.0.0.1:4030,http://127.0.0.1:4031',
  }),
  ATTESTATION_ROOT: attestationRootPath,
  SPONSORED_TOKENS: list.default([]).meta({
    description:
      'addresses and account ids of the tokens that sponsored requests may name; when absent any on EVM, those that parley trusts on NEAR',
  }),
  /** A transaction may use 16.7M (EIP-7825). */
  MAX_REQUEST_GAS: z.coerce
    .bigint()
    .default(2_000_000n)
    .meta({ description: 'the gas that one request may use on an EVM chain', example: '2000000' }),
  /** A transaction may hold 1,000 Tgas (max_total_prepaid_gas of protocol 86). */
  MAX_NEAR_REQUEST_GAS: z.coerce
    .bigint()
    .max(1_000n * TGAS)
    .default(300n * TGAS)
    .meta({ description: 'the gas that one request may attach on NEAR', example: '300000000000000' }),
  MAX_REQUESTS_PER_MINUTE: count
    .positive()
    .default(120)
    .meta({ description: 'requests of one account a minute', example: '120' }),
  MAX_TOTAL_PER_MINUTE: count
    .positive()
    .default(3000)
    .meta({ description: 'requests of all accounts of one chain a minute', example: '3000' }),
  STUCK_SECONDS: count
    .positive()
    .default(20)
    .meta({ description: 'seconds after which a transaction on EVM that waits may get a higher fee', example: '20' }),
  POLL_MILLISECONDS: count.min(10).default(100).meta({ description: 'how often the chains are asked', example: '100' }),
  FINALITY_BLOCKS: count
    .min(1)
    .default(64)
    .meta({ description: 'blocks after which a transaction on EVM is final; NEAR says so itself', example: '64' }),
  LOG_LEVEL: logLevel,
})

const chains = [
  ['EVM_RPC_URL', 'EVM_DEPLOYMENT', 'RELAYER_EVM_KEY'],
  ['NEAR_RPC_URL', 'NEAR_DEPLOYMENT', 'RELAYER_NEAR_ACCOUNT', 'RELAYER_NEAR_KEYS'],
] as const

/** The relayer's settings, from the environment: at least one chain, with all of its variables. */
export const configurationSchema = servingChains(settings, chains)

export type Configuration = z.output<typeof configurationSchema>
