import { arbitrationModel, jobModel, NOBODY } from '@parley/protocol'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { changed, expectLikeModel, pick } from './beside-model.ts'
import type { Happened } from './driver.ts'
import { openEvm } from './evm-driver.ts'
import { expectSameJobs, type Ground, hireActions, leaveByTheLastExit, NO_JOB, openGround, play } from './job-ground.ts'
import { openNear } from './near-driver.ts'
import { BODY_HASH, DAY } from './scenario.ts'

const CHAINS = [
  ['EVM', openEvm, 2400, arbitrationModel.rulings],
  ['NEAR', openNear, 180, []],
] as const

const { rulings } = arbitrationModel
const { balanceKey, ESCROW, inLedger, restOf } = jobModel
type State = arbitrationModel.ArbitrationState
type Action = arbitrationModel.ArbitrationAction | jobModel.EscrowAction
type Name = Exclude<arbitrationModel.ArbitrationAction['name'], 'setArbitrationTerms'> | 'submit' | 'claimRefund'

const HOUR = 3600n
/** In the ledger: little enough that some cannot pay a bond or a stake. */
const SAVINGS = 130n

const step = fc.record({
  name: fc.constantFrom(
    ...([
      'hire',
      'hire',
      'hire',
      'wait',
      'wait',
      'wait',
      'expire',
      'lockStake',
      'lockStake',
      'submit',
      'submit',
      'submit',
    ] as const),
    ...(['openDispute', 'openDispute', 'openDispute', 'rule', 'rule', 'settleReview', 'settleReview'] as const),
    ...(['acceptWork', 'claimRefund', 'releaseBondAndStake'] as const),
  ),
  job: fc.nat({ max: 60 }),
  who: fc.nat({ max: 3 }),
  other: fc.nat({ max: 3 }),
  /** Most steps are such as are taken: refusals come by themselves. */
  isRightful: fc.integer({ min: 0, max: 9 }).map((roll) => roll < 8),
  isOdd: fc.integer({ min: 0, max: 11 }).map((roll) => roll === 0),
  bond: fc.constantFrom(0n, 7n, 40n, 41n),
  stake: fc.constantFrom(0n, 9n, 60n),
  review: fc.bigInt({ min: HOUR, max: 3n * HOUR }),
  ruling: fc.bigInt({ min: HOUR, max: 3n * HOUR }),
  verdict: fc.constantFrom(...rulings),
  shareBP: fc.constantFrom(0n, 1n, 3333n, 9999n, 10_000n),
  duration: fc.bigInt({ min: 2n * DAY, max: 4n * DAY }),
  seconds: fc.constantFrom(0n, 60n, 600n, HOUR, DAY),
})
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

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

async function actionsOf(chosen: Step, state: State, ground: Ground): Promise<readonly Action[]> {
  const { people } = ground
  const { name, isOdd, isRightful } = chosen
  if (name === 'wait') return [{ name, seconds: secondsToEdge(chosen, state) ?? chosen.seconds }]
  if (name === 'hire') {
    const { who: client, job: budget, duration, other } = chosen
    const made = { client, provider: other + budget, budget: BigInt(budget), evaluator: state.evaluator, duration }
    const { creation, pricing, funding } = await hireActions(ground, state.escrow.time, made)
    const { caller, jobId } = creation
    const terms = { name: 'setArbitrationTerms', caller, jobId, terms: termsOf(chosen, people, creation) } as const
    const { expectedBudget } = funding
    const paying = other % 2 === 0 ? funding : ({ name: 'fundFromLedger', caller, jobId, expectedBudget } as const)
    // Terms may also come twice, or too late.
    return isOdd ? [creation, pricing, terms, paying, terms] : [creation, pricing, terms, paying]
  }

  if (name === 'expire') return expireActions(chosen, state, people)
  const [wanted, jobId] = isRightful ? usefulStep(name, chosen.job, state) : [name, anyJob(chosen.job, state)]
  return [actionOn(jobId, wanted, chosen, state, people)]
}

