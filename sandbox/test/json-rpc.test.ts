import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { formatKey } from '../src/primitives/index.ts'
import { type SandboxProcess, startSandbox } from './sandbox-process.ts'

let sandbox: SandboxProcess

beforeAll(async () => {
  sandbox = await startSandbox()
})

afterAll(() => sandbox?.stop())

const UNKNOWN_HASH = '4reLvkAWfqk5fsqio1KLudk46cqRz9erQdaHkWZKMJDZ'

describe('a request that is none', () => {
  test.each([
    ['no JSON', '{"jsonrpc"', 'Expected'],
    ['another version', '{"jsonrpc":"1.0","id":1,"method":"status"}', 'JSON RPC Request format was expected'],
    ['no id', '{"jsonrpc":"2.0","method":"status"}', 'JSON RPC Request format was expected'],
    ['no method', '{"jsonrpc":"2.0","id":1}', 'JSON RPC Request format was expected'],
    ['a batch', '[{"jsonrpc":"2.0","id":1,"method":"status"}]', 'JSON RPC Request format was expected'],
  ])('%s is a PARSE_ERROR', async (_, text, message) => {
    const { status, body } = await sandbox.post(text)

    expect(status).toBe(400)
    expect(body.error).toMatchObject({
      name: 'REQUEST_VALIDATION_ERROR',
      cause: { name: 'PARSE_ERROR', info: { error_message: expect.stringContaining(message) } },
      code: -32_700,
      message: 'Parse error',
      data: expect.stringContaining(message),
    })
  })

  test('an unknown method is METHOD_NOT_FOUND', async () => {
    const { status, body } = await sandbox.post('{"jsonrpc":"2.0","id":7,"method":"nonsense","params":[]}')

    expect(status).toBe(400)
    expect(body).toEqual({
      jsonrpc: '2.0',
      id: 7,
      error: {
        name: 'REQUEST_VALIDATION_ERROR',
        cause: { name: 'METHOD_NOT_FOUND', info: { method_name: 'nonsense' } },
        code: -32_601,
        message: 'Method not found',
        data: 'nonsense',
      },
    })
  })

  test('a body beyond the limit of config.json is refused', async () => {
    const { status } = await sandbox.post(`"${'x'.repeat(11_000_000)}"`)

    expect(status).toBe(413)
  })

  test('other HTTP methods and paths are refused', async () => {
    const put = await fetch(sandbox.url, { method: 'PUT', body: '{}' })
    const elsewhere = await fetch(`${sandbox.url}/nowhere`)

    expect([put.status, elsewhere.status]).toEqual([405, 404])
  })
})

describe('params that are wrong are a PARSE_ERROR that names them:', () => {
  test.each([
    ['block', {}, 'no variant of enum BlockReference found in flattened data'],
    ['block', { finality: 'maybe' }, 'unknown variant `maybe`, expected one of `optimistic`, `near-final`, `final`'],
    ['block', { block_id: 'xyz' }, 'data did not match any variant of untagged enum BlockId'],
    ['block', { block_id: -1 }, 'expected u64'],
    ['query', { finality: 'final' }, 'missing field `request_type`'],
    ['query', { finality: 'final', request_type: 'view_dust' }, 'unknown variant `view_dust`'],
    ['query', { finality: 'final', request_type: 'view_account' }, 'missing field `account_id`'],
    ['query', { finality: 'final', request_type: 'view_account', account_id: 'A!' }, 'is no account id: "A!"'],
    ['query', { finality: 'final', request_type: 'view_account', account_id: 5 }, 'integer `5`, expected a string'],
    [
      'query',
      { finality: 'final', request_type: 'view_access_key', account_id: 'test.near', public_key: 'rsa:1' },
      "unknown key type 'rsa'",
    ],
    [
      'query',
      {
        finality: 'final',
        request_type: 'call_function',
        account_id: 'test.near',
        method_name: 'm',
        args_base64: '*',
      },
      'Invalid base64',
    ],
    ['query', ['account'], 'missing field `request_type`'],
    ['send_tx', {}, 'missing field `signed_tx_base64`'],
    ['send_tx', { signed_tx_base64: 'AAAA' }, 'could not decoded from borsh due to: Unexpected length of input'],
    ['send_tx', ['AAAA', 'FINAL'], 'invalid length 2'],
    ['tx', { tx_hash: 'abc', sender_account_id: 'test.near' }, 'a hash has 32 bytes'],
    ['tx', { tx_hash: UNKNOWN_HASH }, 'missing field `sender_account_id`'],
    ['chunk', { block_id: 0 }, 'missing field `shard_id`'],
    ['sandbox_fast_forward', { delta_height: '5' }, 'string "5", expected u64'],
    ['sandbox_patch_state', { records: {} }, 'map, expected a sequence'],
    [
      'sandbox_patch_state',
      { records: [{ Data: { account_id: 'test.near' } }] },
      'records[0]: missing field `data_key`',
    ],
  ])('%s %j', async (method, params, message) => {
    const { error } = await sandbox.ask(method, params)

    expect(error).toMatchObject({ code: -32_700, cause: { name: 'PARSE_ERROR' } })
    expect(error?.data).toMatch(/^Failed parsing args: /)
    expect(error?.data).toContain(message)
  })
})

