import type { Hex } from '@parley/protocol'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readRevert } from '../src/revert.ts'
import { deployHostile } from './artifacts.ts'
import { ALICE, addressOf, BOB, type Chain, type Contract, encodeCall, openChain } from './chain.ts'
import { expectRevert } from './expect-revert.ts'
import { BUDGET, DAY, giveDollars, BODY_HASH as HASH, hiringOf, registerAgent } from './fixtures.ts'

const alice = addressOf(ALICE)

let chain: Chain
let evaluator: Contract
let restore: () => Promise<void>

beforeAll(async () => {
  chain = await openChain()
  await registerAgent(chain)
  await giveDollars(chain)
  evaluator = await deployHostile(chain, 'ReentrantEvaluator', [])
  await chain.send(ALICE, chain.dollar, 'approve', [chain.ledger.address, BUDGET])
  await chain.send(ALICE, chain.ledger, 'deposit', [chain.dollar.address, BUDGET, alice])
  await chain.send(ALICE, chain.ledger, 'setOperator', [chain.escrow.address, true])
  restore = await chain.snapshot()
})

beforeEach(() => restore())

const nextId = () => chain.read(chain.escrow, 'nextJobId', [alice])
const hiring = (change: Partial<ReturnType<typeof hiringOf>> = {}) =>
  hiringOf(chain, { evaluator: evaluator.address, terms: '0x01', isInLedger: true, ...change })
const hire = (change = {}) => chain.send(ALICE, chain.escrow, 'hire', [hiring(change)])
const arm = (to: Hex, data: Hex) => chain.send(BOB, evaluator, 'arm', [to, data])
const reason = async () => readRevert((await chain.read(evaluator, 'reason', [])) as Hex).reason
const savings = () => chain.read(chain.ledger, 'balanceOf', [alice, BigInt(chain.dollar.address)])

describe('an evaluator that calls back while it is told of a hiring', () => {
  it.each(['setBudget', 'setPayee', 'fund', 'complete', 'release', 'redo', 'reject', 'claimRefund', 'hire'] as const)(
    'cannot %s',
    async (name) => {
      const jobId = await nextId()
      const args = {
        setBudget: [jobId, chain.dollar.address, 1n, '0x'],
        setPayee: [jobId, evaluator.address],
        fund: [jobId, BUDGET, '0x'],
        complete: [jobId, HASH, '0x'],
        release: [jobId, BUDGET, HASH],
        redo: [jobId, HASH],
        reject: [jobId, HASH, '0x'],
        claimRefund: [jobId],
        hire: [hiring()],
      }
      await arm(chain.escrow.address, encodeCall(chain.escrow.abi, name, args[name]))

      await hire()

      expect(await reason()).toBe('ReentrancyGuardReentrantCall:')
      expect(await chain.read(chain.escrow, 'getJob', [jobId])).toMatchObject({ status: 1, budget: BUDGET })
      expect(await savings()).toBe(0n)
    },
  )

  it('cannot move what its client let the escrow move', async () => {
    const args = [alice, evaluator.address, BigInt(chain.dollar.address), 1n]
    await arm(chain.ledger.address, encodeCall(chain.ledger.abi, 'transferFrom', args))

    await hire({ isInLedger: false })

    expect(await reason()).toMatch(/^AllowanceTooLow:/)
    expect(await savings()).toBe(BUDGET)
  })

  it('may ask for a period to judge, but for none that the expiry leaves no time for', async () => {
    const jobId = await nextId()
    const ask = (period: bigint) =>
      arm(chain.escrow.address, encodeCall(chain.escrow.abi, 'setEvaluationPeriod', [jobId, period]))

    await ask(90n * DAY)
    const expiredAt = chain.now() + 179n * DAY
    await expect(hire({ expiredAt })).rejects.toThrow(/^ExpiryTooSoon:/)
    expect(await savings()).toBe(BUDGET)

    await ask(DAY)
    await hire({ expiredAt })
    expect((await chain.read(chain.escrow, 'getJob', [jobId])).evaluationPeriod).toBe(Number(DAY))
  })
})

it('terms are for an evaluator that is a contract: an account would never hear of them', async () => {
  await expectRevert(hire({ evaluator: alice }), 'Reverted', 'without a reason')
  expect(await savings()).toBe(BUDGET)
})
