import { request as httpRequest } from 'node:http'
import { keccak } from '@parley/evm'
import {
  type ChainKind,
  EnclaveResult,
  fromJson,
  type Hex,
  requestHash,
  type SigningDomain,
  typedDataDomain,
  typedDataTypes,
} from '@parley/protocol'
import { open, seal, type WorkOrder } from '@parley/sdk'
import { createLog, type Listening } from '@parley/service'
import { keccak256, recoverTypedDataAddress, verifyTypedData } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createEnclave, type Enclave } from '../src/worker/enclave.ts'
import { createWorker } from '../src/worker/server.ts'
import {
  EVM,
  eachChain,
  INVOICES,
  JOB,
  NEAR,
  OPERATOR,
  OTHER_JOB,
  PROVIDER,
  post,
  type RefusalBody,
  refusedWork,
  sealOrder,
  sealText,
  work,
} from './client.ts'
import { serve } from './serve.ts'

const WORKLOAD: Hex = `0x${'77'.repeat(32)}`
const NOW_SECONDS = 1_800_000_000

let enclave: Enclave
let worker: Listening

beforeAll(async () => {
  enclave = await createEnclave({ workload: WORKLOAD, isSimulated: true, chains: [EVM, NEAR] })
  const log = createLog('enclave', { level: 'silent' })
  worker = await serve(createWorker({ enclave, log, clock: () => NOW_SECONDS * 1000 }))
})

afterAll(() => worker.close())

test('the identity names both keys, the operator on each chain and the workload, and says that it is simulated', async () => {
  const response = await fetch(`${worker.url}/v1/identity`)

  expect(await response.json()).toEqual({
    enclave: enclave.account.address.toLowerCase(),
    encryptionKey: enclave.sealingKey.publicKey,
    operators: { [EVM.chain]: EVM.operator, [NEAR.chain]: NEAR.operator },
    workload: WORKLOAD,
    isSimulated: true,
  })
})

describe('an order', () => {
  test.each(eachChain)(
    'on %s is opened, done, sealed for the client and signed for the evaluator',
    async (_chain, on) => {
      const { order, replyKey } = await sealOrder(enclave.sealingKey.publicKey, { observability: 'partial', on })

      const { status, body } = await work(worker.url, order)

      const hash = hashOf(order, on.kind)
      expect(status).toBe(200)
      expect(body).toMatchObject({ chain: on.chain, jobId: JOB, enclave: enclave.account.address.toLowerCase() })
      expect(JSON.parse(await open('parley/response/v1', replyKey, hash, body.response))).toEqual({
        EUR: { total: '11.00', invoices: 2 },
        USD: { total: '3', invoices: 1 },
      })
      const result = fromJson(EnclaveResult, body.result)
      expect(result).toEqual({
        requestHash: hash,
        responseHash: keccak256(body.response),
        workload: WORKLOAD,
        observability: 1n,
        producedAt: BigInt(NOW_SECONDS),
      })
      const typedData = typedDataOf(result, on.evaluator)
      expect(await recoverTypedDataAddress({ ...typedData, signature: body.signature })).toBe(enclave.account.address)
    },
  )

  test.each([
    ['none', 0n],
    ['partial', 1n],
    ['full', 2n],
  ] as const)('with observability %s says so in what is signed', async (observability, level) => {
    const { order } = await sealOrder(enclave.sealingKey.publicKey, { observability })

    const { body } = await work(worker.url, order)

    const result = fromJson(EnclaveResult, body.result)
    expect(result.observability).toBe(level)
    const { address } = enclave.account
    const isSigned = (changes: Partial<EnclaveResult>) =>
      verifyTypedData({ ...typedDataOf({ ...result, ...changes }), address, signature: body.signature })
    expect(await isSigned({})).toBe(true)
    expect(await isSigned({ observability: level === 0n ? 1n : 0n })).toBe(false)
    expect(await isSigned({ producedAt: result.producedAt + 1n })).toBe(false)
  })

  test('asked twice, one after the other and at once, has one result', async () => {
    const { order } = await sealOrder(enclave.sealingKey.publicKey)
    const inCapitals = { ...order, request: `0x${order.request.slice(2).toUpperCase()}` }

    const together = await Promise.all([work(worker.url, order), work(worker.url, order), work(worker.url, inCapitals)])
    const later = await work(worker.url, order)

    expect(new Set([...together, later].map(({ body }) => JSON.stringify(body))).size).toBe(1)
  })

  test('for another provider has another result, as its terms on chain have another hash', async () => {
    const { order } = await sealOrder(enclave.sealingKey.publicKey)
    const other: WorkOrder = { ...order, provider: OPERATOR }

    const [first, second] = await Promise.all([work(worker.url, order), work(worker.url, other)])

    expect(first.body.result.requestHash).toBe(hashOf(order))
    expect(second.body.result.requestHash).toBe(hashOf(other))
  })

  test('with a file of 1 MiB, the most that a task takes, fits', async () => {
    const rows = Math.floor((2 ** 20 - 24) / 12)
    const input = `invoice,currency,amount\n${'A-1,EUR,1.5\n'.repeat(rows)}`

    const { order } = await sealOrder(enclave.sealingKey.publicKey, { input })

    expect(await work(worker.url, order)).toMatchObject({ status: 200 })
  })
})

