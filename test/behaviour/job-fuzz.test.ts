import { type Hex, jobModel, jobStatuses, NOBODY } from '@parley/protocol'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Driver, type Happened, hexOfJobId, type Person, Refused } from './driver.ts'
import { openEvm } from './evm-driver.ts'
import { play, promisedBy, TREASURER } from './job-ground.ts'
import { actionOf, type Cast, describeAction, hasEnded, type Step, sequenceOf } from './job-steps.ts'
import { openNear } from './near-driver.ts'
import { nextJobId } from './scenario.ts'

/** How many actions to try in all: more find more. Steps of NEAR are many blocks each. */
const STEPS = process.env.FUZZ_STEPS
const CHAINS = [
  ['EVM', openEvm, 2500],
  ['NEAR', openNear, 400],
] as const
const STEPS_PER_RUN = 100

const { balanceKey, decide, ESCROW, feeOn, grossOf, inLedger, TREASURY } = jobModel
type State = jobModel.EscrowState
type Action = jobModel.EscrowAction

/** Everybody may be client, provider or evaluator. */
const PEOPLE: readonly Person[] = ['alice', 'bob', 'carol', 'operator']
const AGENTS = [0n, 1n, 2n, 3n]
/** Little enough that some cannot pay. */
const WEALTH = 1000n
/** As much of it as is in the ledger. */
const SAVINGS = 500n
const HASH: Hex = `0x${'5a'.repeat(32)}`

