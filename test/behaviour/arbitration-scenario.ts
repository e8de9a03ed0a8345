/** Steps of jobs that an arbiter may judge: Alice's, for Bob's agent, with Carol as arbiter. */
import { NOBODY } from '@parley/protocol'
import type { Driver, Person } from './driver.ts'
import { BODY_HASH, BUDGET, DAY, nextJobId, OTHER_HASH } from './scenario.ts'

export const BOND = 100_000n
export const STAKE = 300_000n
export const REVIEW = 2n * DAY
export const RULING = 3n * DAY
/** From when the escrow refunds submitted work. */
export const PERIOD = REVIEW + RULING + DAY
/** Two periods and a week of work. */
export const DURATION = 2n * PERIOD + 7n * DAY
/** Of the budget, in basis points, rounded down. */
export const SILENCE_SHARE_BP = 4001n

export const REFUND = 0n
export const PAY = 1n
export const SPLIT = 2n
export const REDO = 3n

export interface Terms {
  readonly arbiter: string
  readonly reviewSeconds: bigint
  readonly rulingSeconds: bigint
  readonly silenceShareBP: bigint
  readonly bond: bigint
  readonly stake: bigint
}

export function termsOf(chain: Driver, change: Partial<Terms> = {}): Terms {
  return {
    arbiter: chain.accounts.carol,
    reviewSeconds: REVIEW,
    rulingSeconds: RULING,
    silenceShareBP: SILENCE_SHARE_BP,
    bond: BOND,
    stake: STAKE,
    ...change,
  }
}

export interface Options {
  readonly terms?: Partial<Terms>
  readonly isInLedger?: boolean
  readonly duration?: bigint
  readonly token?: string
}

/** With a price, and without terms yet. */
export async function createOpenJob(
  chain: Driver,
  { duration = DURATION, token = chain.dollar }: Options = {},
): Promise<bigint> {
  const jobId = await nextJobId(chain, 'alice')
  const evaluator = chain.evaluators.arbitrated
  const who = { provider: chain.accounts.bob, evaluator, hook: NOBODY, providerAgentId: 0n }
  await chain.send('alice', 'createJob', { ...who, expiredAt: chain.now() + duration, description: 'Translate' })
  await chain.send('alice', 'setBudget', { jobId, token, amount: BUDGET })
  return jobId
}

export async function createFundedJob(chain: Driver, options: Options = {}): Promise<bigint> {
  const jobId = await createOpenJob(chain, options)
  await setTerms(chain, jobId, options.terms)
  if (options.isInLedger) await chain.send('alice', 'fundFromLedger', { jobId, expectedBudget: BUDGET })
  else await chain.fund('alice', jobId, BUDGET)
  return jobId
}

/** With its stake. */
export async function createSubmittedJob(chain: Driver, options: Options = {}): Promise<bigint> {
  const jobId = await createFundedJob(chain, options)
  const { stake } = termsOf(chain, options.terms)
  if (stake > 0n) await lockStake(chain, jobId, 'bob', { amount: stake })
  await submit(chain, jobId)
  return jobId
}

export async function createDisputedJob(chain: Driver, options: Options = {}): Promise<bigint> {
  const jobId = await createSubmittedJob(chain, options)
  await openDispute(chain, jobId)
  return jobId
}

export function setTerms(chain: Driver, jobId: bigint, change: Partial<Terms> = {}, who: Person = 'alice') {
  return chain.send(who, 'setArbitrationTerms', { jobId, terms: termsOf(chain, change) })
}

export function lockStake(
  chain: Driver,
  jobId: bigint,
  who: Person = 'bob',
  { arbiter = chain.accounts.carol, amount = STAKE }: { readonly arbiter?: string; readonly amount?: bigint } = {},
) {
  return chain.send(who, 'lockStake', { jobId, arbiter, amount })
}

export function submit(chain: Driver, jobId: bigint) {
  return chain.send('bob', 'submit', { jobId, deliverable: BODY_HASH })
}

export function openDispute(chain: Driver, jobId: bigint, who: Person = 'alice') {
  return chain.send(who, 'openDispute', { jobId, reason: OTHER_HASH })
}

export function rule(chain: Driver, jobId: bigint, ruling: bigint, shareBP = 0n, who: Person = 'carol') {
  return chain.send(who, 'rule', { jobId, ruling, shareBP, reason: BODY_HASH })
}

export function settleReview(chain: Driver, jobId: bigint, who: Person = 'relayer') {
  return chain.send(who, 'settleReview', { jobId })
}
