import { crowdModel, guardrailsModel, jobModel, jobStatuses } from '@parley/protocol'
import { expect, it } from 'vitest'
import { expectSameArbitration } from './arbitration-steps.ts'
import { changed, expectLikeModel } from './beside-model.ts'
import { strangersOf } from './crowd-steps.ts'
import type { Happened } from './driver.ts'
import { openEvm } from './evm-driver.ts'
import { expectEachJobPaidOnce, type Ground, openGround, promisedBy, TREASURER, WEALTH } from './job-ground.ts'
import { type Action, actionsOf, decide, keyOf, LIMIT, perform, type State, type Step, step } from './money-steps.ts'
import { openNear } from './near-driver.ts'
import { DAY } from './scenario.ts'

const CHAINS = [
  ['EVM', openEvm, 1200],
  ['NEAR', openNear, 360],
] as const
const REACHED = [
  ...(['deposit', 'withdraw', 'transfer', 'spend', 'spendHire', 'setPayees', 'claimPayout', 'openDispute'] as const),
  ...(['rule', 'settleReview', 'complete', 'claimRefund'] as const),
]

const { balanceKey, ESCROW, inLedger, TREASURY } = jobModel
const SAVINGS = 400n

it.each(CHAINS)(
  'ledger, keys, jobs, arbitration and crowds together on %s agree with their models, and no money is lost or made',
  async (_, open, steps) => {
    const chain = await open()
    const ground = await openGround(chain, SAVINGS)
    const start = await openWallets(ground)
    const restore = await chain.snapshot()
    let happened: Happened[] = []

    await expectLikeModel<State, Action, Step>(
      {
        restore: async () => {
          happened = []
          await restore()
        },
        start,
        actionsOf: (chosen, state) => actionsOf(chosen, state, ground),
        decide,
        perform: async (action, state) => {
          happened.push(...(await perform(ground, action, state)))
        },
        expectSameState: (state, before) => expectSameState(ground, state, before),
        leave: async (state) => {
          const last = await leave(ground, state, happened)
          await expectSameState(ground, last, undefined)
          expectEachJobPaidOnce(last.escrow, happened)
        },
      },
      { step, steps, reached: REACHED.map((name) => `${name} accepted`) },
    )
  },
  3_600_000,
)

/** Everybody lets the contracts spend what it has in the ledger, and a key within a limit; jobs pay a fee. */
async function openWallets(ground: Ground): Promise<State> {
  const { chain, people, personOf, escrow } = ground
  const { arbitrated: evaluator } = chain.evaluators
  const terms = {
    methods: guardrailsModel.ALL_METHODS,
    isAnyCounterparty: true,
    confirmers: [],
    confirmationsNeeded: 0n,
  }
  const balances = new Map(escrow.balances)
  const ledger = { balances: new Map(), outside: new Map(), operators: new Set<string>() }
  let guarded: guardrailsModel.GuardrailsState = { time: escrow.time, ledger, policies: new Map() }
  for (const caller of people) {
    balances.set(balanceKey(inLedger(chain.dollar), caller), SAVINGS)
    for (const spender of [chain.guardrails, chain.escrow, evaluator])
      await chain.send(personOf(caller), 'setOperator', { spender, approved: true })
    const key = keyOf(caller, people)
    const policy = { key, ...terms, expiresAt: escrow.time + 20n * DAY }
    const limit = { key, token: chain.dollar, ...LIMIT }
    await chain.send(personOf(caller), 'setPolicy', policy)
    await chain.send(personOf(caller), 'setSpendLimit', limit)
    for (const action of [
      { name: 'setPolicy', caller, ...policy },
      { name: 'setSpendLimit', caller, ...limit },
    ] as const) {
      const decision = guardrailsModel.decide(guarded, action)
      if (decision.status === 'accepted') guarded = decision.state
    }
  }
  await chain.send('owner', 'setPlatformFee', { feeBP: 250n, treasury: chain.accounts[TREASURER] })
  return {
    escrow: { ...escrow, balances, platformFeeBP: 250n },
    ...{ evaluator, arbitrations: new Map(), account: chain.crowd, crowds: new Map(), policies: guarded.policies },
  }
}

async function expectSameState(ground: Ground, state: State, before: State | undefined): Promise<void> {
  const { chain } = ground
  const { escrow, arbitrations, crowds, policies } = state
  expect(chain.now()).toBe(escrow.time)
  for (const [id, { status, budget }] of changed(escrow.jobs, before?.escrow.jobs)) {
    const job = { status: BigInt(jobStatuses.indexOf(status)), budget }
    expect(await chain.read('getJob', { jobId: BigInt(id) })).toMatchObject(job)
  }
  for (const [id, arbitration] of changed(arbitrations, before?.arbitrations))
    await expectSameArbitration(ground, id, arbitration)
  for (const [id, { total, claimed, isRemainderClaimed }] of changed(crowds, before?.crowds))
    expect(await chain.read('getCrowd', { jobId: BigInt(id) })).toMatchObject({ total, claimed, isRemainderClaimed })
  for (const [parties, { limits }] of changed(policies, before?.policies)) {
    const [account = '', key = ''] = parties.split(' ')
    for (const [token, limit] of limits) {
      const current = guardrailsModel.underWay(limit, escrow.time)
      expect(await chain.read('getSpendLimit', { account, key, token })).toMatchObject(current)
    }
  }
  if (escrow.balances !== before?.escrow.balances) await expectSameMoney(ground, state, before)
}

