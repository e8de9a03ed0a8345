import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { enclaveEvaluatorAbi, enclaveEvaluatorBytecode } from '../generated/contracts.ts'
import { ALICE, BOB, CAROL, type Chain, openChain, RELAYER, WORKLOAD } from './chain.ts'
import { expectRevert } from './expect-revert.ts'
import {
  acceptance,
  BODY_HASH,
  BUDGET,
  createJob,
  giveDollars,
  registerAgent,
  registerEnclave,
  requestHashOf,
} from './fixtures.ts'
import { callOf, forward } from './signing.ts'

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

describe('setTerms', () => {
  it('works through the forwarder', async () => {
    const jobId = await createJob(chain)

    await forward(chain, RELAYER, ALICE, [callOf(chain.evaluator, 'setTerms', [jobId, BODY_HASH, WORKLOAD, 0])])

    expect(await chain.read(chain.evaluator, 'termsOf', [jobId])).not.toBe(`0x${'00'.repeat(32)}`)
  })
})

describe('acceptResult', () => {
  it('of one evaluator completes no job of another', async () => {
    const args = [chain.forwarder.address, chain.escrow.address, chain.enclaves.address]
    const other = await chain.deployContract(enclaveEvaluatorAbi, enclaveEvaluatorBytecode, args)
    const jobId = await createJob(chain)
    await chain.send(ALICE, chain.evaluator, 'setTerms', [jobId, BODY_HASH, WORKLOAD, 0])
    await chain.send(ALICE, chain.escrow, 'setBudget', [jobId, chain.dollar.address, BUDGET, '0x'])
    await chain.send(ALICE, chain.escrow, 'fund', [jobId, BUDGET, '0x'])
    await chain.send(BOB, chain.escrow, 'submit', [jobId, BODY_HASH, '0x'])
    const accepting = chain.send(CAROL, other, 'acceptResult', await acceptance(chain, jobId))

    await expectRevert(accepting, 'ResultForAnotherJob', jobId, requestHashOf(jobId))
  })
})