describe('what is not there is a HANDLER_ERROR with nearcore’s name:', () => {
  const at = { block_height: expect.any(Number), block_hash: expect.any(String) }

  test.each([
    [
      'block',
      { block_id: 10 ** 9 },
      'UNKNOWN_BLOCK',
      {},
      'DB Not Found Error: BLOCK HEIGHT: 1000000000 \n Cause: Unknown',
    ],
    [
      'block',
      { block_id: UNKNOWN_HASH },
      'UNKNOWN_BLOCK',
      {},
      `DB Not Found Error: BLOCK HEADER: ${UNKNOWN_HASH} \n Cause: Unknown`,
    ],
    [
      'chunk',
      { chunk_id: UNKNOWN_HASH },
      'UNKNOWN_CHUNK',
      { chunk_hash: UNKNOWN_HASH },
      `Chunk Missing (unavailable on the node): ChunkHash(\`${UNKNOWN_HASH}\`) \n Cause: Unknown`,
    ],
    ['chunk', { block_id: 0, shard_id: 9 }, 'INVALID_SHARD_ID', { shard_id: 9 }, 'Shard id 9 does not exist'],
    ['gas_price', [10 ** 9], 'UNKNOWN_BLOCK', {}, 'DB Not Found Error: BLOCK HEIGHT: 1000000000 \n Cause: Unknown'],
    [
      'tx',
      { tx_hash: UNKNOWN_HASH, sender_account_id: 'test.near' },
      'UNKNOWN_TRANSACTION',
      { requested_transaction_hash: UNKNOWN_HASH },
      `Transaction ${UNKNOWN_HASH} doesn't exist`,
    ],
    [
      'EXPERIMENTAL_receipt',
      { receipt_id: UNKNOWN_HASH },
      'UNKNOWN_RECEIPT',
      { receipt_id: UNKNOWN_HASH },
      `Receipt with id ${UNKNOWN_HASH} has never been observed on this node`,
    ],
    ['validators', { epoch_id: UNKNOWN_HASH }, 'UNKNOWN_EPOCH', undefined, 'Unknown Epoch'],
    [
      'query',
      { request_type: 'view_account', account_id: 'nobody.near', block_id: 10 ** 9 },
      'UNKNOWN_BLOCK',
      { block_reference: { block_id: 10 ** 9 } },
      'DB Not Found Error: BLOCK HEIGHT: 1000000000 \n Cause: Unknown',
    ],
    [
      'query',
      { request_type: 'view_account', account_id: 'nobody.near', finality: 'final' },
      'UNKNOWN_ACCOUNT',
      { requested_account_id: 'nobody.near', ...at },
      'account nobody.near does not exist while viewing',
    ],
    [
      'query',
      { request_type: 'view_state', account_id: 'nobody.near', prefix_base64: '', finality: 'final' },
      'UNKNOWN_ACCOUNT',
      { requested_account_id: 'nobody.near', ...at },
      'account nobody.near does not exist while viewing',
    ],
    [
      'query',
      { request_type: 'view_code', account_id: 'test.near', finality: 'final' },
      'NO_CONTRACT_CODE',
      { contract_account_id: 'test.near', ...at },
      'Contract code for contract ID #test.near has never been observed on the node',
    ],
  ])('%s %j', async (method, params, name, info, data) => {
    const { error } = await sandbox.ask(method, params)

    expect(error).toEqual({
      name: 'HANDLER_ERROR',
      cause: info === undefined ? { name } : { name, info },
      code: -32_000,
      message: 'Server error',
      data,
    })
  })

  test('an access key or method that is not there is an answer with an `error`, as nearcore keeps it', async () => {
    const key = 'ed25519:5BGSaf6YjVm7565VzWQHNxoyEjwr3jUpRJSGjREvU9dB'
    const common = { account_id: 'test.near', finality: 'final' }

    const accessKey = await sandbox.call('query', { ...common, request_type: 'view_access_key', public_key: key })
    const call = { ...common, request_type: 'call_function', method_name: 'm', args_base64: '' }
    const called = await sandbox.call('query', call)

    expect(accessKey).toEqual({ error: `access key ${key} does not exist while viewing`, logs: [], ...at })
    expect(called).toEqual({ error: expect.stringContaining('CodeDoesNotExist'), logs: [], ...at })
  })
})

