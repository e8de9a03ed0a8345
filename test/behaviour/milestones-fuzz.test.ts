import { type jobModel, milestoneModel } from '@parley/protocol'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { changed, expectLikeModel, pick } from './beside-model.ts'
import { openEvm } from './evm-driver.ts'
import { expectSameJobs, type Ground, hireActions, leaveByTheLastExit, NO_JOB, openGround, play } from './job-ground.ts'
import { openNear } from './near-driver.ts'
import { BODY_HASH, DAY } from './scenario.ts'

const CHAINS = [
  ['EVM', openEvm, 1200],
  ['NEAR', openNear, 900],
] as const

type State = milestoneModel.MilestoneState
type Action = milestoneModel.MilestoneAction | jobModel.EscrowAction

const REVIEW = 7200n
/** Barely what a funding needs, so that many reviews end after the expiry. */
const DURATION = 2n * (REVIEW + DAY) + 1000n
const WINDOWS = [0n, 3599n, 3600n, 9000n]

const step = fc.record({
  name: fc.constantFrom(
    ...(['hire', 'hire', 'submit', 'submit', 'submit', 'submit', 'approveMilestone', 'approveMilestone'] as const),
    ...(['approveMilestone', 'approveMilestone', 'rejectMilestone', 'setMilestoneTerms', 'claimRefund'] as const),
    ...(['wait', 'wait', 'wait'] as const),
  ),
  job: fc.nat({ max: 30 }),
  who: fc.nat({ max: 3 }),
  other: fc.nat({ max: 3 }),
  amounts: fc.array(fc.bigInt({ min: 0n, max: 30n }), { minLength: 1, maxLength: 4 }),
  seconds: fc.constantFrom(0n, 60n, REVIEW - 1n, REVIEW, DAY, DAY, DURATION),
  milestone: fc.bigInt({ min: 0n, max: 4n }),
  /** Most steps are such as are taken: refusals come by themselves. */
  isRightful: fc.integer({ min: 0, max: 9 }).map((roll) => roll < 8),
})
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

it.each(CHAINS)(
  'milestones on %s agree with their model after every step of any sequence',
  async (_, open, steps) => {
    const chain = await open()
    const ground = await openGround(chain)
    const start: State = { escrow: ground.escrow, milestones: new Map(), evaluator: chain.evaluators.milestones }
    const ends = new Set<string>()

    await expectLikeModel<State, Action, Step>(
      {
        restore: ground.restore,
        start,
        actionsOf: (chosen, state) => actionsOf(chosen, state, ground),
        decide: milestoneModel.decide,
        perform: (action) => perform(ground, action),
        expectSameState: async (state, before) => {
          await expectSameJobs(ground, state.escrow, before?.escrow)
          for (const [id, milestones] of changed(state.milestones, before?.milestones))
            expect(await chain.read('getMilestones', { jobId: BigInt(id) })).toEqual(milestones)
        },
        leave: async ({ escrow }) => {
          await leaveByTheLastExit(ground, escrow)
          for (const { status, released } of escrow.jobs.values()) ends.add(`${status} ${released !== undefined}`)
        },
      },
      {
        step,
        steps,
        reached: ['setMilestoneTerms', 'approveMilestone', 'rejectMilestone', 'claimRefund'].map(
          (is) => `${is} accepted`,
        ),
      },
    )

    expect([...ends]).toEqual(expect.arrayContaining(['Completed true', 'Rejected true', 'Rejected false']))
  },
  3_600_000,
)

