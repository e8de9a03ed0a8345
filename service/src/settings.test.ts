import { expect, test } from 'vitest'
import { z } from 'zod'
import { readConfiguration } from './configuration.ts'
import {
  databaseUrl,
  evmDeploymentPath,
  logLevel,
  nearDeploymentPath,
  port,
  privateKey,
  servingChains,
} from './settings.ts'

const schema = z.object({ DATABASE_URL: databaseUrl, PORT: port(4000), LOG_LEVEL: logLevel, KEY: privateKey('signs') })
const good = { DATABASE_URL: 'postgresql://me@127.0.0.1:5432/parley', KEY: `0x${'aB'.repeat(32)}` }

test('what is not set has its default, and a key is lower-case', () => {
  const settings = readConfiguration(schema, good)

  expect(settings).toEqual({ ...good, KEY: good.KEY.toLowerCase(), PORT: 4000, LOG_LEVEL: 'info' })
})

test.each([
  ['DATABASE_URL', 'hello', 'DATABASE_URL has a value that does not fit (must be a postgres:// or postgresql:// URL)'],
  ['PORT', '70000', 'PORT is "70000"'],
  ['LOG_LEVEL', 'loud', 'set it to debug, info, warn, error or silent.'],
  ['KEY', '0x12', 'set it to the private key that signs: 0x and 64 hexadecimal digits.'],
])('%s=%s is refused in a sentence', (name, value, sentence) => {
  const read = () => readConfiguration(schema, { ...good, [name]: value })

  expect(read).toThrow(sentence)
})

test('neither a database’s URL nor a key is repeated in the sentence', () => {
  const read = () => readConfiguration(schema, { DATABASE_URL: 'mysql://me:hunter2@h', KEY: '0xc0ffee' })

  expect(read).toThrow(expect.objectContaining({ message: expect.not.stringMatching(/hunter2|c0ffee/) }))
})

const chains = servingChains(
  z.object({
    LOG_LEVEL: logLevel,
    EVM_DEPLOYMENT: evmDeploymentPath,
    EVM_KEY: privateKey('signs').optional(),
    NEAR_DEPLOYMENT: nearDeploymentPath,
  }),
  [['EVM_DEPLOYMENT', 'EVM_KEY'], ['NEAR_DEPLOYMENT']],
)

test('one chain is enough', () => {
  expect(readConfiguration(chains, { NEAR_DEPLOYMENT: 'near.json' })).toMatchObject({ NEAR_DEPLOYMENT: 'near.json' })
})

test('no chain is too little, and said together with what else is wrong', () => {
  const read = () => readConfiguration(chains, { LOG_LEVEL: 'loud' })

  expect(read).toThrow('No chain is named: set EVM_DEPLOYMENT and EVM_KEY, or NEAR_DEPLOYMENT')
  expect(read).toThrow('LOG_LEVEL is "loud"')
})

test('half of what a chain takes is too little, whatever other chain is there', () => {
  const read = () => readConfiguration(chains, { EVM_DEPLOYMENT: 'evm.json', NEAR_DEPLOYMENT: 'near.json' })

  expect(read).toThrow('EVM_KEY is not set: set it to the private key that signs')
})