/** The step where it gets a job further, or else the next step of some job. */
function usefulStep(name: Name, number: number, state: State): readonly [Name, string] {
  const suitable = [...state.escrow.jobs.keys()].filter((id) => isReadyFor(name, id, state))
  if (suitable.length > 0) return [name, pick(suitable, number)]
  for (const next of ['rule', 'openDispute', 'lockStake', 'submit'] as const) {
    const open = [...state.escrow.jobs.keys()].filter((id) => isReadyFor(next, id, state))
    if (open.length > 0) return [next, pick(open, number)]
  }
  return [name, anyJob(number, state)]
}

function anyJob(number: number, { escrow }: State): string {
  return escrow.jobs.size > 0 ? pick([...escrow.jobs.keys()], number) : NO_JOB
}

function actionOn(jobId: string, name: Name, chosen: Step, state: State, people: readonly string[]): Action {
  const { isOdd, isRightful, verdict, shareBP } = chosen
  const job = state.escrow.jobs.get(jobId)
  const arbitration = state.arbitrations.get(jobId)
  const rightful = isRightful ? rightfulCaller(name, job, arbitration) : undefined
  const base = { caller: rightful ?? pick(people, chosen.who), jobId }
  switch (name) {
    case 'lockStake': {
      const { arbiter = base.caller, stake = 0n } = arbitration ?? {}
      return { ...base, name, arbiter: isOdd ? base.caller : arbiter, amount: isOdd ? chosen.stake : stake }
    }
    case 'rule':
      return { ...base, name, ruling: verdict, shareBP: isOdd || verdict === 'Split' ? shareBP : 0n }
    default:
      return { ...base, name }
  }
}

/** Waits until nobody but time has a say in some job, and takes the last exit. */
function expireActions({ job, who }: Step, state: State, people: readonly string[]): readonly Action[] {
  const open = [...state.escrow.jobs].filter(([, { status }]) => status === 'Submitted' || status === 'Funded')
  if (open.length === 0) return []
  const [jobId, { expiredAt, submittedAt, evaluationPeriod }] = pick(open, job)
  const late = submittedAt + evaluationPeriod
  const seconds = (late > expiredAt ? late : expiredAt) - state.escrow.time
  const base = { caller: pick(people, who), jobId }
  const waiting = { name: 'wait', seconds: seconds > 0n ? seconds : 0n } as const
  return [waiting, { ...base, name: 'claimRefund' }, { ...base, name: 'releaseBondAndStake' }]
}

interface Parties {
  readonly caller: string
  readonly provider: string
}

function termsOf(chosen: Step, people: readonly string[], { caller, provider }: Parties) {
  const { isOdd, other, review, ruling, shareBP, bond, stake } = chosen
  const neutral = people.filter((person) => person !== caller && person !== provider)
  const usual = { arbiter: pick(neutral, chosen.job), reviewSeconds: review, rulingSeconds: ruling }
  const terms = { ...usual, silenceShareBP: shareBP, bond, stake }
  const odd = [
    ...[{ reviewSeconds: HOUR - 1n }, { rulingSeconds: 0n }, { silenceShareBP: 10_001n }, { arbiter: undefined }],
    ...[{ arbiter: caller }, { arbiter: provider }, { reviewSeconds: 90n * DAY }, {}],
  ]
  return isOdd ? { ...terms, ...pick(odd, chosen.job + other) } : terms
}

type Known = arbitrationModel.Arbitration | undefined

function rightfulCaller(name: Name, job: jobModel.Job | undefined, arbitration: Known): string | undefined {
  if (name === 'submit' || name === 'lockStake') return job?.provider
  if (name === 'rule') return arbitration?.arbiter
  return name === 'openDispute' || name === 'acceptWork' ? job?.client : undefined
}

