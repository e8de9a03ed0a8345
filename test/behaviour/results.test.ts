import type { Hex } from '@parley/protocol'
import { typedDataDomain, typedDataTypes } from '@parley/protocol'
import { encodeAbiParameters, hashTypedData, keccak256 } from 'viem'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { CHAINS } from './chains.ts'
import type { Driver, Person } from './driver.ts'
import { expectRefusal } from './expect-refusal.ts'
import {
  type Acceptance,
  acceptance,
  addressOf,
  BODY_HASH,
  BUDGET,
  createFundedJob,
  createJob,
  DAY,
  ENCLAVE,
  type JobOptions,
  OTHER_HASH,
  RESPONSE,
  registerAgent,
  registerEnclave,
  requestHashOf,
  resultOf,
  STRANGER,
  setBudget,
  sign,
  UNKNOWN_JOB,
  WORKLOAD,
  withHighS,
} from './scenario.ts'

const enclave = addressOf(ENCLAVE)

describe.each(CHAINS)('results on %s', (_, open) => {
  let chain: Driver
  let restore: () => Promise<void>

  beforeAll(async () => {
    chain = await open()
    await registerAgent(chain)
    await chain.give(chain.dollar, 'alice', 100n * BUDGET)
    await registerEnclave(chain)
    restore = await chain.snapshot()
  })

  beforeEach(() => restore())

  const setTerms = (jobId: bigint, who: Person = 'alice', observability = 0) =>
    chain.send(who, 'setTerms', { jobId, bodyHash: BODY_HASH, workload: WORKLOAD, observability })

  /** A submitted job with terms. */
  async function createReadyJob(options: JobOptions = {}, observability = 0): Promise<bigint> {
    const jobId = await createJob(chain, options)
    await setTerms(jobId, 'alice', observability)
    await setBudget(chain, jobId)
    await chain.fund('alice', jobId, BUDGET)
    await chain.send('bob', 'submit', { jobId, deliverable: BODY_HASH })
    return jobId
  }

  /** Anyone may bring a result: Carol does. */
  const accept = (brought: Acceptance) => chain.send('carol', 'acceptResult', { ...brought })
  const dollarsOf = (who: Person) => chain.balanceOf(chain.dollar, chain.accounts[who])

  describe('setTerms', () => {
    it('binds an open job to a request, a workload and a level of observability', async () => {
      const jobId = await createJob(chain)

      const happened = await setTerms(jobId, 'alice', 1)

      const requestHash = requestHashOf(chain, jobId)
      const args = { jobId, requestHash, workload: WORKLOAD, observability: 1n }
      expect(happened).toEqual([{ name: 'TermsSet', args }])
      const parameters = [{ type: 'bytes32' }, { type: 'bytes32' }, { type: 'uint8' }] as const
      const terms = keccak256(encodeAbiParameters(parameters, [requestHash, WORKLOAD, 1]))
      expect(await chain.read('termsOf', { jobId })).toBe(terms)
    })

    it('rejects an unknown job', async () => {
      await expectRefusal(chain, setTerms(UNKNOWN_JOB), 'JobUnknown', UNKNOWN_JOB)
    })

    it.each(['bob', 'carol'] as const)('rejects %s, who is not the client', async (stranger) => {
      const setting = setTerms(await createJob(chain), stranger)

      await expectRefusal(chain, setting, 'ClientOnly', chain.accounts[stranger])
    })

    it('rejects a job that is funded', async () => {
      const jobId = await createFundedJob(chain)

      await expectRefusal(chain, setTerms(jobId), 'JobNotOpen', jobId, 1)
    })

    it('rejects a job of another evaluator', async () => {
      const { carol } = chain.accounts
      const jobId = await createJob(chain, { evaluator: carol })

      await expectRefusal(chain, setTerms(jobId), 'EvaluatorMismatch', jobId, carol)
    })

    it('rejects a job without a provider', async () => {
      const jobId = await createJob(chain, { provider: `0x${'00'.repeat(20)}` })

      await expectRefusal(chain, setTerms(jobId), 'ProviderNotSet', jobId)
    })

    it('rejects a level of observability that does not exist', async () => {
      const jobId = await createJob(chain)

      await expectRefusal(chain, setTerms(jobId, 'alice', 3), 'ObservabilityInvalid', 3)
    })

    it('rejects a second time', async () => {
      const jobId = await createJob(chain)
      await setTerms(jobId)

      await expectRefusal(chain, setTerms(jobId), 'TermsAlreadySet', jobId)
    })
  })

  describe('acceptResult', () => {
    it('pays the provider and publishes the response, whoever brings the result', async () => {
      const jobId = await createReadyJob()
      const brought = await acceptance(chain, jobId)

      const happened = await accept(brought)

      const resultId = hashTypedData({
        domain: typedDataDomain(chain.domains.results),
        types: typedDataTypes(chain.messages.EnclaveResult),
        primaryType: 'EnclaveResult',
        message: brought.result as never,
      })
      const { responseHash, producedAt } = brought.result
      expect(happened).toEqual([
        { name: 'ResultAccepted', args: { jobId, enclave, resultId, responseHash, producedAt, response: RESPONSE } },
        { name: 'JobCompleted', args: { jobId, evaluator: chain.evaluator, reason: resultId } },
        { name: 'PaymentReleased', args: { jobId, provider: chain.accounts.bob, amount: BUDGET } },
      ])
      expect(await dollarsOf('bob')).toBe(BUDGET)
      expect(await chain.balanceOf(chain.dollar, chain.escrow)).toBe(0n)
    })

    it.each([0, 1, 2])('takes the observability %i that was agreed', async (observability) => {
      const jobId = await createReadyJob({}, observability)

      await accept(await acceptance(chain, jobId, { observability: BigInt(observability) }))
    })

    it('rejects a second completion', async () => {
      const jobId = await createReadyJob()
      const brought = await acceptance(chain, jobId)
      await accept(brought)

      await expectRefusal(chain, accept(brought), 'JobAlreadyCompleted', jobId)
      expect(await dollarsOf('bob')).toBe(BUDGET)
    })

    it('rejects a job that is not submitted yet', async () => {
      const jobId = await createJob(chain)
      await setTerms(jobId)

      await expectRefusal(chain, accept(await acceptance(chain, jobId)), 'JobNotSubmitted', jobId, 0)
    })

    it('rejects a job that has no terms, or does not exist', async () => {
      const jobId = await createFundedJob(chain)
      const requestHash = requestHashOf(chain, jobId)

      const brought = await acceptance(chain, jobId)
      await expectRefusal(chain, accept(brought), 'ResultForAnotherJob', jobId, requestHash)
      const unknown = accept({ ...brought, jobId: UNKNOWN_JOB })
      await expectRefusal(chain, unknown, 'ResultForAnotherJob', UNKNOWN_JOB, requestHash)
    })

    it('rejects a result for another job of the same client and request', async () => {
      const [first, second] = [await createReadyJob(), await createReadyJob()]
      const brought = await acceptance(chain, first)

      const accepting = accept({ ...brought, jobId: second })
      await expectRefusal(chain, accepting, 'ResultForAnotherJob', second, requestHashOf(chain, first))
    })

    it('rejects a result for another request', async () => {
      const jobId = await createReadyJob()
      const requestHash = requestHashOf(chain, jobId, OTHER_HASH)

      const accepting = accept(await acceptance(chain, jobId, { requestHash }))
      await expectRefusal(chain, accepting, 'ResultForAnotherJob', jobId, requestHash)
    })

    it.each([
      ['of another workload', { workload: OTHER_HASH }],
      ['under more observation', { observability: 2n }],
    ])('rejects a result %s than agreed', async (_, change) => {
      const jobId = await createReadyJob()

      const accepting = accept(await acceptance(chain, jobId, change))
      await expectRefusal(chain, accepting, 'ResultForAnotherJob', jobId, requestHashOf(chain, jobId))
    })

    it.each([
      ['a withheld response', '0x'],
      ['another response', '0xc1'],
    ] as const)('rejects %s', async (_, response) => {
      const jobId = await createReadyJob()

      const accepting = accept(await acceptance(chain, jobId, {}, response))
      await expectRefusal(chain, accepting, 'ResponseMismatch', keccak256(RESPONSE))
    })

    it('rejects an enclave that runs another workload than it says', async () => {
      const jobId = await createReadyJob()
      await registerEnclave(chain, { workload: OTHER_HASH })

      const accepting = accept(await acceptance(chain, jobId))
      await expectRefusal(chain, accepting, 'WorkloadMismatch', OTHER_HASH, WORKLOAD)
    })

    it('rejects an unknown enclave', async () => {
      const jobId = await createReadyJob()
      const unknown = addressOf(STRANGER)

      const accepting = accept({ ...(await acceptance(chain, jobId)), enclave: unknown })
      await expectRefusal(chain, accepting, 'EnclaveUnknown', unknown)
    })

    it('rejects an enclave that has expired', async () => {
      const jobId = await createReadyJob({ duration: 30n * DAY })
      const { expiresAt } = (await chain.read('getEnclave', { enclave })) as { expiresAt: bigint }
      await chain.warp(6n * DAY)

      await expectRefusal(chain, accept(await acceptance(chain, jobId)), 'EnclaveExpired', enclave, expiresAt)
    })

    it('rejects an enclave that was revoked', async () => {
      const jobId = await createReadyJob()
      await chain.send('operator', 'revokeEnclave', { enclave })

      await expectRefusal(chain, accept(await acceptance(chain, jobId)), 'EnclaveIsRevoked', enclave)
    })

    it('rejects the signature of another key', async () => {
      const jobId = await createReadyJob()
      const { EnclaveResult } = chain.messages
      const signature = await sign(STRANGER, EnclaveResult, resultOf(chain, jobId), chain.domains.results)

      const accepting = accept({ ...(await acceptance(chain, jobId)), signature })
      await expectRefusal(chain, accepting, 'SignatureInvalid', enclave)
    })

    it.each(['chain', 'contract'] as const)('rejects a signature for another %s', async (other) => {
      const jobId = await createReadyJob()
      const domain = chain.elsewhere(chain.domains.results)[other]
      const signature = await sign(ENCLAVE, chain.messages.EnclaveResult, resultOf(chain, jobId), domain)

      const accepting = accept({ ...(await acceptance(chain, jobId)), signature })
      await expectRefusal(chain, accepting, 'SignatureInvalid', enclave)
    })

    it('rejects a signature for another time', async () => {
      const jobId = await createReadyJob()
      const brought = await acceptance(chain, jobId)
      const later = { ...brought.result, producedAt: brought.result.producedAt + 1n }

      await expectRefusal(chain, accept({ ...brought, result: later }), 'SignatureInvalid', enclave)
    })

    it.each([
      ['with a high s', withHighS],
      ['with a byte too many', (signature: Hex): Hex => `${signature}00`],
      ['without v', (signature: Hex) => signature.slice(0, -2) as Hex],
    ])('rejects a signature %s', async (_, alter) => {
      const jobId = await createReadyJob()
      const brought = await acceptance(chain, jobId)

      const accepting = accept({ ...brought, signature: alter(brought.signature) })
      await expectRefusal(chain, accepting, 'SignatureInvalid', enclave)
    })

    it('pays after the expiry as long as nobody claimed the refund', async () => {
      const jobId = await createReadyJob()
      const brought = await acceptance(chain, jobId)
      await chain.warp(DAY + 3600n)

      await accept(brought)

      expect(await dollarsOf('bob')).toBe(BUDGET)
    })

    it('pays nothing after the refund was claimed', async () => {
      const jobId = await createReadyJob()
      const brought = await acceptance(chain, jobId)
      await chain.warp(DAY + 3600n)
      await chain.send('relayer', 'claimRefund', { jobId })

      await expectRefusal(chain, accept(brought), 'JobNotSubmitted', jobId, 5)
      expect(await dollarsOf('alice')).toBe(100n * BUDGET)
    })
  })
})
