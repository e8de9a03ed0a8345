import { crowdModel, jobModel, jobStatuses, type Payout, payoutTree } from '@parley/protocol'
import fc from 'fast-check'
import { keccak256 } from 'viem'
import { expect, it } from 'vitest'
import { changed, expectLikeModel, pick } from './beside-model.ts'
import type { Driver } from './driver.ts'
import { openEvm } from './evm-driver.ts'
import { type Ground, hireActions, NO_JOB, openGround, play } from './job-ground.ts'
import { openNear } from './near-driver.ts'
import { BODY_HASH } from './scenario.ts'

const CHAINS = [
  ['EVM', openEvm, 1200],
  ['NEAR', openNear, 240],
] as const

const { balanceKey, ESCROW, inLedger } = jobModel
type State = crowdModel.CrowdState
type Action = crowdModel.CrowdAction | jobModel.EscrowAction

/** What everybody has in the ledger. */
const DEPOSIT = 600n
const keccak = (bytes: Uint8Array) => keccak256(bytes, 'bytes')

const step = fc.record({
  name: fc.constantFrom(
    ...(['hire', 'hire', 'hire', 'submit', 'submit', 'submit', 'complete', 'complete', 'complete', 'release'] as const),
    ...(['redo', 'reject', 'setPayees', 'setPlatformFee', 'claimRemainder', 'claimRemainder', 'claimRefund'] as const),
    ...(['claimPayout', 'claimPayout', 'claimPayout', 'pushPayouts', 'pushPayouts', 'pushPayouts', 'wait'] as const),
  ),
  job: fc.nat({ max: 30 }),
  who: fc.nat({ max: 3 }),
  other: fc.nat({ max: 3 }),
  payees: fc.array(fc.record({ to: fc.nat({ max: 6 }), amount: fc.bigInt({ min: 0n, max: 30n }) }), { maxLength: 6 }),
  places: fc.array(fc.nat({ max: 5 }), { maxLength: 4 }),
  amount: fc.bigInt({ min: 0n, max: 90n }),
  /** Most steps are such as are taken: refusals come by themselves. */
  isRightful: fc.integer({ min: 0, max: 9 }).map((roll) => roll < 8),
})
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

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

async function actionsOf(chosen: Step, state: State, ground: Ground): Promise<readonly Action[]> {
  const { people } = ground
  const { name, isRightful, amount } = chosen
  if (name === 'wait') return [{ name, seconds: isRightful ? 3600n : 86_400n }]
  if (name === 'setPlatformFee') return [{ name, feeBP: BigInt(chosen.job) * 20n }]
  const list = payeesOf(chosen, ground)
  const sum = list.reduce((total, payee) => total + payee.amount, 0n)
  if (name === 'hire') {
    const { who: client, other: provider } = chosen
    const made = { client, provider, budget: sum + (amount % 9n), evaluator: pick(people, provider + 1) }
    const { creation, pricing, funding } = await hireActions(ground, state.escrow.time, made)
    const { jobId, provider: caller } = creation
    // What is paid in the token itself is no crowd's.
    const fund = isRightful || amount % 3n > 0n ? ({ ...funding, name: 'fundFromLedger' } as const) : funding
    const payee = isRightful || amount % 3n > 1n ? state.account : pick(people, client)
    const total = isRightful ? sum : sum + (amount % 7n)
    const payees = { name: 'setPayees', caller, jobId, payees: list, total } as const
    const hired = [creation, pricing, fund, { name: 'setPayee', caller, jobId, payee } as const, payees]
    const isDone = chosen.job % 3 > 0
    const { evaluator } = creation
    return isDone
      ? [...hired, { name: 'submit', caller, jobId }, { name: 'complete', caller: evaluator, jobId }]
      : hired
  }

  const suitable = [...state.escrow.jobs].filter(([, job]) => isRightful && isReadyFor(name, job))
  const jobs = suitable.length > 0 ? suitable : [...state.escrow.jobs]
  const [jobId, job] = jobs.length > 0 ? pick(jobs, chosen.job) : [NO_JOB, undefined]
  const rightful = name === 'submit' || name === 'setPayees' ? job?.provider : job?.evaluator
  const base = { caller: (isRightful && rightful) || pick(people, chosen.who), jobId }
  switch (name) {
    case 'setPayees':
      return [{ name, ...base, payees: list, total: isRightful ? sum : amount }]
    case 'release':
      return [{ name, ...base, amount }]
    case 'claimPayout':
      return [{ name, ...base, payout: payoutsOf(chosen, state, jobId, ground)[0] ?? pick(strangersList(ground), 0) }]
    case 'pushPayouts':
      return [{ name, ...base, payouts: payoutsOf(chosen, state, jobId, ground) }]
    default:
      return [{ name, ...base }]
  }
}

