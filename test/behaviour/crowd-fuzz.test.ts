import { crowdModel, jobModel, jobStatuses } from '@parley/protocol'
import { expect, it } from 'vitest'
import { changed, expectLikeModel, pick } from './beside-model.ts'
import { type Action, actionsOf, perform, type Step, step, strangersOf } from './crowd-steps.ts'
import type { Driver } from './driver.ts'
import { openEvm } from './evm-driver.ts'
import { type Ground, openGround } from './job-ground.ts'
import { openNear } from './near-driver.ts'

const CHAINS = [
  ['EVM', openEvm, 1200],
  ['NEAR', openNear, 480],
] as const

const { balanceKey, ESCROW, inLedger } = jobModel
type State = crowdModel.CrowdState

/** What everybody has in the ledger. */
const DEPOSIT = 600n

it.each(CHAINS)(
  'crowds on %s agree with their model after every step of any sequence, and all are paid in the end',
  async (_, open, steps) => {
    const chain = await open()
    const ground = await openRichGround(chain)
    const start: State = { escrow: ground.escrow, crowds: new Map(), account: chain.crowd }
    const cut = new Set<boolean>()

    await expectLikeModel<State, Action, Step>(
      {
        restore: ground.restore,
        start,
        actionsOf: (chosen, state) => actionsOf(chosen, state, ground),
        decide: crowdModel.decide,
        perform: (action, state) => perform(ground, action, state),
        expectSameState: (state, before) => expectSameState(ground, state, before),
        leave: async (state) => {
          const last = await payEverybody(ground, state)
          for (const [id, { total }] of last.crowds) {
            const job = last.escrow.jobs.get(id)
            if (job) cut.add(crowdModel.potOf(job) < total)
          }
        },
      },
      {
        step,
        steps,
        reached: ['setPayees', 'claimPayout', 'pushPayouts', 'claimRemainder'].map((name) => `${name} accepted`),
      },
    )

    expect(cut.size).toBe(2)
  },
  3_600_000,
)

/** People who have money in the ledger. */
async function openRichGround(chain: Driver): Promise<Ground> {
  const ground = await openGround(chain)
  const balances = new Map(ground.escrow.balances)
  for (const account of ground.people) {
    const person = ground.personOf(account)
    await chain.deposit(person, chain.dollar, DEPOSIT)
    await chain.send(person, 'setOperator', { spender: chain.escrow, approved: true })
    const direct = balanceKey(chain.dollar, account)
    balances.set(direct, (balances.get(direct) ?? 0n) - DEPOSIT)
    balances.set(balanceKey(inLedger(chain.dollar), account), DEPOSIT)
  }
  return { ...ground, escrow: { ...ground.escrow, balances }, restore: await chain.snapshot() }
}

async function expectSameState(ground: Ground, state: State, before: State | undefined): Promise<void> {
  const { chain, people } = ground
  const { jobs, balances } = state.escrow
  for (const [id, { status }] of changed(jobs, before?.escrow.jobs))
    expect(await chain.read('getJob', { jobId: BigInt(id) })).toMatchObject({
      status: BigInt(jobStatuses.indexOf(status)),
    })
  for (const [id, { total, claimed, isRemainderClaimed }] of changed(state.crowds, before?.crowds))
    expect(await chain.read('getCrowd', { jobId: BigInt(id) })).toMatchObject({ total, claimed, isRemainderClaimed })
  if (balances === before?.escrow.balances) return

  const held = (owner: string) => balances.get(balanceKey(inLedger(chain.dollar), owner)) ?? 0n
  const owners = [...people, ...strangersOf(ground)]
  for (const owner of owners) expect(await chain.ledgerBalanceOf(chain.dollar, owner)).toBe(held(owner))
  // One account on NEAR, where escrow and crowd are one contract.
  const contracts = new Set([chain.escrow, chain.crowd])
  let kept = 0n
  for (const contract of contracts) kept += await chain.ledgerBalanceOf(chain.dollar, contract)
  expect(kept).toBe(held(ESCROW) + held(chain.crowd))
  expect(held(chain.crowd)).toBeGreaterThanOrEqual(0n)
  // Nothing comes and nothing goes: what everybody has is what was deposited.
  expect(owners.reduce((sum, owner) => sum + held(owner), kept)).toBe(DEPOSIT * BigInt(people.length))
}

/** Ends all jobs and pays all payees, whoever asks: what stays are totals that promise more than their lists. */
async function payEverybody(ground: Ground, end: State): Promise<State> {
  let state = end
  const settle = async (action: Action) => {
    const decision = crowdModel.decide(state, action)
    if (decision.status === 'refused') return
    await perform(ground, action, state)
    state = decision.state
  }
  const caller = pick(ground.people, 0)
  await settle({ name: 'wait', seconds: jobModel.MAX_DURATION_SECONDS })
  for (const jobId of state.escrow.jobs.keys()) await settle({ name: 'claimRefund', caller, jobId })
  for (const [jobId, { payees }] of state.crowds) {
    for (const payout of payees) await settle({ name: 'claimPayout', caller, jobId, payout })
    await settle({ name: 'claimRemainder', caller, jobId })
  }
  await expectSameState(ground, state, undefined)

  for (const [id, { payees, total, claimed }] of state.crowds) {
    const job = state.escrow.jobs.get(id)
    const isExact = total === payees.reduce((sum, { amount }) => sum + amount, 0n)
    const isEachOnce = new Set(payees.map(({ index }) => index)).size === payees.length
    const isPaid = job?.isInLedger && job.payee === state.account && crowdModel.potOf(job) > 0n
    if (isPaid && isExact && isEachOnce) expect(claimed).toBe(total)
  }
  return state
}
