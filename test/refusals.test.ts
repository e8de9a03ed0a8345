/** One refusal, one name: on the chain, in the relayer's answer, in GraphQL and in the relayer's log. */
import type { ErrorName } from '@parley/protocol'
import { query, type SignedRequest, type WorkResult } from '@parley/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Actors, castActors } from './actors.ts'
import { chainKinds } from './chains/chain.ts'
import { type Running, startRunning } from './running.ts'
import { withSignatureOf } from './signatures.ts'

type Path = 'transactions' | 'results'

let running: Running
let cast: Awaited<ReturnType<typeof castActors>>

beforeAll(async () => {
  running = await startRunning()
  cast = await castActors(running)
})
afterAll(() => running?.stop())

describe.each(chainKinds)('on %s', (kind) => {
  let actors: Actors

  beforeAll(() => {
    actors = cast[kind]
  })

  /** Asks the chain, then the relayer, then GraphQL, then reads the log. */
  async function expectEverywhere(name: ErrorName, path: Path, body: SignedRequest | WorkResult): Promise<void> {
    expect(await actors.on.refusalOf(body)).toBe(name)

    const refusal = await refusalOf(path, body)
    expect(refusal).toMatchObject({ code: name, isRetryable: false })

    // No node of NEAR says what a call would do: what only the contract knows, the relayer learns when it has paid for it.
    const status = kind === 'near' && name === 'JobNotExpired' ? 'FAILED' : 'REFUSED'
    const { requests } = await query<{ requests: { nodes: unknown[] } }>(
      running.graphqlUrl,
      `query ($error: ErrorName!) {
        requests(filter: { error: $error }) { nodes { chain kind status error { name } } }
      }`,
      { error: name },
    )
    expect(requests.nodes).toContainEqual({
      chain: actors.on.chain,
      kind: path.toUpperCase(),
      status,
      error: { name },
    })

    const lines = (await running.logOf('relayer'))
      .split('\n')
      .filter((line) => line.includes(`"${status.toLowerCase()}"`))
    expect(lines.some((line) => JSON.parse(line).code === name)).toBe(true)
  }

  function refusalOf(path: Path, body: SignedRequest | WorkResult): Promise<unknown> {
    return actors.relayer.perform(path, body).then(
      () => undefined,
      (error: unknown) => error,
    )
  }

  test('a request with a wrong signature is SignatureInvalid', async () => {
    const [signed, other] = [await actors.agent.sign.register(''), await actors.client.sign.register('')]

    await expectEverywhere('SignatureInvalid', 'transactions', withSignatureOf(signed, other))
  })

  test('a result with a wrong signature is SignatureInvalid', async () => {
    const work = await actors.submittedJob()
    const other = await actors.submittedJob()

    await expectEverywhere('SignatureInvalid', 'results', { ...work, signature: other.signature })
  })

  test('a request that was used is RequestReplayed', async () => {
    const signed = await actors.agent.sign.register('')
    await actors.relayer.perform('transactions', signed)

    await expectEverywhere('RequestReplayed', 'transactions', signed)
  })

  test('a result for another job is ResultForAnotherJob', async () => {
    const work = await actors.submittedJob()
    const other = await actors.submittedJob()

    await expectEverywhere('ResultForAnotherJob', 'results', { ...work, jobId: other.jobId })
  })

  test('a second completion is JobAlreadyCompleted', async () => {
    const work = await actors.submittedJob()
    await actors.relayer.perform('results', work)

    await expectEverywhere('JobAlreadyCompleted', 'results', work)
  })

  test('a refund before expiry is JobNotExpired', async () => {
    const work = await actors.submittedJob()
    const signed = await actors.client.sign.claimRefund(work.jobId)

    await expectEverywhere('JobNotExpired', 'transactions', signed)
  })

  test('an enclave whose attestation is too old is EnclaveExpired', async () => {
    const work = await actors.submittedJob(3n * 86_400n)
    await actors.on.passTime(86_460)

    await expectEverywhere('EnclaveExpired', 'results', work)
  })

  test('a call that fails on chain is in GraphQL with its name and its reason', async () => {
    // Signed and sent by somebody else than the relayer, who would have refused it.
    const signed = await actors.client.sign.claimRefund(`0x${'77'.repeat(32)}`)
    await actors.on.sendDirectly(signed)

    interface Failed {
      readonly chain: string
      readonly error: string
      readonly reason: string
    }
    const isHere = ({ chain }: Failed) => chain === actors.on.chain
    const found = await actors.untilGraphql<{ forwardedRequests: { nodes: Failed[] } }>(
      `{ forwardedRequests(filter: { error: JobUnknown }) { nodes { chain error reason } } }`,
      (data) => data.forwardedRequests.nodes.some(isHere),
    )
    const failed = found.forwardedRequests.nodes.find(isHere)
    expect(failed?.error).toBe('JobUnknown')
    expect(failed?.reason).toMatch(/^JobUnknown: (0x)?[0-9a-f]+$/)
  })
})
