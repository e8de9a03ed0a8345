import { domainSeparator, type Hex, jobId, jobModel, jobStatuses } from '@parley/protocol'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { demoDollarAbi, demoDollarBytecode } from '../generated/contracts.ts'
import { keccak } from '../src/keccak.ts'
import {
  ALICE,
  addressOf,
  BOB,
  CAROL,
  type Chain,
  type Contract,
  type Happened,
  NOBODY,
  OPERATOR,
  OWNER,
  openChain,
  Reverted,
} from './chain.ts'
import { domainOf } from './signing.ts'

/** How many actions to try in all: more find more. */
const STEPS = Number(process.env.FUZZ_STEPS ?? 4000)
const STEPS_PER_RUN = 100

const { balanceKey, decide, ESCROW } = jobModel
type State = jobModel.EscrowState
type Action = jobModel.EscrowAction
type Job = jobModel.Job

/** Everybody may be client, provider or evaluator. */
const PEOPLE = [ALICE, BOB, CAROL, OPERATOR]
const ADDRESSES = PEOPLE.map(addressOf)
const AGENTS = [0n, 1n, 2n, 3n]
/** Little enough that some cannot pay. */
const WEALTH = 1000n
const DAY = 86_400n
const HASH: Hex = `0x${'5a'.repeat(32)}`

/** Numbers and choices only; what they mean depends on the state that they meet. */
const step = fc.record({
  name: fc.constantFrom<Action['name']>(
    ...(['wait', 'wait', 'transferAgent', 'reject', 'claimRefund', 'claimRefund'] as const),
    ...(['createJob', 'createJob', 'createJob', 'setProvider', 'setBudget', 'setBudget', 'setBudget'] as const),
    ...(['fund', 'fund', 'fund', 'submit', 'submit', 'submit', 'submit', 'complete', 'complete'] as const),
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
    { arbitrary: fc.constantFrom(0n, WEALTH, 2n ** 96n - 1n, 2n ** 96n), weight: 1 },
  ),
  duration: fc.oneof(
    { arbitrary: fc.bigInt({ min: 301n, max: 5000n }), weight: 6 },
    { arbitrary: fc.bigInt({ min: 301n, max: 2n * DAY }), weight: 3 },
    { arbitrary: fc.constantFrom(0n, 300n, 301n, 365n * DAY, 365n * DAY + 1n), weight: 1 },
  ),
  seconds: fc.constantFrom(0n, 1n, 60n, 60n, 300n, 300n, 1800n, 3599n, 3600n, DAY),
  agent: fc.oneof(
    { arbitrary: fc.constantFrom(...AGENTS), weight: 9 },
    { arbitrary: fc.constantFrom(4n, 2n ** 96n), weight: 1 },
  ),
})
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