describe.each(CHAINS)('jobs on %s, beside their model', (_, open, usualSteps) => {
  const steps = Number(STEPS ?? usualSteps)
  let chain: Driver
  let cast: Cast
  let restore: () => Promise<void>
  let start: State

  beforeAll(async () => {
    chain = await open()
    const tokens = [chain.dollar, await chain.addToken()]
    for (const person of PEOPLE) {
      await chain.send(person, 'register', { agentURI: '', metadata: [] })
      for (const token of tokens) {
        await chain.give(token, person, WEALTH)
        await chain.deposit(person, token, SAVINGS)
      }
      await chain.send(person, 'setOperator', { spender: chain.escrow, approved: true })
    }
    restore = await chain.snapshot()
    const people = PEOPLE.map((person) => chain.accounts[person])
    cast = { people, tokens, agents: AGENTS, unknownJob: HASH }
    start = {
      time: chain.now(),
      jobs: new Map(),
      agentOwners: new Map(AGENTS.map((agent, at) => [agent, people[at] ?? NOBODY])),
      balances: new Map(
        tokens.flatMap((token) =>
          people.flatMap((owner) => [
            [balanceKey(token, owner), WEALTH - SAVINGS],
            [balanceKey(inLedger(token), owner), SAVINGS],
          ]),
        ),
      ),
      refusing: new Set(),
      platformFeeBP: 0n,
      fees: new Map(),
    }
  })

  it('agree with it after every step of any sequence, and every sequence ends with an empty escrow', async () => {
    const seen = new Map<string, number>()
    const run = async (chosenSteps: readonly Step[]) => {
      await restore()
      let state = start
      const happened: Happened[] = []
      for (const [at, chosen] of chosenSteps.entries()) {
        const action = await withNextId(actionOf(chosen, state, cast))
        const decision = decide(state, action)
        const outcome = await perform(action)

        const expected = expectedOf(state, action, decision)
        expect(outcome.name, `step ${at}: ${describeAction(action)}`).toBe(expected)
        seen.set(`${action.name} ${expected}`, (seen.get(`${action.name} ${expected}`) ?? 0) + 1)
        if (decision.status === 'accepted') state = decision.state
        happened.push(...outcome.events)
        if (!('jobId' in action)) continue
        await expectSameJob(state, action.jobId)
        await expectSameMoney(state)
      }
      for (const id of state.jobs.keys()) await expectSameJob(state, id)
      expect(chain.now()).toBe(state.time)
      await leaveByTheLastExit(state, happened)
      expectEachJobPaidOnce(state, happened)
    }

    const numRuns = Math.ceil(steps / STEPS_PER_RUN)
    const seed = Number(process.env.FUZZ_SEED ?? 1)
    // Shrinking takes minutes: only who asks for many steps waits for it.
    const endOnFailure = STEPS === undefined
    await fc.assert(fc.asyncProperty(sequenceOf(STEPS_PER_RUN, WEALTH), run), { numRuns, seed, endOnFailure })
    if (STEPS !== undefined)
      console.log(
        [...seen]
          .sort()
          .map(([what, times]) => `${what}: ${times}`)
          .join('\n'),
      )
    const ends = ['complete', 'reject', 'claimRefund', 'release', 'redo', 'claimPayment']
    const reached = [
      'hire',
      'fundFromLedger',
      'collectFees',
      'fund',
      'submit',
      'setPayee',
      'setEvaluationPeriod',
      ...ends,
    ].map((name) => `${name} accepted`)
    if (steps >= usualSteps) expect([...seen.keys()]).toEqual(expect.arrayContaining(reached))
  }, 3_600_000)

  /** The id that the chain tells: on NEAR a creation that the agent registry ended has used one up. */
  async function withNextId(action: Action): Promise<Action> {
    if (action.name !== 'createJob' && action.name !== 'hire') return action
    const client = action.name === 'hire' ? action.client : action.caller
    return { ...action, jobId: hexOfJobId(await nextJobId(chain, personOf(client))) }
  }

  /** A token of NEAR moves the money before it asks: it refuses who has not enough, whatever the escrow would say. */
  function expectedOf(state: State, action: Action, decision: jobModel.Decision): string {
    if (chain.kind === 'near' && action.name === 'fund' && action.expectedBudget > 0n) {
      const token = state.jobs.get(action.jobId)?.token ?? chain.dollar
      const held = state.balances.get(balanceKey(token, action.caller)) ?? 0n
      if (held < action.expectedBudget) return 'TransferRefused'
    }
    if (chain.kind === 'near' && action.name === 'hire' && !action.isInLedger && action.caller === action.client) {
      const held = state.balances.get(balanceKey(action.token, action.caller)) ?? 0n
      if (held < action.budget) return 'TransferRefused'
    }
    return decision.status === 'refused' ? decision.error : 'accepted'
  }

  async function perform(action: Action): Promise<{ readonly name: string; readonly events: readonly Happened[] }> {
    try {
      return { name: 'accepted', events: await play({ chain, personOf }, action) }
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      return { name: nameOf(error), events: [] }
    }
  }

  async function expectSameJob(state: State, id: string): Promise<void> {
    const job = state.jobs.get(id)
    if (!job) return
    const jobId = BigInt(id)
    const { client, expiredAt, submittedAt, evaluator, budget } = job
    expect(await chain.read('getJob', { jobId })).toMatchObject({
      ...{ client, expiredAt, submittedAt, evaluator, budget },
      status: BigInt(jobStatuses.indexOf(job.status)),
      provider: job.provider ?? NOBODY,
      providerAgentId: job.agentId,
      token: job.token ?? NOBODY,
    })
    expect(await chain.read('payeeOf', { jobId })).toBe(job.payee ?? job.provider ?? NOBODY)
    expect(await chain.read('paymentOf', { jobId })).toBe(grossOf(job) - feeOn(grossOf(job), job))
    expect(await chain.read('feeOf', { jobId })).toBe(feeOn(grossOf(job), job))
    expect(await chain.read('owed', { jobId })).toBe(job.owedToProvider + job.owedToClient)
  }

  async function expectSameMoney(state: State): Promise<void> {
    for (const token of cast.tokens) {
      let total = 0n
      let saved = 0n
      for (const owner of [...cast.people, ESCROW, TREASURY]) {
        const account = accountOf(owner)
        const inside = await chain.ledgerBalanceOf(token, account)
        expect(inside).toBe(state.balances.get(balanceKey(inLedger(token), owner)) ?? 0n)
        saved += inside
        const balance = state.balances.get(balanceKey(token, owner)) ?? 0n
        // On NEAR the escrow is the ledger too: what it holds for that is counted below.
        if (account !== chain.ledger) expect(await chain.balanceOf(token, account)).toBe(balance)
        total += balance
      }
      // Money in = money out + held, and what is held is what open promises add up to.
      const held = state.balances.get(balanceKey(token, ESCROW)) ?? 0n
      const isOne = chain.escrow === chain.ledger
      expect(await chain.balanceOf(token, chain.ledger)).toBe(isOne ? saved + held : saved)
      expect(total + saved).toBe(WEALTH * BigInt(PEOPLE.length))
      expect(held).toBe(promisedBy(state, token))
      const heldInLedger = state.balances.get(balanceKey(inLedger(token), ESCROW)) ?? 0n
      expect(heldInLedger).toBe(promisedBy(state, token, true))
    }
  }

  /** From any state, with nobody's help but time's and the token's: a stranger returns all that is held, and has paid what is owed. */
  async function leaveByTheLastExit(state: State, happened: Happened[]): Promise<void> {
    await chain.warp(jobModel.MAX_DURATION_SECONDS + jobModel.MAX_EVALUATION_SECONDS)
    for (const token of state.refusing) await chain.refuse(token, false)
    for (const [id, { status, owedToProvider, owedToClient }] of state.jobs) {
      const jobId = BigInt(id)
      if (owedToProvider + owedToClient > 0n) happened.push(...(await chain.send('relayer', 'claimPayment', { jobId })))
      if (!hasEnded(status)) happened.push(...(await chain.send('relayer', 'claimRefund', { jobId })))
    }
    for (const token of cast.tokens) {
      const { direct = 0n, inLedger = 0n } = state.fees.get(token) ?? {}
      if (direct + inLedger > 0n) await chain.send('relayer', 'collectFees', { token })
      expect(await chain.ledgerBalanceOf(token, chain.escrow)).toBe(0n)
      if (chain.escrow !== chain.ledger) expect(await chain.balanceOf(token, chain.escrow)).toBe(0n)
    }
  }

  /** All that a job paid out is its budget, if it was funded, and nothing if not. */
  function expectEachJobPaidOnce(state: State, events: readonly Happened[]): void {
    const payouts = events.filter(({ name }) => ['PaymentReleased', 'Refunded', 'PlatformFeePaid'].includes(name))
    const paid = new Map<string, bigint>()
    for (const { args } of payouts) {
      const id = hexOfJobId(args.jobId as bigint)
      paid.set(id, (paid.get(id) ?? 0n) + (args.amount as bigint))
    }
    for (const [id, { status, budget }] of state.jobs) {
      const wasFunded = events.some(({ name, args }) => name === 'JobFunded' && hexOfJobId(args.jobId as bigint) === id)
      expect(paid.get(id) ?? 0n, status).toBe(wasFunded ? budget : 0n)
    }
  }

  function accountOf(owner: string): string {
    if (owner === TREASURY) return chain.accounts[TREASURER]
    return owner === ESCROW ? chain.escrow : owner
  }

  function personOf(account: string): Person {
    const person = PEOPLE.find((someone) => chain.accounts[someone] === account)
    if (person === undefined) throw new Error(`${account} is nobody's`)
    return person
  }
})

/** What the registry and the token say, in the model's words. */
function nameOf({ message }: Refused): string {
  const [name = ''] = message.split(':')
  if (name === 'ERC721NonexistentToken') return 'AgentUnknown'
  const isTokens = name === 'ERC20InsufficientBalance' || message.startsWith('InputInvalid: amount is')
  return isTokens ? 'TransferRefused' : name
}
