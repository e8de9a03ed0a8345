import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { ConfigurationError, readConfiguration } from './configuration.ts'

const schema = z.object({
  RELAYER_PORT: z.coerce
    .number()
    .int()
    .max(65535)
    .meta({ description: 'the port that the relayer listens on', example: '4000' })
    .default(4000),
  EVM_RPC_URL: z.url().meta({ description: 'the URL of an EVM node', example: 'http://127.0.0.1:8545' }),
  RELAYER_KEY: z
    .string()
    .regex(/^0x[0-9a-f]{64}$/, 'not 32 bytes in hex')
    .meta({ description: 'the private key of the relayer', secret: true })
    .optional(),
  FEE_ATOMS: z
    .string()
    .regex(/^\d+$/, 'not a whole number')
    .meta({ description: 'the fee in atoms', example: '1000' })
    .transform(BigInt)
    .default(0n),
})

describe('readConfiguration', () => {
  test('gives what is set its type, and what is absent its default', () => {
    const environment = { EVM_RPC_URL: 'http://node:8545', FEE_ATOMS: '12', OTHER: 'ignored' }

    const configuration = readConfiguration(schema, environment)

    expect(configuration).toEqual({ RELAYER_PORT: 4000, EVM_RPC_URL: 'http://node:8545', FEE_ATOMS: 12n })
  })

  test('takes an empty variable for an absent one', () => {
    const { RELAYER_PORT } = readConfiguration(schema, { RELAYER_PORT: ' ', EVM_RPC_URL: 'http://node' })

    expect(RELAYER_PORT).toBe(4000)
  })

  test('says in one error, a sentence a variable, what to set and gives an example', () => {
    const read = () => readConfiguration(schema, { RELAYER_PORT: '70000.5', FEE_ATOMS: 'much' })

    expect(read).toThrow(ConfigurationError)
    expect(message(read).split('\n')).toEqual([
      expect.stringMatching(
        /^RELAYER_PORT is "70000.5" \(.*\): set it to the port that the relayer listens on, for example RELAYER_PORT=4000\.$/,
      ),
      'EVM_RPC_URL is not set: set it to the URL of an EVM node, for example EVM_RPC_URL=http://127.0.0.1:8545.',
      'FEE_ATOMS is "much" (not a whole number): set it to the fee in atoms, for example FEE_ATOMS=1000.',
    ])
  })

  test('does not repeat a secret', () => {
    const read = () => readConfiguration(schema, { EVM_RPC_URL: 'http://node', RELAYER_KEY: 'my-secret' })

    expect(message(read)).toBe(
      'RELAYER_KEY has a value that does not fit (not 32 bytes in hex): set it to the private key of the relayer.',
    )
  })

  test('passes on what a rule over several variables says', () => {
    const both = schema.refine(({ RELAYER_PORT }) => RELAYER_PORT > 1023, 'Ports below 1024 need root.')

    const read = () => readConfiguration(both, { EVM_RPC_URL: 'http://node', RELAYER_PORT: '80' })

    expect(message(read)).toBe('Ports below 1024 need root.')
  })
})

function message(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  return 'It did not throw.'
}
