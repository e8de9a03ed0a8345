import { type Hex, jobModel, jobStatuses, NOBODY } from '@parley/protocol'
import { beforeAll, describe, expect, it } from 'vitest'
import { changed, expectLikeModel } from './beside-model.ts'
import { type Driver, type Happened, hexOfJobId, type Person, Refused } from './driver.ts'
import { openEvm } from './evm-driver.ts'
import { expectEachJobPaidOnce, play, promisedBy, TREASURER } from './job-ground.ts'
import { actionsOf, type Cast, hasEnded, type Step, stepOf } from './job-steps.ts'
import { openNear } from './near-driver.ts'
import { nextJobId } from './scenario.ts'

/** Steps of NEAR are many blocks each. */
const CHAINS = [
  ['EVM', openEvm, 2500],
  ['NEAR', openNear, 600],
] as const
const REACHED = [
  ...(['hire', 'fundFromLedger', 'fund', 'submit', 'setPayee', 'setEvaluationPeriod', 'collectFees'] as const),
  ...(['complete', 'reject', 'claimRefund', 'release', 'redo', 'claimPayment'] as const),
]

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
/** The jobs before it changes pay it too. */
const FEE_BP = 333n
const HASH: Hex = `0x${'5a'.repeat(32)}`

describe.each(CHAINS)('jobs on %s, beside their model', (_, open, steps) => {
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
    await play({ chain, personOf }, { name: 'setPlatformFee', feeBP: FEE_BP })
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
      platformFeeBP: FEE_BP,
      fees: new Map(),
    }
  })

  it('agree with it after every step of any sequence, and every sequence ends with an empty escrow', async () => {
    let happened: Happened[] = []
    await expectLikeModel<State, Action, Step>(
      {
        restore: async () => {
          happened = []
          await restore()
        },
        start,
        actionsOf: (chosen, state) => Promise.all(actionsOf(chosen, state, cast).map(withNextId)),
        decide: decideHere,
        perform: async (action) => {
          happened.push(...(await perform(action)))
        },
        expectSameState: async (state, before) => {
          expect(chain.now()).toBe(state.time)
          for (const [id, job] of changed(state.jobs, before?.jobs)) await expectSameJob(BigInt(id), job)
          await expectSameMoney(state, before)
        },
        leave: async (state) => {
          await leaveByTheLastExit(state, happened)
          expectEachJobPaidOnce(state, happened)
        },
      },
      { step: stepOf(WEALTH), steps, reached: REACHED.map((name) => `${name} accepted`) },
    )
  }, 3_600_000)

  /** The id that the chain tells: on NEAR a creation that the agent registry ended has used one up. */
  async function withNextId(action: Action): Promise<Action> {
    if (action.name !== 'createJob' && action.name !== 'hire') return action
    const client = action.name === 'hire' ? action.client : action.caller
    return { ...action, jobId: hexOfJobId(await nextJobId(chain, personOf(client))) }
  }

  /** A token of NEAR moves the money before it asks: it refuses who has not enough, whatever the escrow would say. */
  function decideHere(state: State, action: Action): jobModel.Decision {
    const paid = chain.kind === 'near' ? paidDirectly(state, action) : undefined
    const held = paid && (state.balances.get(balanceKey(paid.token, paid.caller)) ?? 0n)
    const isShort = paid !== undefined && held !== undefined && held < paid.amount
    return isShort ? { status: 'refused', error: 'TransferRefused' } : decide(state, action)
  }

  function paidDirectly(state: State, action: Action) {
    const { dollar } = chain
    if (action.name === 'fund') {
      const { caller, jobId, expectedBudget: amount } = action
      return { caller, token: state.jobs.get(jobId)?.token ?? dollar, amount }
    }
    const isDirect = action.name === 'hire' && !action.isInLedger && action.caller === action.client
    return isDirect ? { caller: action.caller, token: action.token, amount: action.budget } : undefined
  }

  async function perform(action: Action): Promise<readonly Happened[]> {
    try {
      return await play({ chain, personOf }, action)
    } catch (error) {
      throw error instanceof Refused ? new Refused(`${nameOf(error)}:`, { cause: error }) : error
    }
  }

  async function expectSameJob(jobId: bigint, job: jobModel.Job): Promise<void> {
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

  /** Each balance that a step has changed, all of them at the end, and what contracts hold. */
  async function expectSameMoney(state: State, before: State | undefined): Promise<void> {
    const { balances } = state
    if (balances === before?.balances) return
    const isOne = chain.escrow === chain.ledger
    for (const token of cast.tokens) {
      const kept = inLedger(token)
      const of = (kind: string, owner: string) => balances.get(balanceKey(kind, owner)) ?? 0n
      const isSame = (kind: string, owner: string) =>
        before !== undefined && of(kind, owner) === (before.balances.get(balanceKey(kind, owner)) ?? 0n)
      const owners = [...cast.people, ESCROW, TREASURY]
      for (const owner of owners) {
        const account = accountOf(owner)
        if (!isSame(kept, owner)) expect(await chain.ledgerBalanceOf(token, account)).toBe(of(kept, owner))
        // On NEAR the escrow is the ledger too: what it holds for that is counted below.
        if (!isSame(token, owner) && account !== chain.ledger)
          expect(await chain.balanceOf(token, account)).toBe(of(token, owner))
      }
      // Money in = money out + held, and what is held is what open promises add up to.
      const saved = owners.reduce((sum, owner) => sum + of(kept, owner), 0n)
      const direct = owners.reduce((sum, owner) => sum + of(token, owner), 0n)
      expect(await chain.balanceOf(token, chain.ledger)).toBe(isOne ? saved + of(token, ESCROW) : saved)
      expect(direct + saved).toBe(WEALTH * BigInt(PEOPLE.length))
      expect(of(token, ESCROW)).toBe(promisedBy(state, token))
      expect(of(kept, ESCROW)).toBe(promisedBy(state, token, true))
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
