/** Random steps that get far: numbers and choices only, whose meaning depends on the state that they meet. */
import { type Hex, jobModel } from '@parley/protocol'
import fc from 'fast-check'
import { pick } from './beside-model.ts'

type State = jobModel.EscrowState
type Action = jobModel.EscrowAction
type Job = jobModel.Job

/** Who and what there is. */
export interface Cast {
  readonly people: readonly string[]
  readonly tokens: readonly string[]
  readonly agents: readonly bigint[]
  /** The id of no job. */
  readonly unknownJob: Hex
}

export type Step = ReturnType<typeof stepOf> extends fc.Arbitrary<infer Value> ? Value : never

const DAY = 86_400n

export function stepOf(wealth: bigint) {
  return fc.record({
    name: fc.constantFrom<Action['name'] | 'atEdge'>(
      ...([
        'wait',
        'wait',
        'atEdge',
        'atEdge',
        'atEdge',
        'transferAgent',
        'reject',
        'claimRefund',
        'claimRefund',
      ] as const),
      ...(['createJob', 'createJob', 'setProvider', 'setBudget', 'setBudget', 'setBudget'] as const),
      ...(['fund', 'fund', 'fund', 'submit', 'submit', 'submit', 'submit', 'complete', 'complete'] as const),
      ...(['hire', 'hire', 'hire', 'hire', 'fundFromLedger', 'setPlatformFee', 'collectFees'] as const),
      ...(['release', 'release', 'redo', 'setPayee', 'setEvaluationPeriod', 'refuse', 'claimPayment'] as const),
    ),
    job: fc.nat({ max: 30 }),
    who: fc.nat({ max: 3 }),
    other: fc.nat({ max: 3 }),
    /** Most actions are tried by whoever may: refusals come by themselves. */
    isRightful: fc.integer({ min: 0, max: 9 }).map((roll) => roll < 8),
    isOdd: fc.integer({ min: 0, max: 19 }).map((roll) => roll === 0),
    hasProvider: fc.integer({ min: 0, max: 9 }).map((roll) => roll < 7),
    token: fc.nat({ max: 1 }),
    amount: fc.oneof(
      { arbitrary: fc.bigInt({ min: 0n, max: 400n }), weight: 9 },
      { arbitrary: fc.constantFrom(0n, wealth, 2n ** 96n - 1n, 2n ** 96n), weight: 1 },
    ),
    duration: fc.oneof(
      { arbitrary: fc.bigInt({ min: 301n, max: 5000n }), weight: 6 },
      { arbitrary: fc.bigInt({ min: 301n, max: 2n * DAY }), weight: 3 },
      { arbitrary: fc.constantFrom(0n, 300n, 301n, 365n * DAY, 365n * DAY + 1n), weight: 1 },
    ),
    period: fc.constantFrom(0n, 1n, 600n, 1800n, 7200n, 90n * DAY, 90n * DAY + 1n),
    seconds: fc.constantFrom(0n, 1n, 60n, 60n, 300n, 300n, 1800n, 3599n, 3600n, DAY),
    agent: fc.oneof(
      { arbitrary: fc.constantFrom(0n, 1n, 2n, 3n), weight: 9 },
      { arbitrary: fc.constantFrom(4n, 2n ** 96n), weight: 1 },
    ),
  })
}

/** What a step means here. A job that it creates has no id yet. */
export function actionsOf(chosen: Step, state: State, cast: Cast): readonly Action[] {
  const { name } = chosen
  if (name === 'atEdge') return actionsAtEdge(chosen, state)
  const several = chosen.isRightful ? severalActions(chosen, state, cast) : undefined
  return several ?? [actionOf(name, chosen, state, cast)]
}

function severalActions(chosen: Step, state: State, cast: Cast): readonly Action[] | undefined {
  if (chosen.name === 'refuse') return actionsOnRefusal(chosen, state, cast)
  if (chosen.name === 'transferAgent') return actionsOnTransfer(chosen, state, cast)
  return chosen.name === 'setEvaluationPeriod' && chosen.other > 0 ? actionsOnPeriod(chosen, state) : undefined
}

