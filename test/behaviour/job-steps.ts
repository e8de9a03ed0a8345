/** Random steps that get far: numbers and choices only, whose meaning depends on the state that they meet. */
import { type Hex, jobModel } from '@parley/protocol'
import fc from 'fast-check'

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

/** Without bias: fast-check's favours the ends of ranges, and most sequences would stay shallow. */
export function sequenceOf(length: number, wealth: bigint): fc.Arbitrary<Step[]> {
  return fc.array(fc.noBias(stepOf(wealth)), { minLength: length, maxLength: length })
}

function stepOf(wealth: bigint) {
  return fc.record({
    name: fc.constantFrom<Action['name']>(
      ...(['wait', 'wait', 'transferAgent', 'reject', 'claimRefund', 'claimRefund'] as const),
      ...(['createJob', 'createJob', 'createJob', 'setProvider', 'setBudget', 'setBudget', 'setBudget'] as const),
      ...(['fund', 'fund', 'fund', 'submit', 'submit', 'submit', 'submit', 'complete', 'complete'] as const),
      ...(['hire', 'hire', 'fundFromLedger', 'setPlatformFee', 'collectFees'] as const),
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
export function actionOf(chosen: Step, state: State, cast: Cast): Action {
  const { name } = chosen
  if (name === 'wait') return { name, seconds: secondsToEdge(chosen, state) ?? chosen.seconds }
  if (name === 'transferAgent') {
    return { name, agentId: pick(cast.agents, chosen.job), to: pick(cast.people, chosen.who) }
  }
  if (name === 'refuse') {
    const token = cast.tokens.at(-1) ?? ''
    return { name, token, isRefusing: !state.refusing.has(token) }
  }
  if (name === 'setPlatformFee') return { name, feeBP: chosen.isOdd ? 501n : chosen.amount % 501n }
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

export function describeAction(action: Action): string {
  return JSON.stringify(action, (_, value) => (typeof value === 'bigint' ? value.toString() : value))
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
  const { status, provider, token, budget, expiredAt } = job
  if (name === 'setProvider') return status === 'Open' && provider === undefined
  if (name === 'setBudget') return status === 'Open' && token === undefined
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

/** To the second of a near edge of some job, or to the one before: that is where checks go wrong. */
function secondsToEdge({ job: number, who, other, isRightful }: Step, { jobs, time }: State): bigint | undefined {
  const job = [...jobs.values()][number % Math.max(jobs.size, 1)]
  if (!job || !isRightful) return undefined
  const edge = other % 2 === 0 ? job.expiredAt : job.submittedAt + jobModel.periodOf(job)
  const seconds = edge - BigInt(who % 2) - time
  return seconds >= 0n && seconds <= 7200n ? seconds : undefined
}

function pick<Item>(items: readonly Item[], number: number): Item {
  const item = items[number % items.length]
  if (item === undefined) throw new RangeError('nothing to pick from')
  return item
}
