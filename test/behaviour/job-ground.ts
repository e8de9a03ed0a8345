/** What the fuzzing of evaluators stands on: people with agents and money, jobs among them, and the escrow's model beside them. */
import { type Hex, jobModel, jobStatuses, NOBODY } from '@parley/protocol'
import { expect } from 'vitest'
import { changed, pick } from './beside-model.ts'
import { type Driver, type Happened, hexOfJobId, type Person } from './driver.ts'
import { BODY_HASH, DAY, nextJobId } from './scenario.ts'

const { balanceKey, ESCROW } = jobModel

const PEOPLE: readonly Person[] = ['alice', 'bob', 'carol', 'operator']
/** What everybody has, besides what is in the ledger. */
export const WEALTH = 1000n
/** The id of no job. */
export const NO_JOB: Hex = `0x${'5a'.repeat(32)}`

export interface Ground {
  readonly chain: Driver
  readonly people: readonly string[]
  readonly personOf: (account: string) => Person
  /** Where every sequence begins. */
  readonly escrow: jobModel.EscrowState
  /** What the escrow's account holds in the ledger's name: on NEAR the two are one. */
  readonly besides: bigint
  readonly restore: () => Promise<void>
}

/** `savings` is what everybody has in the ledger. */
export async function openGround(chain: Driver, savings = 0n): Promise<Ground> {
  for (const person of PEOPLE) {
    await chain.send(person, 'register', { agentURI: '', metadata: [] })
    await chain.give(chain.dollar, person, WEALTH + savings)
    if (savings > 0n) await chain.deposit(person, chain.dollar, savings)
  }
  const people = PEOPLE.map((person) => chain.accounts[person])
  return {
    chain,
    people,
    personOf: (account) => pick(PEOPLE, people.indexOf(account)),
    escrow: {
      time: chain.now(),
      jobs: new Map(),
      agentOwners: new Map(people.map((owner, at) => [BigInt(at), owner])),
      balances: new Map(people.map((owner) => [balanceKey(chain.dollar, owner), WEALTH])),
      refusing: new Set(),
      platformFeeBP: 0n,
      fees: new Map(),
    },
    besides: await chain.balanceOf(chain.dollar, chain.escrow),
    restore: await chain.snapshot(),
  }
}

/** What makes a job that `evaluator` judges; terms come before the last action, which funds it. */
export async function hireActions(
  { chain, people, personOf, escrow: { agentOwners } }: Ground,
  time: bigint,
  chosen: {
    readonly client: number
    readonly provider: number
    readonly budget: bigint
    readonly evaluator: string
    readonly duration?: bigint
  },
) {
  const caller = pick(people, chosen.client)
  const provider = pick(people, chosen.provider)
  const [agentId = 0n] = [...agentOwners].find(([, owner]) => owner === provider) ?? []
  const jobId = hexOfJobId(await nextJobId(chain, personOf(caller)))
  const creation = {
    evaluator: chosen.evaluator,
    expiredAt: time + (chosen.duration ?? DAY),
    hook: undefined,
    agentId,
    provider,
  }
  return {
    creation: { name: 'createJob', caller, jobId, ...creation },
    pricing: { name: 'setBudget', caller, jobId, token: chain.dollar, amount: chosen.budget },
    funding: { name: 'fund', caller, jobId, expectedBudget: chosen.budget },
  } as const
}

/** Does on the chain what the model calls by this name. Throws Refused. */
export async function play(
  { chain, personOf }: Pick<Ground, 'chain' | 'personOf'>,
  action: jobModel.EscrowAction,
): Promise<readonly Happened[]> {
  switch (action.name) {
    case 'wait':
      await chain.warp(action.seconds)
      return []
    case 'refuse':
      await chain.refuse(action.token, action.isRefusing)
      return []
    case 'transferAgent': {
      const owner = (await chain.read('ownerOf', { agentId: action.agentId })) as string
      return chain.transferAgent(personOf(owner), action.agentId, action.to)
    }
    case 'setPlatformFee':
      return chain.send('owner', action.name, { feeBP: action.feeBP, treasury: chain.accounts[TREASURER] })
    case 'collectFees':
      return chain.send('carol', action.name, { token: action.token })
    case 'hire': {
      const { name: _, caller, agentId: providerAgentId, jobId, ...hiring } = action
      return chain.hire(personOf(caller), { ...hiring, jobId: BigInt(jobId), providerAgentId, description: 'fuzz' })
    }
    default:
      return playOnEscrow(chain, personOf(action.caller), action)
  }
}

/** Who gets the protocol's fees. */
export const TREASURER: Person = 'relayer'