function actionOf(name: Action['name'], chosen: Step, state: State, cast: Cast): Action {
  if (name === 'wait') return { name, seconds: chosen.seconds }
  if (name === 'transferAgent') {
    return { name, agentId: pick(cast.agents, chosen.job), to: pick(cast.people, chosen.who) }
  }
  if (name === 'refuse') {
    const token = cast.tokens.at(-1) ?? ''
    return { name, token, isRefusing: !state.refusing.has(token) }
  }
  if (name === 'setPlatformFee')
    return { name, feeBP: chosen.isOdd ? 501n : chosen.hasProvider ? 500n : chosen.amount % 501n }
  // What a token refuses to the treasury ends the call on EVM alone.
  if (name === 'collectFees') return { name, token: cast.tokens[chosen.isOdd ? chosen.token : 0] ?? '' }
  if (name === 'hire') return hireOf(chosen, state, cast)
  if (name === 'createJob' || (state.jobs.size === 0 && chosen.isRightful)) return creationOf(chosen, state, cast)

  const suitable = [...state.jobs].filter(([, job]) => chosen.isRightful && isReadyFor(name, job, state.time))
  const ids = (suitable.length > 0 ? suitable : [...state.jobs]).map(([id]) => id)
  const jobId = chosen.isOdd || ids.length === 0 ? cast.unknownJob : pick(ids, chosen.job)
  const job = state.jobs.get(jobId)
  const rightful = chosen.isRightful && job ? rightfulCaller(name, job, chosen) : undefined
  const base = { caller: rightful ?? pick(cast.people, chosen.who), jobId }
  if (name === 'setProvider') {
    const provider = chosen.isOdd ? undefined : pick(cast.people, chosen.other)
    return { ...base, name, provider, agentId: agentOf(chosen, provider, state) }
  }
  if (name === 'setBudget') {
    return { ...base, name, token: chosen.isOdd ? undefined : cast.tokens[chosen.token], amount: chosen.amount }
  }
  if (name === 'setPayee') return { ...base, name, payee: chosen.isOdd ? undefined : pick(cast.people, chosen.other) }
  if (name === 'setEvaluationPeriod') return { ...base, name, period: chosen.period }
  if (name === 'release') return { ...base, name, amount: (chosen.amount * (job?.budget ?? 0n)) / 400n }
  if (name === 'fundFromLedger') return { ...base, name, expectedBudget: job?.budget ?? 0n }
  if (name === 'fund') return { ...base, name, expectedBudget: chosen.isOdd ? chosen.amount : (job?.budget ?? 0n) }
  return { ...base, name }
}

export function hasEnded(status: Job['status']): boolean {
  return status === 'Completed' || status === 'Rejected' || status === 'Expired'
}

function creationOf(chosen: Step, state: State, { people, tokens }: Cast): Action {
  const provider = chosen.hasProvider ? pick(people, chosen.other) : undefined
  const hasNoEvaluator = chosen.isOdd && chosen.hasProvider
  return {
    name: 'createJob',
    caller: pick(people, chosen.who),
    jobId: '',
    provider,
    evaluator: hasNoEvaluator ? undefined : pick(people, chosen.isRightful ? chosen.other + 1 : chosen.job),
    expiredAt: state.time + chosen.duration,
    hook: chosen.isOdd && !chosen.hasProvider ? tokens[0] : undefined,
    agentId: agentOf(chosen, provider, state),
  }
}

function hireOf(chosen: Step, state: State, { people, tokens }: Cast): Action {
  const client = pick(people, chosen.who)
  const provider = pick(people, chosen.other)
  return {
    name: 'hire',
    caller: chosen.isOdd ? pick(people, chosen.other) : client,
    client,
    jobId: '',
    provider,
    agentId: agentOf(chosen, provider, state),
    evaluator: pick(people, chosen.isRightful ? chosen.other + 1 : chosen.job),
    expiredAt: state.time + chosen.duration,
    token: pick(tokens, chosen.token),
    // A token of NEAR moves no nothing, and a budget is checked there before the agent.
    budget: (chosen.amount % 400n) + 1n,
    isInLedger: chosen.hasProvider,
  }
}

function agentOf({ isRightful, agent }: Step, provider: string | undefined, state: State): bigint {
  const own = [...state.agentOwners].find(([, owner]) => owner === provider)
  return isRightful && own ? own[0] : agent
}

function rightfulCaller(name: Action['name'], job: Job, { token }: Step): string | undefined {
  if (name === 'submit' || name === 'setPayee') return job.provider
  if (name === 'complete' || name === 'release' || name === 'redo' || name === 'setEvaluationPeriod')
    return job.evaluator
  if (name === 'reject') return job.status === 'Open' ? job.client : job.evaluator
  if (name === 'setBudget' && token === 0) return job.provider
  return name === 'claimRefund' || name === 'claimPayment' ? undefined : job.client
}

/** Whether the action is the job's next step, so that sequences get far. */
function isReadyFor(name: Action['name'], job: Job, time: bigint): boolean {
  const { status, provider, budget, expiredAt } = job
  if (name === 'setProvider') return status === 'Open' && provider === undefined
  if (name === 'setBudget') return status === 'Open'
  if (name === 'fund' || name === 'fundFromLedger') return status === 'Open' && provider !== undefined && budget > 0n
  if (name === 'submit') return status === 'Funded'
  if (name === 'complete' || name === 'redo') return status === 'Submitted'
  if (name === 'setPayee') return status === 'Funded' && job.isInLedger && job.payee === undefined
  if (name === 'setEvaluationPeriod') return status === 'Open'
  if (name === 'release') return status === 'Funded' || status === 'Submitted'
  if (name === 'claimPayment') return job.owedToProvider + job.owedToClient > 0n
  if (name === 'claimRefund') return (status === 'Funded' || status === 'Submitted') && time >= expiredAt
  return !hasEnded(status)
}