/** Money in = money out + held, whichever contract has it; and each contract holds exactly what it has promised. */
async function expectSameMoney(ground: Ground, state: State, before: State | undefined): Promise<void> {
  const { chain, people } = ground
  const { escrow, evaluator, account: crowd } = state
  const token = chain.dollar
  const kept = inLedger(token)
  const of = (kind: string, owner: string, { balances } = escrow) => balances.get(balanceKey(kind, owner)) ?? 0n
  const hasChanged = (kind: string, owner: string) =>
    before === undefined || of(kind, owner) !== of(kind, owner, before.escrow)
  const treasurer = chain.accounts[TREASURER]
  const holders = [...people, ...strangersOf(ground), TREASURY].map((owner) => [
    owner,
    owner === TREASURY ? treasurer : owner,
  ])
  for (const [owner = '', account = ''] of holders) {
    if (hasChanged(kept, owner)) expect(await chain.ledgerBalanceOf(token, account)).toBe(of(kept, owner))
    if (hasChanged(token, owner)) expect(await chain.balanceOf(token, account)).toBe(of(token, owner))
  }

  // On NEAR all contracts are one account.
  const promised = { escrow: of(kept, ESCROW), direct: of(token, ESCROW), evaluator: of(kept, evaluator) }
  const inContracts = promised.escrow + promised.evaluator + (crowd === evaluator ? 0n : of(kept, crowd))
  let held = 0n
  for (const contract of new Set([chain.escrow, evaluator, crowd])) held += await chain.ledgerBalanceOf(token, contract)
  expect(held).toBe(inContracts)
  const inside = holders.reduce((sum, [owner = '']) => sum + of(kept, owner), inContracts)
  const isOne = chain.escrow === chain.ledger
  expect(await chain.balanceOf(token, chain.ledger)).toBe(isOne ? inside + promised.direct : inside)
  if (!isOne) expect(await chain.balanceOf(token, chain.escrow)).toBe(promised.direct)

  const all = [...escrow.balances.values()].reduce((sum, amount) => sum + amount, 0n)
  expect(all).toBe((WEALTH + SAVINGS) * BigInt(people.length))
  expect(promised.escrow).toBe(promisedBy(escrow, token, true))
  expect(promised.direct).toBe(promisedBy(escrow, token))
  expect(inContracts - promised.escrow).toBe(bondsIn(state) + potsIn(state))
}

function bondsIn({ arbitrations }: State): bigint {
  const held = [...arbitrations.values()].map((known) => {
    const { bond, stake, isBondHeld, isStakeHeld } = known
    return (isBondHeld ? bond : 0n) + (isStakeHeld ? stake : 0n)
  })
  return held.reduce((sum, amount) => sum + amount, 0n)
}

/** What jobs have paid to crowds, and crowds not yet to their payees. */
function potsIn({ escrow, crowds, account }: State): bigint {
  let left = 0n
  for (const [id, job] of escrow.jobs) {
    if (job.payee !== account || !job.isInLedger) continue
    const { total = 0n, claimed = 0n, isRemainderClaimed = false } = crowds.get(id) ?? {}
    const pot = crowdModel.potOf(job) - job.owedToProvider
    const shared = total === 0n ? 0n : (claimed * (pot < total ? pot : total)) / total
    left += pot - shared - (isRemainderClaimed ? pot - total : 0n)
  }
  return left
}

/** With nobody's help but time's: jobs end, bonds and stakes return, crowds and treasury are paid, and all take their money out. */
async function leave(ground: Ground, end: State, happened: Happened[]): Promise<State> {
  let state = end
  const settle = async (action: Action) => {
    const decision = decide(state, action)
    if (decision.status === 'refused') return
    happened.push(...(await perform(ground, action, state)))
    state = decision.state
  }
  const { people, chain } = ground
  const [caller = ''] = people
  await settle({ name: 'wait', seconds: jobModel.MAX_DURATION_SECONDS + jobModel.MAX_EVALUATION_SECONDS })
  for (const jobId of end.escrow.jobs.keys()) {
    await settle({ name: 'claimRefund', caller, jobId })
    await settle({ name: 'releaseBondAndStake', caller, jobId })
    for (const payout of state.crowds.get(jobId)?.payees ?? [])
      await settle({ name: 'claimPayout', caller, jobId, payout })
    await settle({ name: 'claimRemainder', caller, jobId })
  }
  await settle({ name: 'collectFees', token: chain.dollar })
  for (const person of people) {
    const amount = state.escrow.balances.get(balanceKey(inLedger(chain.dollar), person)) ?? 0n
    await settle({ name: 'withdraw', caller: person, token: chain.dollar, amount, receiver: person })
    expect(await chain.ledgerBalanceOf(chain.dollar, person)).toBe(0n)
  }

  expect(promisedBy(state.escrow, chain.dollar) + promisedBy(state.escrow, chain.dollar, true)).toBe(0n)
  expect(bondsIn(state)).toBe(0n)
  return state
}