describe('RequestUndecryptable answers', () => {
  const refusal = { status: 422, body: { error: { code: 'RequestUndecryptable', isRetryable: false } } }

  test('an order for another job than it was sealed for', async () => {
    const { order } = await sealOrder(enclave.sealingKey.publicKey)

    expect(await refusedWork(worker.url, { ...order, jobId: OTHER_JOB })).toMatchObject(refusal)
  })

  test('a text that was sealed for another purpose', async () => {
    const request = await seal('parley/response/v1', enclave.sealingKey.publicKey, JOB, '{}')

    expect(await refusedWork(worker.url, { chain: EVM.chain, jobId: JOB, provider: PROVIDER, request })).toMatchObject(
      refusal,
    )
  })

  test('a text that was sealed for another enclave', async () => {
    const { replyKey } = await sealOrder(enclave.sealingKey.publicKey)
    const { order } = await sealOrder(replyKey.publicKey)

    expect(await refusedWork(worker.url, order)).toMatchObject(refusal)
  })

  test.each([
    ['the ephemeral key', 2],
    ['the ciphertext', 80],
    ['the tag', -1],
  ])('a change in %s', async (_region, at) => {
    const { order } = await sealOrder(enclave.sealingKey.publicKey)
    const digits = [...order.request]
    const place = at < 0 ? digits.length + at : at
    digits[place] = digits[place] === '0' ? '1' : '0'

    expect(await refusedWork(worker.url, { ...order, request: digits.join('') })).toMatchObject(refusal)
  })

  test.each(['0x', `0x${'00'.repeat(32)}`, `0x${'00'.repeat(100)}`])('%s', async (request) => {
    expect(await refusedWork(worker.url, { chain: EVM.chain, jobId: JOB, provider: PROVIDER, request })).toMatchObject(
      refusal,
    )
  })
})

