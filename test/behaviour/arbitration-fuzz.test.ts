import { arbitrationModel, jobModel } from '@parley/protocol'
import { expect, it } from 'vitest'
import { type Action, actionsOf, expectSameArbitration, perform, type Step, step } from './arbitration-steps.ts'
import { changed, expectLikeModel } from './beside-model.ts'
import type { Happened } from './driver.ts'
import { openEvm } from './evm-driver.ts'
import { expectSameJobs, type Ground, leaveByTheLastExit, openGround } from './job-ground.ts'
import { openNear } from './near-driver.ts'

const CHAINS = [
  ['EVM', openEvm, 2400, arbitrationModel.rulings],
  ['NEAR', openNear, 600, []],
] as const

const { balanceKey, ESCROW, inLedger, restOf } = jobModel
type State = arbitrationModel.ArbitrationState

/** In the ledger: little enough that some cannot pay a bond or a stake. */
const SAVINGS = 130n

it.each(CHAINS)(
  'arbitration on %s agrees with its model after every step, and time and a stranger return everything',
  async (_, open, steps, expectedRulings) => {
    const chain = await open()
    const ground = await openGround(chain, SAVINGS)
    const evaluator = chain.evaluators.arbitrated
    for (const account of ground.people)
      for (const spender of [evaluator, chain.escrow])
        await chain.send(ground.personOf(account), 'setOperator', { spender, approved: true })
    const savings = ground.people.map((account) => [balanceKey(inLedger(chain.dollar), account), SAVINGS] as const)
    const balances = new Map([...ground.escrow.balances, ...savings])
    const start: State = { escrow: { ...ground.escrow, balances }, arbitrations: new Map(), evaluator }
    const restore = await chain.snapshot()
    const rulingsGiven = new Set<string>()
    let happened: Happened[] = []

    await expectLikeModel<State, Action, Step>(
      {
        restore: async () => {
          happened = []
          await restore()
        },
        start,
        actionsOf: (chosen, state) => actionsOf(chosen, state, ground),
        decide: arbitrationModel.decide,
        perform: async (action) => {
          happened.push(...(await perform(ground, action)))
          if (action.name === 'rule') rulingsGiven.add(action.ruling)
        },
        expectSameState: async (state, before) => {
          await expectSameJobs(ground, state.escrow, before?.escrow)
          for (const [id, arbitration] of changed(state.arbitrations, before?.arbitrations))
            await expectSameArbitration(ground, id, arbitration)
          if (state.escrow.balances !== before?.escrow.balances) await expectSameLedger(ground, state)
        },
        leave: async (state) => {
          await leaveByTheLastExit(ground, state.escrow)
          for (const [id, { isBondHeld, isStakeHeld }] of state.arbitrations) {
            const jobId = BigInt(id)
            if (isBondHeld || isStakeHeld)
              happened.push(...(await chain.send('relayer', 'releaseBondAndStake', { jobId })))
          }
          expect(await chain.ledgerBalanceOf(chain.dollar, evaluator)).toBe(0n)
          expectEachReleasedOnce(state, happened)
        },
      },
      { step, steps, reached: REACHED.map((name) => `${name} accepted`) },
    )

    expect([...rulingsGiven]).toEqual(expect.arrayContaining([...expectedRulings]))
  },
  3_600_000,
)

const REACHED = [
  ...(['lockStake', 'openDispute', 'acceptWork', 'settleReview', 'claimRefund', 'releaseBondAndStake'] as const),
]

/** Money in = money out + held; what is held are bonds, stakes and the budgets that came from the ledger. On NEAR one account holds all. */
async function expectSameLedger({ chain, people }: Ground, { escrow, arbitrations, evaluator }: State): Promise<void> {
  const expected = (account: string) => escrow.balances.get(balanceKey(inLedger(chain.dollar), account)) ?? 0n
  let bonds = 0n
  for (const { isBondHeld, bond, isStakeHeld, stake } of arbitrations.values())
    bonds += (isBondHeld ? bond : 0n) + (isStakeHeld ? stake : 0n)
  const open = [...escrow.jobs.values()].filter(({ status }) => status === 'Funded' || status === 'Submitted')
  const budgets = open.reduce((sum, job) => sum + (job.isInLedger ? restOf(job) : 0n), 0n)
  expect([expected(evaluator), expected(ESCROW)]).toEqual([bonds, budgets])

  let total = 0n
  for (const account of people) {
    const balance = await chain.ledgerBalanceOf(chain.dollar, account)
    expect(balance).toBe(expected(account))
    total += balance
  }
  const holders = [...new Set([evaluator, chain.escrow])]
  const held = await Promise.all(holders.map((account) => chain.ledgerBalanceOf(chain.dollar, account)))
  expect(held).toEqual(holders.length === 1 ? [bonds + budgets] : [bonds, budgets])
  expect(total + bonds + budgets).toBe(SAVINGS * BigInt(people.length))
}

/** A job pays out no more than its budget; bond and stake leave once if they came. */
function expectEachReleasedOnce({ escrow, arbitrations }: State, happened: readonly Happened[]): void {
  for (const [id, { bond }] of arbitrations) {
    const own = happened.filter(({ args }) => args.jobId === BigInt(id))
    const amountsOf = (...names: string[]) =>
      own.flatMap(({ name, args }) => (names.includes(name) ? [args.amount as bigint] : []))
    const sum = (amounts: readonly bigint[]) => amounts.reduce((total, amount) => total + amount, 0n)

    expect(amountsOf('StakeReleased')).toEqual(amountsOf('StakeLocked'))
    const isBondTaken = bond > 0n && own.some(({ name }) => name === 'DisputeOpened')
    expect(amountsOf('BondReleased')).toEqual(isBondTaken ? [bond] : [])
    const budget = escrow.jobs.get(id)?.budget ?? 0n
    expect(sum(amountsOf('PaymentReleased', 'Refunded'))).toBeLessThanOrEqual(budget)
  }
}