/** Whether the action is the job's next step, so that sequences get far. */
function isReadyFor(name: Name, jobId: string, { escrow, arbitrations }: State): boolean {
  const job = escrow.jobs.get(jobId)
  const arbitration = arbitrations.get(jobId)
  if (job === undefined || arbitration === undefined) return false
  const { disputedAt, stake, isStakeHeld, isBondHeld } = arbitration
  const isEnded = job.status === 'Completed' || job.status === 'Rejected' || job.status === 'Expired'
  switch (name) {
    case 'lockStake':
      return job.status === 'Funded' && stake > 0n && !isStakeHeld
    case 'submit':
      return job.status === 'Funded'
    case 'openDispute':
      return job.status === 'Submitted' && disputedAt === 0n
    case 'rule':
      return job.status === 'Submitted' && disputedAt !== 0n
    case 'claimRefund':
      return !isEnded && escrow.time >= job.expiredAt
    case 'releaseBondAndStake':
      return isEnded && (isBondHeld || isStakeHeld)
    default:
      return job.status === 'Submitted'
  }
}

/** To the second of an edge of some job, or to the one before: that is where checks go wrong. */
function secondsToEdge({ job, who, other, isRightful }: Step, { escrow, arbitrations }: State): bigint | undefined {
  const open = [...escrow.jobs].filter(([, { status }]) => status === 'Submitted' || status === 'Funded')
  if (open.length === 0 || !isRightful) return undefined
  const [id, { submittedAt, expiredAt }] = pick(open, job)
  const { reviewSeconds = 0n, rulingSeconds = 0n, disputedAt = 0n } = arbitrations.get(id) ?? {}
  const refundAt = submittedAt + reviewSeconds + rulingSeconds + jobModel.SETTLEMENT_SECONDS
  const edges = [expiredAt, submittedAt + reviewSeconds, disputedAt + rulingSeconds, refundAt]
  const seconds = pick(edges, other) - BigInt(who % 2) - escrow.time
  return seconds >= 0n && seconds <= 2n * DAY ? seconds : undefined
}

async function perform(ground: Ground, action: Action): Promise<readonly Happened[]> {
  const { chain, personOf } = ground
  switch (action.name) {
    case 'setArbitrationTerms': {
      const { name, caller, jobId, terms } = action
      const args = { jobId: BigInt(jobId), terms: { ...terms, arbiter: terms.arbiter ?? NOBODY } }
      return chain.send(personOf(caller), name, args)
    }
    case 'rule': {
      const { name, caller, jobId, shareBP } = action
      const ruling = BigInt(rulings.indexOf(action.ruling))
      return chain.send(personOf(caller), name, { jobId: BigInt(jobId), ruling, shareBP, reason: BODY_HASH })
    }
    case 'openDispute':
      return chain.send(personOf(action.caller), action.name, { jobId: BigInt(action.jobId), reason: BODY_HASH })
    case 'lockStake': {
      const { name, caller, jobId, arbiter, amount } = action
      return chain.send(personOf(caller), name, { jobId: BigInt(jobId), arbiter, amount })
    }
    case 'acceptWork':
    case 'settleReview':
    case 'releaseBondAndStake':
      return chain.send(personOf(action.caller), action.name, { jobId: BigInt(action.jobId) })
    default:
      return play(ground, action)
  }
}

async function expectSameArbitration(
  { chain }: Ground,
  id: string,
  known: arbitrationModel.Arbitration,
): Promise<void> {
  const { arbiter, reviewSeconds, rulingSeconds, bond, stake, disputedAt, ...flags } = known
  const { isBondHeld, isStakeHeld, hasRedone } = flags
  expect(await chain.read('getArbitration', { jobId: BigInt(id) })).toMatchObject({
    ...{ arbiter, reviewSeconds, rulingSeconds, bond, stake, disputedAt },
    ...{ isBondHeld, isStakeHeld, hasRedone },
  })
}

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