describe('JobEscrow, beside its model', () => {
  let chain: Chain
  let tokens: readonly Contract<typeof demoDollarAbi>[]
  let restore: () => Promise<void>
  let start: State

  beforeAll(async () => {
    chain = await openChain()
    const second = await chain.deployContract(demoDollarAbi, demoDollarBytecode, [10n ** 15n])
    tokens = [chain.dollar, second]
    for (const person of PEOPLE) {
      await chain.send(person, chain.agents, 'register', [])
      for (const token of tokens) {
        await chain.send(OWNER, token, 'transfer', [addressOf(person), WEALTH])
        await chain.send(person, token, 'approve', [chain.escrow.address, 2n ** 256n - 1n])
      }
    }
    restore = await chain.snapshot()
    start = {
      time: chain.now(),
      jobs: new Map(),
      agentOwners: new Map(AGENTS.map((agent, at) => [agent, ADDRESSES[at] ?? NOBODY])),
      balances: new Map(
        tokens.flatMap(({ address }) => ADDRESSES.map((owner) => [balanceKey(address, owner), WEALTH])),
      ),
    }
  })

  it('has the times of the contract', async () => {
    expect(await chain.read(chain.escrow, 'MIN_DURATION', [])).toBe(jobModel.MIN_DURATION_SECONDS)
    expect(await chain.read(chain.escrow, 'MAX_DURATION', [])).toBe(jobModel.MAX_DURATION_SECONDS)
    expect(await chain.read(chain.escrow, 'EVALUATION_GRACE_PERIOD', [])).toBe(jobModel.EVALUATION_GRACE_SECONDS)
  })

  it('agrees with it after every step of any sequence, and every sequence ends with an empty escrow', async () => {
    const seen = new Map<string, number>()
    const run = async (steps: readonly Step[]) => {
      await restore()
      let state = start
      const payouts: Happened[] = []
      for (const [at, chosen] of steps.entries()) {
        const action = actionOf(chosen, state)
        const decision = decide(state, action)
        const outcome = await perform(action)

        const expected = decision.status === 'refused' ? decision.error : 'accepted'
        expect(outcome.name, `step ${at}: ${describeAction(action)}`).toBe(expected)
        seen.set(`${action.name} ${expected}`, (seen.get(`${action.name} ${expected}`) ?? 0) + 1)
        if (decision.status === 'accepted') state = decision.state
        payouts.push(...outcome.events.filter(({ name }) => name === 'PaymentReleased' || name === 'Refunded'))
        await expectSameState(state)
      }
      await leaveByTheLastExit(state, payouts)
      expectNoJobPaidTwice(state, payouts)
    }

    // Without bias: fast-check's favours the ends of ranges, and most sequences would stay shallow.
    const sequences = fc.array(fc.noBias(step), { minLength: STEPS_PER_RUN, maxLength: STEPS_PER_RUN })
    const numRuns = Math.ceil(STEPS / STEPS_PER_RUN)
    const seed = Number(process.env.FUZZ_SEED ?? 1)
    // Shrinking takes minutes: only who asks for many steps waits for it.
    const endOnFailure = process.env.FUZZ_STEPS === undefined
    await fc.assert(fc.asyncProperty(sequences, run), { numRuns, seed, endOnFailure })
    if (process.env.FUZZ_STEPS)
      console.log(
        [...seen]
          .sort()
          .map(([what, times]) => `${what}: ${times}`)
          .join('\n'),
      )
    const reached = ['fund', 'submit', 'complete', 'reject', 'claimRefund'].map((name) => `${name} accepted`)
    if (STEPS >= 4000) expect([...seen.keys()]).toEqual(expect.arrayContaining(reached))
  }, 3_600_000)

  function actionOf(chosen: Step, state: State): Action {
    const { name } = chosen
    if (name === 'wait') return { name, seconds: secondsToEdge(chosen, state) ?? chosen.seconds }
    if (name === 'transferAgent') return { name, agentId: AGENTS[chosen.job % 4] ?? 0n, to: person(chosen.who) }
    if (name === 'createJob' || (state.jobs.size === 0 && chosen.isRightful)) return creationOf(chosen, state)

    const suitable = [...state.jobs].filter(([, job]) => chosen.isRightful && isReadyFor(name, job, state.time))
    const ids = (suitable.length > 0 ? suitable : [...state.jobs]).map(([id]) => id)
    const id = chosen.isOdd || ids.length === 0 ? HASH : (ids[chosen.job % ids.length] ?? HASH)
    const job = state.jobs.get(id)
    const rightful = chosen.isRightful && job ? rightfulCaller(name, job, chosen) : undefined
    const base = { caller: rightful ?? person(chosen.who), jobId: id }
    if (name === 'setProvider') {
      const provider = chosen.isOdd ? undefined : person(chosen.other)
      return { ...base, name, provider, agentId: agentOf(chosen, provider, state) }
    }
    if (name === 'setBudget') {
      return { ...base, name, token: chosen.isOdd ? undefined : token(chosen.token), amount: chosen.amount }
    }
    if (name === 'fund') return { ...base, name, expectedBudget: chosen.isOdd ? chosen.amount : (job?.budget ?? 0n) }
    return { ...base, name }
  }

  function creationOf(chosen: Step, state: State): Action {
    const caller = person(chosen.who)
    const count = [...state.jobs.values()].filter(({ client }) => client === caller).length
    const provider = chosen.hasProvider ? person(chosen.other) : undefined
    return {
      name: 'createJob',
      caller,
      jobId: jobId(domainSeparator(domainOf(chain, chain.escrow), keccak), caller, BigInt(count), keccak),
      provider,
      evaluator:
        chosen.isOdd && chosen.hasProvider ? undefined : person(chosen.isRightful ? chosen.other + 1 : chosen.job),
      expiredAt: state.time + chosen.duration,
      hook: chosen.isOdd && !chosen.hasProvider ? chain.dollar.address : undefined,
      agentId: agentOf(chosen, provider, state),
    }
  }

  function agentOf({ isRightful, agent }: Step, provider: string | undefined, state: State): bigint {
    const own = [...state.agentOwners].find(([, owner]) => owner === provider)
    return isRightful && own ? own[0] : agent
  }

  function person(number: number): Hex {
    return ADDRESSES[number % ADDRESSES.length] ?? NOBODY
  }

  function token(number: number): Hex {
    return tokens[number]?.address ?? NOBODY
  }

  async function perform(action: Action): Promise<{ readonly name: string; readonly events: readonly Happened[] }> {
    try {
      return { name: 'accepted', events: await transact(action) }
    } catch (error) {
      if (!(error instanceof Reverted)) throw error
      return { name: nameOf(error), events: [] }
    }
  }

  async function transact(action: Action): Promise<readonly Happened[]> {
    if (action.name === 'wait') {
      chain.warp(action.seconds)
      return []
    }
    if (action.name === 'transferAgent') {
      const owner = await chain.read(chain.agents, 'ownerOf', [action.agentId])
      const args = [owner, action.to as Hex, action.agentId] as const
      return (await chain.send({ address: owner }, chain.agents, 'transferFrom', args)).events
    }
    return (await sendToEscrow(action)).events
  }

  function sendToEscrow(action: Exclude<Action, { readonly name: 'wait' | 'transferAgent' }>) {
    const caller = { address: action.caller as Hex }
    const id = BigInt(action.jobId)
    switch (action.name) {
      case 'createJob': {
        const { provider, evaluator, expiredAt, hook, agentId } = action
        const args = [accountOf(provider), accountOf(evaluator), expiredAt, 'fuzz', accountOf(hook), agentId] as const
        return chain.send(caller, chain.escrow, 'createJob', args)
      }
      case 'setProvider':
        return chain.send(caller, chain.escrow, 'setProvider', [id, accountOf(action.provider), action.agentId])
      case 'setBudget':
        return chain.send(caller, chain.escrow, 'setBudget', [id, accountOf(action.token), action.amount, '0x'])
      case 'fund':
        return chain.send(caller, chain.escrow, 'fund', [id, action.expectedBudget, '0x'])
      case 'claimRefund':
        return chain.send(caller, chain.escrow, 'claimRefund', [id])
      default:
        return chain.send(caller, chain.escrow, action.name, [id, HASH, '0x'])
    }
  }

  async function expectSameState(state: State): Promise<void> {
    expect(chain.now()).toBe(state.time)
    for (const [id, job] of state.jobs) {
      const stored = await chain.read(chain.escrow, 'getJob', [BigInt(id)])
      expect(stored).toEqual({
        client: job.client,
        expiredAt: Number(job.expiredAt),
        submittedAt: Number(job.submittedAt),
        status: jobStatuses.indexOf(job.status),
        provider: accountOf(job.provider),
        providerAgentId: job.agentId,
        evaluator: job.evaluator,
        token: accountOf(job.token),
        budget: job.budget,
      })
    }
    for (const { address, ...contract } of tokens) {
      let total = 0n
      for (const owner of [...ADDRESSES, ESCROW]) {
        const account = owner === ESCROW ? chain.escrow.address : (owner as Hex)
        const balance = await chain.read({ address, ...contract }, 'balanceOf', [account])
        expect(balance).toBe(state.balances.get(balanceKey(address, owner)) ?? 0n)
        total += balance
      }
      // Money in = money out + held, and what is held is what open promises add up to.
      expect(total).toBe(WEALTH * BigInt(PEOPLE.length))
      expect(state.balances.get(balanceKey(address, ESCROW)) ?? 0n).toBe(promised(state, address))
    }
  }

  /** From any state, with nobody's help but time's: a stranger returns all that is held. */
  async function leaveByTheLastExit(state: State, payouts: Happened[]): Promise<void> {
    chain.warp(jobModel.MAX_DURATION_SECONDS + jobModel.EVALUATION_GRACE_SECONDS)
    for (const [id, { status }] of state.jobs) {
      if (hasEnded(status)) continue
      const { events } = await chain.send(OWNER, chain.escrow, 'claimRefund', [BigInt(id)])
      payouts.push(...events.filter(({ name }) => name === 'Refunded'))
    }
    for (const contract of tokens) expect(await chain.read(contract, 'balanceOf', [chain.escrow.address])).toBe(0n)
  }

  function expectNoJobPaidTwice(state: State, payouts: readonly Happened[]): void {
    const paid = payouts.filter(({ args }) => args.amount !== 0n).map(({ args }) => args.jobId as bigint)
    expect(new Set(paid).size).toBe(paid.length)
    for (const { args } of payouts) {
      const id = `0x${(args.jobId as bigint).toString(16).padStart(64, '0')}`
      expect(args.amount).toBe(state.jobs.get(id)?.budget)
    }
  }
})

