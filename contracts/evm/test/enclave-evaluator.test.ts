import { EnclaveResult, type Hex } from '@parley/protocol'
import { encodeAbiParameters, hashTypedData, keccak256 } from 'viem'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { enclaveEvaluatorAbi, enclaveEvaluatorBytecode } from '../generated/contracts.ts'
import {
  ALICE,
  addressOf,
  BOB,
  CAROL,
  type Chain,
  ENCLAVE,
  OPERATOR,
  OWNER,
  openChain,
  RELAYER,
  WORKLOAD,
} from './chain.ts'
import { expectRevert } from './expect-revert.ts'
import {
  acceptance,
  BODY_HASH,
  BUDGET,
  createFundedJob,
  createJob,
  DAY,
  giveDollars,
  type JobOptions,
  RESPONSE,
  registerAgent,
  registerEnclave,
  requestHashOf,
  resultOf,
} from './fixtures.ts'
import { callOf, domainOf, forward, sign } from './signing.ts'

const OTHER: Hex = `0x${'78'.repeat(32)}`
const enclave = addressOf(ENCLAVE)
const alice = addressOf(ALICE)

let chain: Chain
let restore: () => Promise<void>

beforeAll(async () => {
  chain = await openChain()
  await registerAgent(chain)
  await giveDollars(chain)
  await registerEnclave(chain)
  restore = await chain.snapshot()
})

beforeEach(() => restore())

const setTerms = (jobId: bigint, sender = ALICE, observability = 0) =>
  chain.send(sender, chain.evaluator, 'setTerms', [jobId, BODY_HASH, WORKLOAD, observability])

/** A submitted job with terms. */
async function createReadyJob(options: JobOptions = {}, observability = 0): Promise<bigint> {
  const jobId = await createJob(chain, options)
  await setTerms(jobId, ALICE, observability)
  await chain.send(ALICE, chain.escrow, 'setBudget', [jobId, chain.dollar.address, BUDGET, '0x'])
  await chain.send(ALICE, chain.escrow, 'fund', [jobId, BUDGET, '0x'])
  await chain.send(BOB, chain.escrow, 'submit', [jobId, BODY_HASH, '0x'])
  return jobId
}

const accept = (args: Awaited<ReturnType<typeof acceptance>>) =>
  chain.send(CAROL, chain.evaluator, 'acceptResult', args)

const dollarsOf = (who: typeof ALICE) => chain.read(chain.dollar, 'balanceOf', [addressOf(who)])

describe('setTerms', () => {
  it('binds an open job to a request, a workload and a level of observability', async () => {
    const jobId = await createJob(chain)

    const { events } = await setTerms(jobId, ALICE, 1)

    const args = { jobId, requestHash: requestHashOf(jobId), workload: WORKLOAD, observability: 1 }
    expect(events).toEqual([{ name: 'TermsSet', args }])
    const parameters = [{ type: 'bytes32' }, { type: 'bytes32' }, { type: 'uint8' }] as const
    const terms = keccak256(encodeAbiParameters(parameters, [requestHashOf(jobId), WORKLOAD, 1]))
    expect(await chain.read(chain.evaluator, 'termsOf', [jobId])).toBe(terms)
  })

  it('works through the forwarder', async () => {
    const jobId = await createJob(chain)

    await forward(chain, RELAYER, ALICE, [callOf(chain.evaluator, 'setTerms', [jobId, BODY_HASH, WORKLOAD, 0])])

    expect(await chain.read(chain.evaluator, 'termsOf', [jobId])).not.toBe(`0x${'00'.repeat(32)}`)
  })

  it('rejects an unknown job', async () => {
    await expectRevert(setTerms(5n), 'JobUnknown', 5n)
  })

  it.each([BOB, CAROL])('rejects whoever is not the client', async (stranger) => {
    await expectRevert(setTerms(await createJob(chain), stranger), 'ClientOnly', addressOf(stranger))
  })

  it('rejects a job that is funded', async () => {
    const jobId = await createFundedJob(chain)

    await expectRevert(setTerms(jobId), 'JobNotOpen', jobId, 1)
  })

  it('rejects a job of another evaluator', async () => {
    const jobId = await createJob(chain, { evaluator: addressOf(CAROL) })

    await expectRevert(setTerms(jobId), 'EvaluatorMismatch', jobId, addressOf(CAROL))
  })

  it('rejects a job without a provider', async () => {
    const jobId = await createJob(chain, { provider: { ...BOB, address: `0x${'00'.repeat(20)}` } })

    await expectRevert(setTerms(jobId), 'ProviderNotSet', jobId)
  })

  it('rejects a level of observability that does not exist', async () => {
    const jobId = await createJob(chain)

    await expectRevert(setTerms(jobId, ALICE, 3), 'ObservabilityInvalid', 3)
  })

  it('rejects a second time', async () => {
    const jobId = await createJob(chain)
    await setTerms(jobId)

    await expectRevert(setTerms(jobId), 'TermsAlreadySet', jobId)
  })
})