describe('InputInvalid names', () => {
  const good = { chain: EVM.chain, jobId: JOB, provider: PROVIDER, request: '0x00' }

  test.each([
    ['jobId', { ...good, jobId: '0x1a' }],
    ['jobId', { chain: EVM.chain, provider: PROVIDER, request: '0x00' }],
    ['chain', { jobId: JOB, provider: PROVIDER, request: '0x00' }],
    ['chain', { ...good, chain: 'near:mainnet' }],
    ['provider', { ...good, provider: NEAR.provider }],
    ['provider', { ...good, chain: NEAR.chain, provider: 'Agent.near' }],
    ['provider', { ...good, provider: 7 }],
    ['request', { ...good, request: '0x0' }],
    ['request', { ...good, request: 'secret' }],
    ['hurry', { ...good, hurry: true }],
    ['body', []],
    ['body', '{"jobId":'],
    ['body', ''],
  ])('%s of the order', async (field, order) => {
    const { status, body } = await refusedWork(worker.url, order)

    expect(status).toBe(400)
    expect(body.error).toEqual({
      code: 'InputInvalid',
      message: expect.stringContaining(field),
      field,
      isRetryable: false,
    })
  })

  const replyTo: Hex = `0x${'09'.repeat(32)}`
  const task = { task: 'invoice-totals', input: INVOICES, replyTo, observability: 'none' }

  test.each([
    ['request', 'SECRET'],
    ['request', '["SECRET"'],
    ['request', '"SECRET"'],
    ['request.task', JSON.stringify({ ...task, task: 'SECRET' })],
    ['request.input', JSON.stringify({ ...task, input: ['SECRET'] })],
    ['request.replyTo', JSON.stringify({ ...task, replyTo: 'SECRET' })],
    ['request.replyTo', JSON.stringify({ ...task, replyTo: `0x${'00'.repeat(32)}` })],
    ['request.observability', JSON.stringify({ ...task, observability: 'SECRET' })],
  ])('%s of what was sealed, and says nothing else of it', async (field, text) => {
    const { status, body } = await refusedWork(worker.url, await sealText(enclave.sealingKey.publicKey, text))

    expect(status).toBe(400)
    expect(body.error).toMatchObject({ code: 'InputInvalid', field })
    expect(JSON.stringify(body)).not.toMatch(/SECRET/)
  })
})

test('of a task that fails only the class gets out', async () => {
  const input = 'invoice,currency,amount\nSECRET-1,EUR,SECRET\n'
  const { order } = await sealOrder(enclave.sealingKey.publicKey, { input, observability: 'full' })

  const { status, body } = await refusedWork(worker.url, order)

  expect(status).toBe(422)
  expect(body.error).toMatchObject({ code: 'TaskFailed', isRetryable: false })
  expect(JSON.stringify(body)).not.toMatch(/SECRET|row/)
})

describe('BodyTooLarge answers', () => {
  const refusal = { status: 413, body: { error: { code: 'BodyTooLarge', isRetryable: false } } }
  const tooLong = JSON.stringify({ jobId: JOB, provider: PROVIDER, request: `0x${'00'.repeat(2 ** 21)}` })

  test('a body that says it is too long', async () => {
    expect(await post<RefusalBody>(`${worker.url}/v1/jobs`, tooLong)).toMatchObject(refusal)
  })

  test('a body that does not say how long it is', async () => {
    expect(await postInChunks(`${worker.url}/v1/jobs`, tooLong)).toMatchObject(refusal)
  })
})

test('what is not there is NotFound', async () => {
  const response = await fetch(`${worker.url}/v1/jobs`)

  expect(response.status).toBe(404)
  expect(await response.json()).toMatchObject({ error: { code: 'NotFound' } })
})

function hashOf({ jobId, provider, request }: WorkOrder, kind: ChainKind = 'evm'): Hex {
  return requestHash({ jobId, provider, bodyHash: keccak256(request) }, keccak, kind)
}

function typedDataOf(message: EnclaveResult, evaluator: SigningDomain = EVM.evaluator) {
  return {
    domain: typedDataDomain(evaluator),
    types: typedDataTypes(EnclaveResult),
    primaryType: 'EnclaveResult',
    message: { ...message },
  } as const
}

/** fetch always states a length for a text. */
function postInChunks(url: string, text: string): Promise<{ status: number | undefined; body: unknown }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method: 'POST', headers: { 'transfer-encoding': 'chunked' } }, (response) => {
      let answer = ''
      response.setEncoding('utf8').on('data', (part) => (answer += part))
      response.on('end', () => resolve({ status: response.statusCode, body: JSON.parse(answer) }))
    })
    // The server answers before it has read everything.
    request.on('error', reject)
    request.end(text)
  })
}