/** At the second of a near edge of some job, or at the one before, what the edge decides about: that is where checks go wrong. */
function actionsAtEdge({ job: number, who, other }: Step, { jobs, time }: State): readonly Action[] {
  const edges = [...jobs].flatMap(([jobId, job]) => edgesOf(job).map((edge) => ({ ...edge, jobId, job })))
  const near = edges.filter(({ at }) => at > time && at <= time + 7200n)
  if (near.length === 0) return []
  const later = near.filter(({ job }) => job.status !== 'Open')
  const { name, at, jobId, job } = pick(later.length > 0 && other % 2 === 1 ? later : near, number)
  const caller = name === 'submit' ? job.provider : name === 'redo' ? job.evaluator : job.client
  const base = { caller: caller ?? job.client, jobId }
  const isFunding = name === 'fund' || name === 'fundFromLedger'
  const action = isFunding ? { ...base, name, expectedBudget: job.budget } : { ...base, name }
  return [{ name: 'wait', seconds: at - BigInt(who % 2) - time }, action]
}

function edgesOf(job: Job) {
  const { status, expiredAt, submittedAt, evaluationPeriod } = job
  const judgedAt = submittedAt + jobModel.periodOf(job)
  const refundAt = judgedAt > expiredAt ? judgedAt : expiredAt
  const lastFunding = expiredAt - 2n * evaluationPeriod - jobModel.MIN_DURATION_SECONDS
  if (status === 'Open')
    return [
      { name: 'fund', at: evaluationPeriod > 0n ? lastFunding : expiredAt },
      { name: 'fundFromLedger', at: expiredAt },
    ] as const
  const refund = { name: 'claimRefund', at: refundAt } as const
  if (status === 'Submitted') return [refund, { name: 'redo', at: expiredAt }] as const
  return status === 'Funded' ? ([refund, { name: 'submit', at: expiredAt }] as const) : []
}

/** A provider gives its agent away, wants to submit, and gets the agent back. */
function actionsOnTransfer({ job: number, other }: Step, { jobs, agentOwners, time }: State, { people }: Cast) {
  const funded = [...jobs].filter(([, { status, expiredAt }]) => status === 'Funded' && expiredAt > time)
  if (funded.length === 0) return undefined
  const [jobId, { agentId, provider: caller = '' }] = pick(funded, number)
  const transfer = (to: string) => ({ name: 'transferAgent', agentId, to }) as const
  const owner = agentOwners.get(agentId) ?? caller
  return [transfer(pick(people, other)), { name: 'submit', caller, jobId } as const, transfer(owner)]
}

/** The longest period that leaves the time to judge, or one that is a second too long. */
function actionsOnPeriod({ job: number }: Step, { jobs, time }: State): readonly Action[] | undefined {
  const fundable = [...jobs].filter(([, job]) => isReadyFor('fund', job, time) && job.expiredAt > time + DAY / 24n)
  if (fundable.length === 0) return undefined
  const [jobId, { client, evaluator, budget, expiredAt }] = pick(fundable, number)
  const period = (expiredAt - time - jobModel.MIN_DURATION_SECONDS) / 2n
  return [
    { name: 'setEvaluationPeriod', caller: evaluator, jobId, period },
    { name: 'fund', caller: client, jobId, expectedBudget: budget },
  ]
}

/** Ends a job, or pays a part of it, while its token refuses, and claims what is owed when it does no more. */
function actionsOnRefusal({ job: number, other, amount }: Step, { jobs }: State, { tokens }: Cast) {
  const token = tokens.at(-1) ?? ''
  const open = [...jobs].filter(([, job]) => job.token === token && !job.isInLedger && job.budget > 0n)
  const held = open.filter(([, { status }]) => status === 'Funded' || status === 'Submitted')
  if (held.length === 0) return undefined
  const [jobId, { evaluator: caller, budget, status }] = pick(held, number)
  const part = { name: 'release', caller, jobId, amount: (budget * (1n + (amount % 3n))) / 4n } as const
  const end = { name: status === 'Submitted' && other > 1 ? 'complete' : 'reject', caller, jobId } as const
  const claim = { name: 'claimPayment', caller, jobId } as const
  const refuse = (isRefusing: boolean) => ({ name: 'refuse', token, isRefusing }) as const
  return [refuse(true), ...(other % 2 === 0 ? [part] : []), end, claim, refuse(false), claim, claim]
}
