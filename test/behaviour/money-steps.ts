/** The models of all that moves money as one, and random steps that lead from one to another: keys hire, bonds are locked, crowds are paid. */
import { arbitrationModel, crowdModel, guardrailsModel, jobModel, ledgerModel } from '@parley/protocol'
import fc from 'fast-check'
import * as arbitrationSteps from './arbitration-steps.ts'
import { pick } from './beside-model.ts'
import * as crowdSteps from './crowd-steps.ts'
import { type Happened, hexOfJobId } from './driver.ts'
import type { Ground } from './job-ground.ts'
import { DAY, nextJobId } from './scenario.ts'

const { holdingKey, LEDGER } = ledgerModel

export type State = arbitrationModel.ArbitrationState &
  crowdModel.CrowdState &
  Pick<guardrailsModel.GuardrailsState, 'policies'>

type Moving = Exclude<ledgerModel.LedgerAction, { readonly name: 'setOperator' }>
type Spend = Extract<guardrailsModel.GuardrailsAction, { readonly name: 'spend' }>

/** What a key hires in its account's name: an arbitrated job, all or nothing. */
interface SpendHire {
  readonly name: 'spendHire'
  readonly caller: string
  readonly client: string
  readonly jobId: string
  readonly provider: string
  readonly agentId: bigint
  readonly expiredAt: bigint
  readonly token: string
  readonly budget: bigint
  readonly terms: arbitrationModel.ArbitrationTerms & { readonly arbiter: string }
}

export type Action = arbitrationSteps.Action | crowdSteps.Action | Moving | Spend | SpendHire

const HOUR = 3600n
/** A key's limit: less than it would like to spend in the hour. */
export const LIMIT = { limit: 90n, periodSeconds: HOUR, threshold: 90n }

const moneyStep = fc.record({
  name: fc.constantFrom(
    ...(['deposit', 'withdraw', 'transfer', 'spend', 'spend', 'spendAtEdge'] as const),
    ...(['spendHire', 'spendHire', 'spendHire', 'spendHire', 'shareWithCrowd', 'shareWithCrowd'] as const),
    ...(['takeShares', 'takeShares'] as const),
  ),
  who: fc.nat({ max: 3 }),
  other: fc.nat({ max: 3 }),
  job: fc.nat({ max: 30 }),
  amount: fc.bigInt({ min: 1n, max: 60n }),
  method: fc.constantFrom('transfer', 'withdraw'),
  shareBP: fc.constantFrom(0n, 3333n, 10_000n),
})

export const step = fc.oneof(
  { arbitrary: fc.record({ of: fc.constant('money' as const), step: moneyStep }), weight: 5 },
  { arbitrary: fc.record({ of: fc.constant('arbitration' as const), step: arbitrationSteps.step }), weight: 5 },
  { arbitrary: fc.record({ of: fc.constant('crowd' as const), step: crowdSteps.step }), weight: 3 },
)
export type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never
type MoneyStep = typeof moneyStep extends fc.Arbitrary<infer Value> ? Value : never

export async function actionsOf(chosen: Step, state: State, ground: Ground): Promise<readonly Action[]> {
  if (chosen.of === 'arbitration') return arbitrationSteps.actionsOf(chosen.step, state, ground)
  return chosen.of === 'crowd' ? crowdSteps.actionsOf(chosen.step, state, ground) : movesOf(chosen.step, state, ground)
}

async function movesOf(chosen: MoneyStep, state: State, ground: Ground): Promise<readonly Action[]> {
  const { name, who, other, amount, method } = chosen
  const { chain, people } = ground
  const caller = pick(people, who)
  const key = keyOf(caller, people)
  const moving = { caller, token: chain.dollar, amount }
  const spend = { name: 'spend', ...moving, caller: key, account: caller, method, counterparty: pick(people, other) }
  switch (name) {
    case 'deposit': {
      const held = state.escrow.balances.get(jobModel.balanceKey(chain.dollar, caller)) ?? 0n
      return held >= amount ? [{ name, ...moving, receiver: pick(people, other) }] : []
    }
    case 'withdraw':
      return [{ name, ...moving, receiver: pick(people, other) }]
    case 'transfer':
      return [{ name, ...moving, from: caller, to: pick(people, other) }]
    case 'spend':
      return [spend as Spend]
    // All that the hour leaves, in its last second or in the first of the next, and one unit more.
    case 'spendAtEdge': {
      const limit = state.policies.get(guardrailsModel.policyKey(caller, key))?.limits.get(chain.dollar)
      if (limit === undefined) return []
      const { startedAt, spent } = guardrailsModel.underWay(limit, state.escrow.time)
      const seconds = startedAt + HOUR - BigInt(other % 2) - state.escrow.time
      const all = { ...spend, amount: other % 2 === 0 ? limit.limit : limit.limit - spent } as Spend
      return [{ name: 'wait', seconds }, all, { ...all, amount: 1n }]
    }
    case 'spendHire':
      return [await hiringOf(chosen, state, ground)]
    case 'shareWithCrowd':
      return shareWithCrowd(chosen, state, ground)
    case 'takeShares':
      return takeShares(chosen, state)
  }
}