function rightfulCaller(name: Action['name'], job: Job, { token }: Step): string | undefined {
  if (name === 'submit') return job.provider
  if (name === 'complete') return job.evaluator
  if (name === 'reject') return job.status === 'Open' ? job.client : job.evaluator
  if (name === 'setBudget' && token === 0) return job.provider
  return name === 'claimRefund' ? undefined : job.client
}

/** Whether the action is the job's next step, so that sequences get far. */
function isReadyFor(name: Action['name'], { status, provider, token, budget, expiredAt }: Job, time: bigint): boolean {
  if (name === 'setProvider') return status === 'Open' && provider === undefined
  if (name === 'setBudget') return status === 'Open' && token === undefined
  if (name === 'fund') return status === 'Open' && provider !== undefined && budget > 0n
  if (name === 'submit') return status === 'Funded'
  if (name === 'complete') return status === 'Submitted'
  if (name === 'claimRefund') return (status === 'Funded' || status === 'Submitted') && time >= expiredAt
  return !hasEnded(status)
}

/** To the second of a near edge of some job, or to the one before: that is where checks go wrong. */
function secondsToEdge({ job: number, who, other, isRightful }: Step, { jobs, time }: State): bigint | undefined {
  const job = [...jobs.values()][number % Math.max(jobs.size, 1)]
  if (!job || !isRightful) return undefined
  const edge = other % 2 === 0 ? job.expiredAt : job.submittedAt + jobModel.EVALUATION_GRACE_SECONDS
  const seconds = edge - BigInt(who % 2) - time
  return seconds >= 0n && seconds <= 7200n ? seconds : undefined
}

function promised(state: State, token: string): bigint {
  return [...state.jobs.values()]
    .filter((job) => job.token === token && (job.status === 'Funded' || job.status === 'Submitted'))
    .reduce((total, { budget }) => total + budget, 0n)
}

function hasEnded(status: Job['status']): boolean {
  return status === 'Completed' || status === 'Rejected' || status === 'Expired'
}

function accountOf(account: string | undefined): Hex {
  return (account ?? NOBODY) as Hex
}

/** What the registry and the token say, in the model's words. */
function nameOf({ message }: Reverted): string {
  const [name = ''] = message.split(':')
  if (name === 'ERC721NonexistentToken') return 'AgentUnknown'
  return name === 'ERC20InsufficientBalance' ? 'TransferRefused' : name
}

function describeAction(action: Action): string {
  return JSON.stringify(action, (_, value) => (typeof value === 'bigint' ? value.toString() : value))
}
