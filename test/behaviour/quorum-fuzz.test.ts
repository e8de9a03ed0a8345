import { type jobModel, quorumModel } from '@parley/protocol'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { changed, expectLikeModel, pick } from './beside-model.ts'
import { openEvm } from './evm-driver.ts'
import { expectSameJobs, type Ground, hireActions, leaveByTheLastExit, NO_JOB, openGround, play } from './job-ground.ts'
import { openNear } from './near-driver.ts'
import { BODY_HASH } from './scenario.ts'

const CHAINS = [
  ['EVM', openEvm, 1200],
  ['NEAR', openNear, 360],
] as const

type State = quorumModel.QuorumState
type Action = quorumModel.QuorumAction | jobModel.EscrowAction

const step = fc.record({
  name: fc.constantFrom(
    ...(['hire', 'hire', 'submit', 'submit', 'castVote', 'castVote', 'castVote', 'castVote', 'castVote'] as const),
    ...(['setQuorumTerms', 'claimRefund', 'wait'] as const),
  ),
  job: fc.nat({ max: 30 }),
  who: fc.nat({ max: 3 }),
  other: fc.nat({ max: 3 }),
  members: fc.array(fc.nat({ max: 3 }), { maxLength: 5 }),
  threshold: fc.nat({ max: 4 }),
  isApproval: fc.boolean(),
  /** Most steps are such as are taken: refusals come by themselves. */
  isRightful: fc.integer({ min: 0, max: 9 }).map((roll) => roll < 8),
})
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

it.each(CHAINS)(
  'quorums on %s agree with their model after every step of any sequence',
  async (_, open, steps) => {
    const chain = await open()
    const ground = await openGround(chain)
    const start: State = { escrow: ground.escrow, quorums: new Map(), evaluator: chain.evaluators.quorum }
    const ends = new Set<string>()

    await expectLikeModel<State, Action, Step>(
      {
        restore: ground.restore,
        start,
        actionsOf: (chosen, state) => actionsOf(chosen, state, ground),
        decide: quorumModel.decide,
        perform: (action) => perform(ground, action),
        expectSameState: async (state, before) => {
          await expectSameJobs(ground, state.escrow, before?.escrow)
          await expectSameQuorums(ground, changed(state.quorums, before?.quorums))
        },
        leave: async ({ escrow }) => {
          await leaveByTheLastExit(ground, escrow)
          for (const { status } of escrow.jobs.values()) ends.add(status)
        },
      },
      { step, steps, reached: ['setQuorumTerms', 'castVote', 'claimRefund'].map((name) => `${name} accepted`) },
    )

    expect([...ends]).toEqual(expect.arrayContaining(['Completed', 'Rejected']))
  },
  3_600_000,
)

async function actionsOf(chosen: Step, state: State, ground: Ground): Promise<readonly Action[]> {
  const { people } = ground
  const { name, isRightful } = chosen
  if (name === 'wait') return [{ name, seconds: isRightful ? 3600n : 86_400n }]
  if (name === 'hire') {
    const { who: client, other: provider, job, threshold: evaluator } = chosen
    const judge = evaluator === 4 && !isRightful ? pick(people, provider + 1) : state.evaluator
    const made = { client, provider, budget: BigInt(job), evaluator: judge }
    const { creation, pricing, funding } = await hireActions(ground, state.escrow.time, made)
    const { caller, jobId } = creation
    const terms = termsOf(chosen, people, creation.provider)
    return [creation, { name: 'setQuorumTerms', caller, jobId, ...terms }, pricing, funding]
  }

  const ready = name === 'submit' ? 'Funded' : 'Submitted'
  const suitable = [...state.escrow.jobs].filter(([, { status }]) => isRightful && status === ready)
  const jobs = suitable.length > 0 ? suitable : [...state.escrow.jobs]
  const [jobId, job] = jobs.length > 0 ? pick(jobs, chosen.job) : [NO_JOB, undefined]
  const base = { caller: pick(people, chosen.who), jobId }
  switch (name) {
    case 'setQuorumTerms':
      return [{ name, ...base, ...termsOf(chosen, people) }]
    case 'submit':
      return [{ name, ...base, caller: (isRightful && job?.provider) || base.caller }]
    case 'claimRefund':
      return [{ name, ...base }]
    case 'castVote': {
      const silent = [...(state.quorums.get(jobId)?.votes ?? [])].filter(([, vote]) => vote === 'none')
      const caller = isRightful && silent.length > 0 ? pick(silent, chosen.who)[0] : base.caller
      return [{ name, ...base, caller, isApproval: chosen.isApproval }]
    }
  }
}

/** Rightful ones for a job with this provider; any for a job without. */
function termsOf({ members: chosen, threshold, isRightful }: Step, people: readonly string[], provider?: string) {
  const members = chosen.map((member) => pick(people, member))
  if (!isRightful || provider === undefined) return { members, threshold: BigInt(threshold) }
  const others = [...new Set(members)].filter((member) => member !== provider)
  const judges = others.length > 0 ? others : people.filter((person) => person !== provider)
  return { members: judges, threshold: BigInt((threshold % judges.length) + 1) }
}

function perform(ground: Ground, action: Action): Promise<unknown> {
  if (action.name !== 'setQuorumTerms' && action.name !== 'castVote') return play(ground, action)
  const { name, caller, ...args } = action
  const reason = name === 'castVote' ? { reason: BODY_HASH } : {}
  return ground.chain.send(ground.personOf(caller), name, { ...args, jobId: BigInt(args.jobId), ...reason })
}

type Quorums = readonly (readonly [string, quorumModel.Quorum])[]

async function expectSameQuorums({ chain, people }: Ground, quorums: Quorums): Promise<void> {
  const standings = [undefined, 'none', 'approval', 'rejection']
  for (const [id, { threshold, votes }] of quorums) {
    const jobId = BigInt(id)
    const count = (wanted: string) => BigInt([...votes.values()].filter((vote) => vote === wanted).length)
    const counts = { approvals: count('approval'), rejections: count('rejection') }
    expect(await chain.read('getQuorum', { jobId })).toEqual({ members: BigInt(votes.size), threshold, ...counts })
    for (const account of people)
      expect(await chain.read('standingOf', { jobId, account })).toBe(BigInt(standings.indexOf(votes.get(account))))
  }
}