/** Everybody has a key that is another's account. */
export function keyOf(account: string, people: readonly string[]): string {
  return pick(people, people.indexOf(account) + 1)
}

/** Of four people each has its part. */
async function hiringOf({ who, amount, shareBP, other }: MoneyStep, { escrow }: State, ground: Ground) {
  const { chain, people, personOf } = ground
  const [client, key, provider, arbiter] = [0, 1, 2, 3].map((place) => pick(people, who + place)) as [
    ...[string, string, string, string],
  ]
  const [agentId = 0n] = [...escrow.agentOwners].find(([, owner]) => owner === provider) ?? []
  const windows = { reviewSeconds: HOUR, rulingSeconds: 2n * HOUR }
  const hiring: SpendHire = {
    name: 'spendHire',
    caller: key,
    client,
    jobId: hexOfJobId(await nextJobId(chain, personOf(client))),
    provider,
    agentId,
    expiredAt: escrow.time + 3n * DAY,
    token: chain.dollar,
    budget: amount,
    terms: { arbiter, ...windows, silenceShareBP: shareBP, bond: BigInt(other) * 3n, stake: other === 0 ? 9n : 0n },
  }
  return hiring
}

/** A job's provider is paid through the crowd: a part for one of the people, a part for a stranger, and the rest. */
function shareWithCrowd({ job: number, other }: MoneyStep, { escrow, account }: State, ground: Ground): Action[] {
  const own = [...escrow.jobs].filter(([, job]) => job.status === 'Funded' && job.isInLedger && job.budget > 2n)
  const unshared = own.filter(([, { payee }]) => payee === undefined)
  if (unshared.length === 0) return []
  const [jobId, { provider: caller = '', budget }] = pick(unshared, number)
  const accounts = [pick(ground.people, other), pick(crowdSteps.strangersOf(ground), other)]
  const payees = accounts.map((payee, at) => ({ index: BigInt(at) * 256n, account: payee, amount: budget / 3n }))
  return [
    { name: 'setPayee', caller, jobId, payee: account },
    { name: 'setPayees', caller, jobId, payees, total: 2n * (budget / 3n) },
  ]
}

/** A crowd's job has been paid, or is now, and its payees are paid one by one, and once. */
function takeShares({ job: number, other }: MoneyStep, { escrow, crowds, account }: State): Action[] {
  const shared = [...crowds].flatMap(([jobId, { payees }]) => {
    const job = escrow.jobs.get(jobId)
    const isSubmitted = job?.status === 'Submitted'
    const isPaid = job?.payee === account && crowdModel.potOf(job) > 0n && job.status !== 'Funded'
    return job && (isSubmitted || isPaid) ? [{ jobId, payees, job, isSubmitted }] : []
  })
  if (shared.length === 0) return []
  const { jobId, payees, job, isSubmitted } = pick(shared, number)
  const base = { caller: job.client, jobId }
  const accepting: Action[] = isSubmitted ? [{ name: 'acceptWork', ...base }] : []
  const payout = payees[other % Math.max(payees.length, 1)]
  const claiming: Action[] = payout ? [{ name: 'claimPayout', ...base, payout }] : []
  return [
    ...accepting,
    ...claiming,
    { name: 'pushPayouts', ...base, payouts: payees },
    { name: 'claimRemainder', ...base },
  ]
}

type Decision =
  | { readonly status: 'accepted'; readonly state: State }
  | { readonly status: 'refused'; readonly error: jobModel.EscrowRefusal }

