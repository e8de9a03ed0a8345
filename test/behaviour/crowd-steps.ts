/** Random steps of jobs whose pay is shared: what they mean depends on the state that they meet. */
import { type crowdModel, type jobModel, type Payout, payoutTree } from '@parley/protocol'
import fc from 'fast-check'
import { keccak256 } from 'viem'
import { pick } from './beside-model.ts'
import type { Happened } from './driver.ts'
import { type Ground, hireActions, NO_JOB, play } from './job-ground.ts'
import { BODY_HASH } from './scenario.ts'

type State = crowdModel.CrowdState
export type Action = crowdModel.CrowdAction | jobModel.EscrowAction

const keccak = (bytes: Uint8Array) => keccak256(bytes, 'bytes')

export const step = fc.record({
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
export type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

export async function actionsOf(chosen: Step, state: State, ground: Ground): Promise<readonly Action[]> {
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
    // Some lists promise more than their total, some less.
    const total = chosen.job % 4 === 1 && sum > 4n ? sum + (amount % 9n) - 4n : sum
    const payees = { name: 'setPayees', caller, jobId, payees: list, total } as const
    const hired = [creation, pricing, fund, { name: 'setPayee', caller, jobId, payee } as const, payees]
    // A third is left as it is, a third is paid, and a third is paid in part.
    const ending = chosen.job % 3
    if (ending === 0) return hired
    const { evaluator } = creation
    const part = { name: 'release', caller: evaluator, jobId, amount: made.budget / 3n } as const
    const submission = { name: 'submit', caller, jobId } as const
    return ending === 1
      ? [...hired, submission, { name: 'complete', caller: evaluator, jobId }]
      : [...hired, part, submission, { name: 'reject', caller: evaluator, jobId }]
  }

  const suitable = [...state.escrow.jobs].filter(([, job]) => isRightful && isReadyFor(name, job))
  const jobs = suitable.length > 0 ? suitable : [...state.escrow.jobs]
  const [jobId, job] = jobs.length > 0 ? pick(jobs, chosen.job) : [NO_JOB, undefined]
  const rightful = name === 'submit' || name === 'setPayees' ? job?.provider : job?.evaluator
  // A contract that judges calls nothing here.
  const isCaller = isRightful && rightful !== undefined && people.includes(rightful)
  const base = { caller: isCaller ? rightful : pick(people, chosen.who), jobId }
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

function isReadyFor(name: Step['name'], { status, released }: jobModel.Job): boolean {
  if (name === 'submit' || name === 'setPayees') return status === 'Funded'
  if (name === 'complete' || name === 'redo' || name === 'reject') return status === 'Submitted'
  if (name === 'release') return status === 'Funded' || status === 'Submitted'
  return status === 'Completed' || status === 'Rejected' || released !== undefined
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

export function strangersOf({ chain }: Ground): readonly string[] {
  const names = ['x', 'y', 'z']
  return names.map((name, at) => (chain.kind === 'near' ? `${name}-payee.near` : `0x${`${at + 1}f`.repeat(20)}`))
}

function strangersList(ground: Ground): readonly Payout[] {
  return [{ index: 999n, account: pick(strangersOf(ground), 0), amount: 1n }]
}

export function perform(ground: Ground, action: Action, { crowds }: State): Promise<readonly Happened[]> {
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