type EscrowCall = Exclude<
  jobModel.EscrowAction,
  { readonly name: 'wait' | 'transferAgent' | 'refuse' | 'setPlatformFee' | 'collectFees' | 'hire' }
>

function playOnEscrow(chain: Driver, who: Person, action: EscrowCall): Promise<readonly Happened[]> {
  const { name, caller: _, jobId: id, ...args } = action
  const jobId = BigInt(id)
  switch (action.name) {
    case 'createJob': {
      const { provider = NOBODY, evaluator = NOBODY, hook = NOBODY, agentId: providerAgentId, expiredAt } = action
      return chain.send(who, name, { provider, evaluator, hook, providerAgentId, expiredAt, description: 'fuzz' })
    }
    case 'setProvider':
      return chain.send(who, name, { jobId, provider: action.provider ?? NOBODY, agentId: action.agentId })
    case 'setPayee':
      return chain.send(who, name, { jobId, payee: action.payee ?? NOBODY })
    case 'setBudget':
      return chain.send(who, name, { jobId, token: action.token ?? NOBODY, amount: action.amount })
    case 'fund':
      return chain.fund(who, jobId, action.expectedBudget)
    case 'submit':
      return chain.send(who, name, { jobId, deliverable: BODY_HASH })
    case 'complete':
    case 'release':
    case 'redo':
    case 'reject':
      return chain.send(who, name, { jobId, ...args, reason: BODY_HASH })
    default:
      return chain.send(who, name, { jobId, ...args })
  }
}

/** Jobs' states and everybody's money, and that none is lost: what the escrow holds is what open promises add up to. */
export async function expectSameJobs(
  { chain, people, besides }: Ground,
  state: jobModel.EscrowState,
  before: jobModel.EscrowState | undefined,
): Promise<void> {
  const { time, jobs, balances } = state
  expect(chain.now()).toBe(time)
  for (const [id, { status, budget }] of changed(jobs, before?.jobs)) {
    const job = { status: BigInt(jobStatuses.indexOf(status)), budget }
    expect(await chain.read('getJob', { jobId: BigInt(id) })).toMatchObject(job)
  }
  if (balances === before?.balances) return
  for (const owner of [...people, ESCROW]) {
    const [account, more] = owner === ESCROW ? [chain.escrow, besides] : [owner, 0n]
    const balance = balances.get(balanceKey(chain.dollar, owner)) ?? 0n
    expect(await chain.balanceOf(chain.dollar, account)).toBe(balance + more)
  }
  const promised = promisedBy(state, chain.dollar)
  expect(balances.get(balanceKey(chain.dollar, ESCROW)) ?? 0n).toBe(promised)
}

/** What the escrow must hold of a token, or have of it in the ledger: what open jobs still hold, what is owed, and fees. */
export function promisedBy({ jobs, fees }: jobModel.EscrowState, token: string, isInLedger = false): bigint {
  const { direct = 0n, inLedger = 0n } = fees.get(token) ?? {}
  return [...jobs.values()]
    .filter((job) => job.token === token && job.isInLedger === isInLedger)
    .reduce(
      (total, job) => {
        const isHeld = job.status === 'Funded' || job.status === 'Submitted'
        return total + (isHeld ? jobModel.restOf(job) : 0n) + job.owedToProvider + job.owedToClient
      },
      isInLedger ? inLedger : direct,
    )
}

/** All that a job paid out is its budget, if it was funded, and nothing if not. */
export function expectEachJobPaidOnce({ jobs }: jobModel.EscrowState, events: readonly Happened[]): void {
  const payouts = events.filter(({ name }) => ['PaymentReleased', 'Refunded', 'PlatformFeePaid'].includes(name))
  const paid = new Map<string, bigint>()
  for (const { args } of payouts) {
    const id = hexOfJobId(args.jobId as bigint)
    paid.set(id, (paid.get(id) ?? 0n) + (args.amount as bigint))
  }
  for (const [id, { status, budget }] of jobs) {
    const wasFunded = events.some(({ name, args }) => name === 'JobFunded' && hexOfJobId(args.jobId as bigint) === id)
    expect(paid.get(id) ?? 0n, status).toBe(wasFunded ? budget : 0n)
  }
}

/** From any state, with nobody's help but time's: a stranger returns all that is held. */
export async function leaveByTheLastExit({ chain, besides }: Ground, { jobs }: jobModel.EscrowState): Promise<void> {
  await chain.warp(jobModel.MAX_DURATION_SECONDS)
  for (const [id, { status }] of jobs)
    if (jobStatuses.indexOf(status) < 3) await chain.send('relayer', 'claimRefund', { jobId: BigInt(id) })
  expect(await chain.balanceOf(chain.dollar, chain.escrow)).toBe(besides)
}