export function decide(state: State, action: Action): Decision {
  switch (action.name) {
    case 'deposit':
    case 'withdraw':
    case 'transfer': {
      const decision = ledgerModel.decide(ledgerIn(state), action)
      return decision.status === 'refused' ? decision : accepted(withLedger(state, decision.state))
    }
    case 'spend': {
      const decision = spend(state, action)
      return decision.status === 'refused' ? decision : accepted(withLedger(decision.state, decision.ledger))
    }
    case 'spendHire':
      return spendHire(state, action)
    case 'setPayees':
    case 'claimPayout':
    case 'pushPayouts':
    case 'claimRemainder': {
      const decision = crowdModel.decide(state, action)
      return decision.status === 'refused' ? decision : accepted({ ...state, ...decision.state })
    }
    default: {
      const decision = arbitrationModel.decide(state, action)
      return decision.status === 'refused' ? decision : accepted({ ...state, ...decision.state })
    }
  }
}

function spend(state: State, action: Spend) {
  const guarded = { time: state.escrow.time, ledger: ledgerIn(state), policies: state.policies }
  const decision = guardrailsModel.decide(guarded, action)
  if (decision.status === 'refused') return decision
  const { policies, ledger } = decision.state
  return { status: 'accepted', state: { ...state, policies }, ledger } as const
}

function spendHire(state: State, { caller: key, client: caller, jobId, terms, token, budget, ...hiring }: SpendHire) {
  const { provider, agentId, expiredAt } = hiring
  const spending = { method: 'hire', token, counterparty: provider, amount: budget } as const
  const counted = spend(state, { name: 'spend', caller: key, account: caller, ...spending })
  if (counted.status === 'refused') return counted
  const job = { provider, agentId, expiredAt, evaluator: state.evaluator, hook: undefined }
  const steps: readonly Action[] = [
    { name: 'createJob', caller, jobId, ...job },
    { name: 'setBudget', caller, jobId, token, amount: budget },
    { name: 'setArbitrationTerms', caller, jobId, terms },
    { name: 'fundFromLedger', caller, jobId, expectedBudget: budget },
  ]
  return steps.reduce<Decision>(
    (decision, next) => (decision.status === 'accepted' ? decide(decision.state, next) : decision),
    accepted(counted.state),
  )
}

function accepted(state: State): Decision {
  return { status: 'accepted', state }
}

/** What the escrow's model writes between a token and an owner for what is in the ledger. */
const INSIDE = `${jobModel.inLedger('')} `

function ledgerIn({ escrow }: State): ledgerModel.LedgerState {
  const balances = new Map<string, bigint>()
  const outside = new Map<string, bigint>()
  for (const [key, amount] of escrow.balances) {
    if (!key.includes(INSIDE)) outside.set(key, amount)
    else {
      const [token = ''] = key.split(INSIDE)
      balances.set(key.replace(INSIDE, ' '), amount)
      outside.set(holdingKey(token, LEDGER), (outside.get(holdingKey(token, LEDGER)) ?? 0n) + amount)
    }
  }
  return { balances, outside, operators: new Set() }
}

function withLedger(state: State, { balances, outside }: ledgerModel.LedgerState): State {
  const direct = [...outside].filter(([key]) => !key.endsWith(` ${LEDGER}`))
  const inside = [...balances].map(([key, amount]) => [key.replace(' ', INSIDE), amount] as const)
  return { ...state, escrow: { ...state.escrow, balances: new Map([...direct, ...inside]) } }
}

export function perform(ground: Ground, action: Action, state: State): Promise<readonly Happened[]> {
  const { chain, personOf } = ground
  switch (action.name) {
    case 'deposit':
      return chain.deposit(personOf(action.caller), action.token, action.amount, action.receiver)
    case 'withdraw':
      return chain.withdraw(personOf(action.caller), action.token, action.amount, action.receiver)
    case 'transfer':
      return chain.ledgerTransfer(personOf(action.caller), action.to, action.token, action.amount)
    case 'spend': {
      const { caller, account, method, counterparty, token, amount } = action
      const [name, receiver] = method === 'withdraw' ? ['spendWithdraw', 'receiver'] : ['spendTransfer', 'to']
      return chain.send(personOf(caller), name, { account, token, amount, [receiver]: counterparty })
    }
    case 'spendHire': {
      const { name: _, caller, jobId: id, agentId: providerAgentId, terms, ...hiring } = action
      const rest = {
        evaluator: state.evaluator,
        description: '',
        isInLedger: true,
        terms: { arbitration: { ...terms } },
      }
      return chain.spendHire(personOf(caller), { ...hiring, jobId: BigInt(id), providerAgentId, ...rest })
    }
    case 'setPayees':
    case 'claimPayout':
    case 'pushPayouts':
    case 'claimRemainder':
      return crowdSteps.perform(ground, action, state)
    default:
      return arbitrationSteps.perform(ground, action)
  }
}
