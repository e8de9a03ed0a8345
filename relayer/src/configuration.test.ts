import { readConfiguration } from '@parley/service'
import { expect, test } from 'vitest'
import { configurationSchema } from './configuration.ts'

const common = { DATABASE_URL: 'postgres://127.0.0.1/parley', VERIFIER_URLS: 'http://127.0.0.1:4030' }
const evm = {
  EVM_RPC_URL: 'http://127.0.0.1:8545',
  EVM_DEPLOYMENT: 'evm.json',
  RELAYER_EVM_KEY: `0x${'11'.repeat(32)}`,
}
const near = {
  NEAR_RPC_URL: 'http://127.0.0.1:3030',
  NEAR_DEPLOYMENT: 'near.json',
  RELAYER_NEAR_ACCOUNT: 'relayer.test.near',
  RELAYER_NEAR_KEYS: 'ed25519:3kPtBKR, ed25519:4kPtBKR',
}

test.each([
  ['EVM', evm],
  ['NEAR', near],
  ['both', { ...evm, ...near }],
])('one chain is enough, and there may be two: %s', (_, chains) => {
  const configuration = readConfiguration(configurationSchema, { ...common, ...chains })

  expect(configuration).toMatchObject(Object.keys(chains).includes('EVM_RPC_URL') ? { EVM_DEPLOYMENT: 'evm.json' } : {})
  if ('NEAR_RPC_URL' in chains) expect(configuration.RELAYER_NEAR_KEYS).toEqual(['ed25519:3kPtBKR', 'ed25519:4kPtBKR'])
})

test('a chain without all of its variables is refused, with those that are missing', () => {
  const { RELAYER_NEAR_ACCOUNT: _, NEAR_DEPLOYMENT: __, ...half } = near

  const read = () => readConfiguration(configurationSchema, { ...common, ...evm, ...half })

  expect(read).toThrow(/NEAR_DEPLOYMENT is not set: .*\nRELAYER_NEAR_ACCOUNT is not set: /)
})

test('no chain at all is refused', () => {
  const read = () => readConfiguration(configurationSchema, common)

  expect(read).toThrow('No chain is named')
})

test('a private key that is none is not repeated', () => {
  const keys = { ...near, RELAYER_NEAR_KEYS: 'my secret words' }

  const read = () => readConfiguration(configurationSchema, { ...common, ...keys })

  expect(read).toThrow(/RELAYER_NEAR_KEYS/)
  expect(read).not.toThrow(/secret words/)
})
