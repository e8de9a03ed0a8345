import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { formatKey } from '../primitives/index.ts'
import { type InitOptions, initHome, readHome } from './home.ts'
import { HomeError } from './home-error.ts'

const OPTIONS: InitOptions = {
  chainId: 'localnet',
  protocolVersion: 86,
  accountId: 'test.near',
  testSeed: 'test',
  isFast: false,
}

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-home-'))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

function readJson(name: string) {
  return JSON.parse(readFileSync(join(folder, name), 'utf8'))
}

function changeJson(name: string, change: (json: Record<string, unknown>) => void) {
  const json = readJson(name)
  change(json)
  writeFileSync(join(folder, name), JSON.stringify(json))
}

test('what initHome writes, readHome reads', () => {
  initHome(folder, OPTIONS)

  const { genesis, config, validatorKey } = readHome(folder)

  expect(genesis).toMatchObject({ chainId: 'localnet', genesisHeight: 0, epochLength: 500, minGasPrice: 100_000_000n })
  expect(genesis.records.map(({ kind, accountId }) => `${kind} ${accountId}`)).toEqual([
    'Account test.near',
    'AccessKey test.near',
    'Account near',
    'AccessKey near',
  ])
  expect(config).toMatchObject({ blockIntervalMilliseconds: 600, pollingTimeoutMilliseconds: 10_000 })
  expect(readJson('validator_key.json')).toMatchObject({
    account_id: 'test.near',
    public_key: formatKey(validatorKey.secretKey.publicKey),
    secret_key: expect.stringMatching(/^ed25519:/),
  })
})

test('the key of a test seed is nearcore’s: the text filled up with spaces', () => {
  initHome(folder, { ...OPTIONS, testSeed: 'near' })

  // The key of the protocol's account "near" in every test chain of nearcore.
  expect(readJson('validator_key.json').public_key).toBe('ed25519:546XB2oHhj7PzUKHiH9Xve3Ze5q1JiW2WTh6abXFED3c')
})

test('without a seed, keys differ from folder to folder', () => {
  initHome(join(folder, 'a'), { ...OPTIONS, testSeed: undefined })
  initHome(join(folder, 'b'), { ...OPTIONS, testSeed: undefined })

  const [a, b] = ['a', 'b'].map((name) => readHome(join(folder, name)))

  expect(a?.validatorKey.secretKey.seed).not.toEqual(b?.validatorKey.secretKey.seed)
})

test('total_supply is the sum of the accounts', () => {
  initHome(folder, OPTIONS)

  const { genesis } = readHome(folder)

  const sum = genesis.records.reduce(
    (total, record) => (record.kind === 'Account' ? total + record.account.amount + record.account.locked : total),
    0n,
  )
  expect(genesis.config.total_supply).toBe(sum.toString())
})

test('readHome takes the accounts that near-sandbox adds, and its limits', () => {
  initHome(folder, OPTIONS)
  const added = [
    {
      Account: {
        account_id: 'sandbox',
        account: { amount: '5', locked: '0', code_hash: '11111111111111111111111111111111', storage_usage: 182 },
      },
    },
    {
      AccessKey: {
        account_id: 'sandbox',
        public_key: 'ed25519:5BGSaf6YjVm7565VzWQHNxoyEjwr3jUpRJSGjREvU9dB',
        access_key: { nonce: 0, permission: 'FullAccess' },
      },
    },
  ]
  changeJson('genesis.json', (genesis) => {
    genesis.records = [...(genesis.records as object[]), ...added]
    genesis.epoch_length = 250
  })
  changeJson('config.json', (config) => {
    config.rpc = { limits_config: { json_payload_max_size: 2 ** 30 } }
  })

  const { genesis, config } = readHome(folder)

  expect(genesis.epochLength).toBe(250)
  expect(genesis.records.at(-2)).toMatchObject({ accountId: 'sandbox', account: { version: 1, amount: 5n } })
  expect(config.maxPayloadBytes).toBe(2 ** 30)
})

test('initHome leaves a folder that was initialised as it is', () => {
  initHome(folder, OPTIONS)
  const before = readFileSync(join(folder, 'genesis.json'), 'utf8')

  expect(() => initHome(folder, OPTIONS)).toThrow('is there already; remove the home folder')
  expect(readFileSync(join(folder, 'genesis.json'), 'utf8')).toBe(before)
})

describe('readHome says which file is wrong, and why:', () => {
  test('no folder', () => {
    expect(() => readHome(join(folder, 'nowhere'))).toThrow(HomeError)
    expect(() => readHome(join(folder, 'nowhere'))).toThrow(/nowhere\/config\.json cannot be read: run .* init/)
  })

  test('broken JSON', () => {
    initHome(folder, OPTIONS)
    writeFileSync(join(folder, 'genesis.json'), '{"records": [')

    expect(() => readHome(folder)).toThrow(/genesis\.json is not what it should be: .*JSON/)
  })

  test.each([
    ['genesis.json', { protocol_version: 85 }, 'protocol_version is 85; this node runs 86 and 88'],
    [
      'genesis.json',
      { records: [{ Account: { account_id: 'a' } }] },
      'records[0]: the value of `account_id` is no account id',
    ],
    ['genesis.json', { records: [{ Dust: {} }] }, 'records[0]: unknown variant `Dust`'],
    ['genesis.json', { genesis_time: 'noon' }, 'genesis_time is no time: noon'],
    ['genesis.json', { chain_id: 7 }, 'invalid type of `chain_id`: integer `7`, expected a string'],
    ['validator_key.json', { secret_key: 'ed25519:11' }, 'a secret key is'],
    ['validator_key.json', { public_key: 'ed25519:11' }, 'public_key is not that of secret_key'],
    ['config.json', { rpc: 'none' }, 'invalid type: string "none", expected an object'],
  ])('%s with %j', (name, change, message) => {
    initHome(folder, OPTIONS)
    changeJson(name, (json) => Object.assign(json, change))

    expect(() => readHome(folder)).toThrow(`${name} is not what it should be`)
    expect(() => readHome(folder)).toThrow(message)
  })
})
