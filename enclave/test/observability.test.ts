import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSimulatedPlatform } from '@parley/enclave/simulator'
import type { Observability } from '@parley/protocol'
import type { EnclaveIdentity, WorkOrder } from '@parley/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { EVM, EVM_DEPLOYMENT, NEAR, NEAR_DEPLOYMENT, PROVIDER, post, sealOrder, sealText, work } from './client.ts'
import { linesOf, start } from './process.ts'
import { startRelayer } from './relayer-stand-in.ts'

/** Each of them would tell something about the client; none occurs in a log by chance. */
const SECRETS = ['HEMLOCK', '7316498.25', '7316499.25', 'XQZ', 'quokka']
const GOOD = 'invoice,currency,amount,note\nHEMLOCK-1,XQZ,7316498.25,quokka\nHEMLOCK-2,XQZ,1,quokka\n'
/** Its refusal quotes row, column and value. */
const BAD = 'invoice,currency,amount,note\nHEMLOCK-1,XQZ,7316498.25,quokka\nHEMLOCK-2,XQZ,HEMLOCK 7316499.25,quokka\n'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-observability-'))
  const platform = await createSimulatedPlatform()
  await writeFile(join(folder, 'platform.json'), JSON.stringify(await platform.toJson()))
  await writeFile(join(folder, 'evm.json'), JSON.stringify(EVM_DEPLOYMENT))
  await writeFile(join(folder, 'near.json'), JSON.stringify(NEAR_DEPLOYMENT))
})

afterAll(() => rm(folder, { recursive: true }))

interface Run {
  /** All that the process wrote, to its end. */
  readonly output: string
  readonly lines: readonly Record<string, unknown>[]
  readonly orders: readonly WorkOrder[]
  readonly answers: readonly string[]
}

test('at none a job leaves one line that tells nothing, not even which job', async () => {
  const { output, lines, orders, answers } = await runJobs('none')

  const jobs = lines.filter(({ msg }) => msg === 'handled a job')
  expect(jobs).toHaveLength(orders.length)
  for (const job of jobs) {
    const { time, ...rest } = job
    expect(typeof time).toBe('string')
    const told = { level: 'info', name: 'enclave', simulated: true, observability: 'none', msg: 'handled a job' }
    expect(rest).toEqual(told)
  }
  expectAbsent(output, [
    ...SECRETS,
    ...fingerprintsOf(orders, answers),
    ...orders.map(({ jobId }) => jobId.slice(2)),
    'TaskFailed',
  ])
})

test('at partial it leaves counts, timings and error classes, and nothing of what was inside', async () => {
  const { output, lines, orders, answers } = await runJobs('partial')

  const jobs = lines.filter(({ observability }) => observability === 'partial')
  const [done, failed] = orders.map(({ jobId }) => jobs.find((job) => job.jobId === jobId))
  const common = { milliseconds: expect.any(Number), requestBytes: expect.any(Number) }
  expect(done).toMatchObject({ ...common, status: 'done', responseBytes: expect.any(Number) })
  expect(failed).toMatchObject({ ...common, status: 'failed', code: 'TaskFailed' })
  const allowed = ['level', 'time', 'name', 'simulated', 'msg', 'observability', 'jobId', 'status', 'milliseconds']
  for (const job of jobs)
    expect([...allowed, 'requestBytes', 'responseBytes', 'code']).toEqual(expect.arrayContaining(Object.keys(job)))
  expectAbsent(output, [...SECRETS, ...fingerprintsOf(orders, answers)])
})

test('at full it leaves the task, the answer and the reason of a failure', async () => {
  const { lines, orders } = await runJobs('full')

  const [done, failed] = orders.map(({ jobId }) => lines.find((line) => line.jobId === jobId))
  expect(done).toMatchObject({
    task: { task: 'invoice-totals', input: GOOD },
    answer: { XQZ: { total: '7316499.25', invoices: 2 } },
  })
  expect(failed).toMatchObject({ task: { input: BAD }, reason: expect.stringContaining('row 3, column amount') })
})

describe.each(['none', 'partial', 'full'] as const)('at %s', (observability) => {
  test('every line says that it is simulated', async () => {
    const { output, lines } = await runJobs(observability)

    expect(output.trimEnd().split('\n')).toHaveLength(lines.length)
    expect(lines.length).toBeGreaterThan(5)
    for (const line of lines) expect(line).toMatchObject({ simulated: true })
  })
})