async function actionsOf(chosen: Step, state: State, ground: Ground): Promise<readonly Action[]> {
  const { people } = ground
  const { name, isRightful } = chosen
  if (name === 'wait') return actionsAtEdge(chosen, state) ?? [{ name, seconds: chosen.seconds }]
  if (name === 'hire') {
    const { who: client, other: provider, milestone } = chosen
    const evaluator = milestone === 4n && !isRightful ? pick(people, provider + 1) : state.evaluator
    const terms = termsOf(chosen, people)
    const budget = terms.amounts.reduce((sum, amount) => sum + amount, 0n) + (isRightful || milestone < 3n ? 0n : 1n)
    const made = { client, provider, budget, evaluator, duration: isRightful ? DURATION : DAY }
    const { creation, pricing, funding } = await hireActions(ground, state.escrow.time, made)
    const { caller, jobId } = creation
    // A provider may change the price after the terms: the last milestone pays what is left.
    const repricing = { ...pricing, caller: creation.provider, amount: budget + chosen.milestone }
    const isRepriced = chosen.job % 5 === 0
    const fund = isRepriced ? { ...funding, expectedBudget: repricing.amount } : funding
    const setting = { name: 'setMilestoneTerms', caller, jobId, terms } as const
    return [creation, pricing, setting, ...(isRepriced ? [repricing] : []), fund]
  }

  const ready = name === 'submit' ? 'Funded' : 'Submitted'
  const suitable = [...state.escrow.jobs].filter(([, { status }]) => isRightful && status === ready)
  const jobs = suitable.length > 0 ? suitable : [...state.escrow.jobs]
  const [jobId, job] = jobs.length > 0 ? pick(jobs, chosen.job) : [NO_JOB, undefined]
  const base = { caller: pick(people, chosen.who), jobId }
  const plan = state.milestones.get(jobId)
  switch (name) {
    case 'setMilestoneTerms':
      return [{ name, ...base, terms: termsOf(chosen, people) }]
    case 'submit':
      return [{ name, ...base, caller: (isRightful && job?.provider) || base.caller }]
    case 'claimRefund':
      return [{ name, ...base }]
    case 'approveMilestone':
    case 'rejectMilestone': {
      // Half of the approvals are left to whoever comes, which is right when the judge was silent.
      const isJudges = isRightful && plan && (name === 'rejectMilestone' || chosen.other % 2 === 0)
      const milestone = isRightful && plan ? plan.approved : chosen.milestone
      const judgement = { name, ...base, caller: isJudges ? plan.judge : base.caller, milestone } as const
      const next = { ...base, name: 'submit', caller: job?.provider ?? base.caller } as const
      return name === 'approveMilestone' && isRightful ? [judgement, next] : [judgement]
    }
  }
}

/** At the end of a review or of the job, or in the second before, what that decides about: that is where checks go wrong. */
function actionsAtEdge({ job, who, other, isRightful }: Step, { escrow, milestones }: State) {
  const waiting = [...escrow.jobs].filter(([id, { status }]) => status === 'Submitted' && milestones.has(id))
  if (waiting.length === 0 || !isRightful) return undefined
  const [jobId, { submittedAt, expiredAt, client }] = pick(waiting, job)
  const { judge = client, approved: milestone = 0n, reviewSeconds = 0n } = milestones.get(jobId) ?? {}
  const reviewedAt = submittedAt + reviewSeconds
  const edges = [
    [reviewedAt, { name: 'approveMilestone', caller: client, jobId, milestone }],
    [reviewedAt, { name: 'rejectMilestone', caller: judge, jobId, milestone }],
    [expiredAt, { name: 'approveMilestone', caller: judge, jobId, milestone }],
    [expiredAt, { name: 'approveMilestone', caller: judge, jobId, milestone }],
  ] as const
  const [at, action] = pick(edges, other)
  const seconds = at - BigInt(who % 2) - escrow.time
  return seconds >= 0n ? [{ name: 'wait', seconds } as const, action] : undefined
}

/** A judge may be the provider by chance, which is refused. */
function termsOf({ amounts, other, job, isRightful }: Step, people: readonly string[]) {
  return { judge: pick(people, other + 1), reviewSeconds: isRightful ? REVIEW : pick(WINDOWS, job), amounts }
}

function perform(ground: Ground, action: Action): Promise<unknown> {
  const { name } = action
  if (name !== 'setMilestoneTerms' && name !== 'approveMilestone' && name !== 'rejectMilestone')
    return play(ground, action)
  const { caller, name: _, jobId, ...args } = action
  const reason = name === 'rejectMilestone' ? { reason: BODY_HASH } : {}
  return ground.chain.send(ground.personOf(caller), name, { jobId: BigInt(jobId), ...args, ...reason })
}