describe('the node describes itself', () => {
  test('GET /status, /health and /network_info', async () => {
    const answers = await Promise.all(
      ['status', 'health', 'network_info'].map((path) => fetch(`${sandbox.url}/${path}`)),
    )

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(await answers[0]?.json()).toMatchObject({
      chain_id: 'localnet',
      protocol_version: 86,
      sync_info: { syncing: false },
    })
    expect(await answers[1]?.json()).toBe(null)
  })

  test('EXPERIMENTAL_protocol_config has genesis.json’s fields and the protocol’s parameters', async () => {
    const config = await sandbox.call('EXPERIMENTAL_protocol_config', { finality: 'final' })

    expect(config).toMatchObject({ chain_id: 'localnet', protocol_version: 86, epoch_length: 60 })
    expect(config.runtime_config.storage_amount_per_byte).toBe('10000000000000000000')
    expect(config.runtime_config.wasm_config.limit_config.max_total_prepaid_gas).toBe(10 ** 15)
  })

  test('validators and gas_price, by position and by name', async () => {
    const byPosition = await sandbox.call('validators', [null])
    const latest = await sandbox.call('validators', { latest: null })

    expect(byPosition.current_validators).toMatchObject([{ account_id: 'test.near', stake: `5${'0'.repeat(31)}` }])
    expect(latest.current_validators[0].public_key).toBe(formatKey(sandbox.rootKey.publicKey))
    expect(await sandbox.call('gas_price', [null])).toEqual({ gas_price: '100000000' })
  })

  test('an account, its keys and its state, by name and by path', async () => {
    const account = await sandbox.call('query', {
      request_type: 'view_account',
      account_id: 'test.near',
      finality: 'final',
    })
    const byPath = await sandbox.call('query', ['account/test.near', ''])
    const keys = await sandbox.call('query', ['access_key/test.near', ''])
    const state = await sandbox.call('query', ['contract/test.near', ''])

    expect(account).toMatchObject({
      amount: `1${'0'.repeat(33)}`,
      locked: `5${'0'.repeat(31)}`,
      code_hash: '1'.repeat(32),
    })
    expect(byPath.amount).toBe(account.amount)
    expect(keys.keys).toEqual([
      { public_key: formatKey(sandbox.rootKey.publicKey), access_key: { nonce: 0, permission: 'FullAccess' } },
    ])
    expect(state.values).toEqual([])
  })
})

test('blocks form a chain that chunk, hash and height lead into', async () => {
  await sandbox.call('sandbox_fast_forward', { delta_height: 5 })
  const latest = await sandbox.call('block', { finality: 'final' })
  const byHash = await sandbox.call('block', { block_id: latest.header.hash })
  const before = await sandbox.call('block', [latest.header.prev_height])
  const chunk = await sandbox.call('chunk', [latest.chunks[0].chunk_hash])
  const byShard = await sandbox.call('chunk', { block_id: latest.header.height, shard_id: 0 })
  const genesis = await sandbox.call('block', { sync_checkpoint: 'genesis' })

  expect(byHash).toEqual(latest)
  expect(before.header.hash).toBe(latest.header.prev_hash)
  expect(BigInt(latest.header.timestamp_nanosec)).toBeGreaterThan(BigInt(before.header.timestamp_nanosec))
  expect(chunk).toEqual(byShard)
  expect(chunk).toMatchObject({ author: 'test.near', transactions: [], receipts: [], header: latest.chunks[0] })
  expect(genesis.header.height).toBe(0)
})

test('sandbox_fast_forward moves height and time', async () => {
  const before = await sandbox.call('block', { finality: 'final' })

  await sandbox.call('sandbox_fast_forward', { delta_height: 1000 })

  const after = await sandbox.call('block', { finality: 'final' })
  expect(after.header.height - before.header.height).toBeGreaterThanOrEqual(1000)
  expect(BigInt(after.header.timestamp_nanosec) - BigInt(before.header.timestamp_nanosec)).toBeGreaterThan(10n ** 9n)
})

test('blocks come by themselves, so that time passes', async () => {
  const before = await sandbox.call('block', { finality: 'final' })

  await expect
    .poll(async () => (await sandbox.call('status')).sync_info.latest_block_height)
    .toBeGreaterThan(before.header.height)
})