/** Runs are compared in several ways but made once: each is a process. */
const runs = new Map<Observability, Promise<Run>>()

function runJobs(observability: Observability): Promise<Run> {
  const known = runs.get(observability) ?? runJobsOnce(observability)
  runs.set(observability, known)
  return known
}

/** One job that succeeds and everything that can go wrong with one, through a real process that logs all it would ever log. */
async function runJobsOnce(observability: Observability): Promise<Run> {
  const relayer = await startRelayer(['succeeded'])
  const enclave = start('main.ts', {
    ENCLAVE_PORT: '0',
    RELAYER_URL: relayer.url,
    EVM_DEPLOYMENT: join(folder, 'evm.json'),
    EVM_OPERATOR: EVM.operator,
    NEAR_DEPLOYMENT: join(folder, 'near.json'),
    NEAR_OPERATOR: NEAR.operator,
    SIMULATOR_PLATFORM: join(folder, 'platform.json'),
    LOG_LEVEL: 'debug',
  })
  const url = String((await enclave.logged('listening')).url)
  await enclave.logged('registered')
  const { encryptionKey }: EnclaveIdentity = await fetch(`${url}/v1/identity`).then((response) => response.json())

  const job = (number: number) => `0x${number.toString(16).padStart(2, '0').repeat(32)}` as const
  const good = await sealOrder(encryptionKey, { input: GOOD, observability, jobId: job(0xa1) })
  const bad = await sealOrder(encryptionKey, { input: BAD, observability, jobId: job(0xa2), on: NEAR })
  const noJson = await sealText(encryptionKey, `{"input": HEMLOCK ${GOOD}`, { jobId: job(0xa3) })
  const noTask = await sealText(encryptionKey, JSON.stringify({ task: 'HEMLOCK', quokka: GOOD }), { jobId: job(0xa4) })
  const changed = { ...good.order, jobId: job(0xa5) }
  const orders = [good.order, bad.order, noJson, noTask, changed]

  const answers: string[] = []
  for (const order of orders) answers.push(JSON.stringify(await work(url, order)))
  // Refused before it is a job.
  await post(`${url}/v1/jobs`, { jobId: 'HEMLOCK', provider: PROVIDER, request: 'quokka', XQZ: 1 })
  await post(`${url}/v1/jobs`, `HEMLOCK ${GOOD}`)
  await post(`${url}/v1/HEMLOCK?note=quokka`, {})
  await abandon(url, 'HEMLOCK', 1000)
  await abandon(url, JSON.stringify(good.order))
  await enclave.stop()
  await relayer.close()

  const output = enclave.output()
  // Only what was sealed is a secret of the client here: its answers carry class names at most.
  expectAbsent(answers.slice(1).join('\n'), SECRETS)
  return { output, lines: linesOf(output), orders, answers }
}

/** Sends an order and hangs up before the answer, or in the middle of the order. HTTP libraries like to tell the console. */
async function abandon(url: string, body: string, announcedBytes = Buffer.byteLength(body)): Promise<void> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  const head = `POST /v1/jobs HTTP/1.1\r\nhost: ${hostname}\r\ncontent-length: ${announcedBytes}\r\n\r\n`
  await new Promise<void>((resolve) => socket.write(head + body, () => resolve()))
  socket.destroy()
  // Answered after the server has seen the other connection end.
  await fetch(`${url}/health`)
}

/** What would let the operator recognise a job: parts of the ciphertexts, hashes and signatures. */
function fingerprintsOf(orders: readonly WorkOrder[], answers: readonly string[]): string[] {
  const { result, signature, response } = JSON.parse(answers[0] ?? '').body
  const hashes: string[] = [result.requestHash, result.responseHash, signature, response]
  return [...orders.map(({ request }) => request), ...hashes].map((hex) => hex.slice(2, 34))
}

/** As it is, as hexadecimal and as base64 would show it. */
function expectAbsent(output: string, texts: readonly string[]): void {
  const searched = output.toLowerCase()
  for (const text of texts) {
    const hex = Buffer.from(text).toString('hex')
    const base64 = Buffer.from(text).toString('base64').replace(/=+$/, '').slice(0, -1).toLowerCase()
    for (const form of [text.toLowerCase(), hex, base64])
      expect(searched.includes(form), `${text} as ${form}`).toBe(false)
  }
}