describe('acceptResult', () => {
  it('pays the provider and publishes the response, whoever brings the result', async () => {
    const jobId = await createReadyJob()
    const args = await acceptance(chain, jobId)

    const { events } = await accept(args)

    const provider = addressOf(BOB)
    const evaluator = chain.evaluator.address
    const resultId = hashTypedData({
      domain: { name: 'Parley', version: '1', ...domainOf(chain, chain.evaluator) },
      types: { EnclaveResult: EnclaveResult.fields.map(([name, type]) => ({ name, type })) },
      primaryType: 'EnclaveResult',
      message: args[1] as never,
    })
    const { responseHash, producedAt } = args[1]
    expect(events).toEqual([
      { name: 'ResultAccepted', args: { jobId, enclave, resultId, responseHash, producedAt, response: RESPONSE } },
      { name: 'JobCompleted', args: { jobId, evaluator, reason: resultId } },
      { name: 'PaymentReleased', args: { jobId, provider, amount: BUDGET } },
      { name: 'Transfer', args: { from: chain.escrow.address, to: provider, value: BUDGET } },
    ])
    expect(await dollarsOf(BOB)).toBe(BUDGET)
  })

  it.each([0, 1, 2])('takes the observability %i that was agreed', async (observability) => {
    const jobId = await createReadyJob({}, observability)

    await accept(await acceptance(chain, jobId, { observability: BigInt(observability) }))
  })

  it('rejects a second completion', async () => {
    const jobId = await createReadyJob()
    const args = await acceptance(chain, jobId)
    await accept(args)

    await expectRevert(accept(args), 'JobAlreadyCompleted', jobId)
    expect(await dollarsOf(BOB)).toBe(BUDGET)
  })

  it('rejects a job that is not submitted yet', async () => {
    const jobId = await createJob(chain)
    await setTerms(jobId)

    await expectRevert(accept(await acceptance(chain, jobId)), 'JobNotSubmitted', jobId, 0)
  })

  it('rejects a job that has no terms', async () => {
    const jobId = await createFundedJob(chain)

    await expectRevert(accept(await acceptance(chain, jobId)), 'ResultForAnotherJob', jobId, requestHashOf(jobId))
  })

  it('rejects a result for another job of the same client and request', async () => {
    const [first, second] = [await createReadyJob(), await createReadyJob()]
    const [, ...rest] = await acceptance(chain, first)

    await expectRevert(accept([second, ...rest]), 'ResultForAnotherJob', second, requestHashOf(first))
  })

  it('rejects a result for another request', async () => {
    const jobId = await createReadyJob()
    const requestHash = requestHashOf(jobId, OTHER)

    const accepting = accept(await acceptance(chain, jobId, { requestHash }))
    await expectRevert(accepting, 'ResultForAnotherJob', jobId, requestHash)
  })

  it('rejects a result of another workload than agreed', async () => {
    const jobId = await createReadyJob()

    const accepting = accept(await acceptance(chain, jobId, { workload: OTHER }))
    await expectRevert(accepting, 'ResultForAnotherJob', jobId, requestHashOf(jobId))
  })

  it('rejects a result that was produced under more observation than agreed', async () => {
    const jobId = await createReadyJob()

    const accepting = accept(await acceptance(chain, jobId, { observability: 2n }))
    await expectRevert(accepting, 'ResultForAnotherJob', jobId, requestHashOf(jobId))
  })

  it.each([
    ['a withheld response', '0x'],
    ['another response', '0xc1'],
  ] as const)('rejects %s', async (_, response) => {
    const jobId = await createReadyJob()
    const args = await acceptance(chain, jobId, {}, response)

    await expectRevert(accept(args), 'ResponseMismatch', keccak256(RESPONSE))
  })

  it('rejects an enclave that runs another workload than it says', async () => {
    const jobId = await createReadyJob()
    await registerEnclave(chain, { workload: OTHER })

    await expectRevert(accept(await acceptance(chain, jobId)), 'WorkloadMismatch', OTHER, WORKLOAD)
  })

  it('rejects an unknown enclave', async () => {
    const jobId = await createReadyJob()
    const [id, result, , signature, response] = await acceptance(chain, jobId)

    await expectRevert(accept([id, result, addressOf(CAROL), signature, response]), 'EnclaveUnknown', addressOf(CAROL))
  })

  it('rejects an enclave that has expired', async () => {
    const jobId = await createReadyJob({ duration: 30n * DAY })
    const { expiresAt } = await chain.read(chain.enclaves, 'getEnclave', [enclave])
    chain.warp(6n * DAY)

    await expectRevert(accept(await acceptance(chain, jobId)), 'EnclaveExpired', enclave, expiresAt)
  })

  it('rejects an enclave that was revoked', async () => {
    const jobId = await createReadyJob()
    await chain.send(OPERATOR, chain.enclaves, 'revokeEnclave', [enclave])

    await expectRevert(accept(await acceptance(chain, jobId)), 'EnclaveIsRevoked', enclave)
  })

  it('rejects the signature of another key', async () => {
    const jobId = await createReadyJob()
    const result = resultOf(chain, jobId)
    const signature = await sign(OPERATOR, EnclaveResult, result, domainOf(chain, chain.evaluator))
    const [, argument] = await acceptance(chain, jobId)

    await expectRevert(accept([jobId, argument, enclave, signature, RESPONSE]), 'SignatureInvalid', enclave)
  })

  it.each(['chain', 'contract'])('rejects a signature for another %s', async (other) => {
    const jobId = await createReadyJob()
    const domain = domainOf(chain, other === 'contract' ? chain.enclaves : chain.evaluator)
    const elsewhere = { ...domain, chainId: domain.chainId + (other === 'chain' ? 1 : 0) }
    const signature = await sign(ENCLAVE, EnclaveResult, resultOf(chain, jobId), elsewhere)
    const [, argument] = await acceptance(chain, jobId)

    await expectRevert(accept([jobId, argument, enclave, signature, RESPONSE]), 'SignatureInvalid', enclave)
  })

  it('rejects a signature for another time', async () => {
    const jobId = await createReadyJob()
    const [id, result, , signature, response] = await acceptance(chain, jobId)
    const later = { ...result, producedAt: result.producedAt + 1n }

    await expectRevert(accept([id, later, enclave, signature, response]), 'SignatureInvalid', enclave)
  })

  it('rejects a signature with a high s', async () => {
    const jobId = await createReadyJob()
    const [id, result, , signature, response] = await acceptance(chain, jobId)
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
    const s = (order - BigInt(`0x${signature.slice(66, 130)}`)).toString(16).padStart(64, '0')
    const high: Hex = `${signature.slice(0, 66) as Hex}${s}${signature.endsWith('1b') ? '1c' : '1b'}`

    await expectRevert(accept([id, result, enclave, high, response]), 'SignatureInvalid', enclave)
  })

  it('of one evaluator completes no job of another', async () => {
    const args = [chain.forwarder.address, chain.escrow.address, chain.enclaves.address]
    const other = await chain.deployContract(enclaveEvaluatorAbi, enclaveEvaluatorBytecode, args)
    const jobId = await createReadyJob()
    const accepting = chain.send(CAROL, other, 'acceptResult', await acceptance(chain, jobId))

    await expectRevert(accepting, 'ResultForAnotherJob', jobId, requestHashOf(jobId))
  })

  it('pays after the expiry as long as nobody claimed the refund, and nothing after it', async () => {
    const jobId = await createReadyJob()
    const args = await acceptance(chain, jobId)
    chain.warp(DAY + 3600n)
    await accept(args)

    await restore()
    const again = await createReadyJob()
    const late = await acceptance(chain, again)
    chain.warp(DAY + 3600n)
    await chain.send(OWNER, chain.escrow, 'claimRefund', [again])
    await expectRevert(accept(late), 'JobNotSubmitted', again, 5)
    expect(await chain.read(chain.dollar, 'balanceOf', [alice])).toBe(100n * BUDGET)
  })
})