function isReadyFor(name: Step['name'], { status }: jobModel.Job): boolean {
  if (name === 'submit' || name === 'setPayees') return status === 'Funded'
  if (name === 'complete' || name === 'redo' || name === 'release' || name === 'reject') return status === 'Submitted'
  return status === 'Completed' || status === 'Rejected'
}

/** Indexes are not always different: who comes first is paid. */
function payeesOf({ payees, isRightful }: Step, ground: Ground): readonly Payout[] {
  return payees.map(({ to, amount }, at) => ({
    index: BigInt(isRightful ? 200 * at : at % 2),
    account: pick([...ground.people, ...strangersOf(ground)], to),
    amount,
  }))
}

/** Some of the job's payees, now and then one that is none. */
function payoutsOf(
  { places, isRightful, amount }: Step,
  state: State,
  jobId: string,
  ground: Ground,
): readonly Payout[] {
  const payees = state.crowds.get(jobId)?.payees ?? []
  const chosen = [...new Set(places.map((place) => place % Math.max(payees.length, 1)))].sort((a, b) => a - b)
  const payouts = chosen.flatMap((place) => payees[place] ?? [])
  if (isRightful || payouts.length === 0) return payouts
  return amount % 2n === 0n ? [...payouts, ...strangersList(ground)] : payouts.map((payout) => ({ ...payout, amount }))
}

function strangersOf({ chain }: Ground): readonly string[] {
  const names = ['x', 'y', 'z']
  return names.map((name, at) => (chain.kind === 'near' ? `${name}-payee.near` : `0x${`${at + 1}f`.repeat(20)}`))
}

function strangersList(ground: Ground): readonly Payout[] {
  return [{ index: 999n, account: pick(strangersOf(ground), 0), amount: 1n }]
}

function perform(ground: Ground, action: Action, { crowds }: State): Promise<unknown> {
  const { chain, personOf } = ground
  const listOf = (jobId: string) => crowds.get(jobId)?.payees ?? []
  const treeOf = (payouts: readonly Payout[]) => payoutTree(payouts, keccak, chain.kind)
  switch (action.name) {
    case 'setPayees': {
      const { caller, jobId, payees, total } = action
      const root = payees.length === 0 ? `0x${'00'.repeat(32)}` : treeOf(payees).root
      return chain.send(personOf(caller), action.name, { jobId: BigInt(jobId), root, total })
    }
    case 'claimPayout': {
      const { caller, jobId, payout } = action
      const list = listOf(jobId)
      const place = placeIn(list, payout)
      const proof = place < 0 ? [BODY_HASH] : treeOf(list).claim(place).proof
      return chain.send(personOf(caller), action.name, { jobId: BigInt(jobId), payout, proof })
    }
    case 'pushPayouts': {
      const { caller, jobId, payouts } = action
      const list = listOf(jobId)
      const places = payouts.map((payout) => placeIn(list, payout))
      const isProvable = places.every((place, at) => place > (places[at - 1] ?? -1))
      const none = { proof: [BODY_HASH], proofFlags: payouts.map(() => false) }
      const { proof, proofFlags } = isProvable && places.length > 0 ? treeOf(list).push(places) : none
      return chain.send(personOf(caller), action.name, { jobId: BigInt(jobId), payouts, proof, proofFlags })
    }
    case 'claimRemainder':
      return chain.send(personOf(action.caller), action.name, { jobId: BigInt(action.jobId) })
    default:
      return play(ground, action)
  }
}

function placeIn(payees: readonly Payout[], { index, account, amount }: Payout): number {
  return payees.findIndex((payee) => payee.index === index && payee.account === account && payee.amount === amount)
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
