import type { Hex } from '@parley/protocol'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ALICE, actor, BOB, CAROL, GUARDIAN, OPERATOR, OWNER, RELAYER, ROOT } from './actors.ts'
import { type Chain, NEAR, openChain } from './chain.ts'
import {
  BUDGET,
  begin,
  createFundedJob,
  createPricedJob,
  DAY,
  HASH,
  hiring,
  jobOf,
  nextJobId,
  registration,
  submit,
  WORKLOAD,
} from './steps.ts'

const YOCTO_PER_BYTE = 10n ** 19n
const JOB_COST = 1130n * YOCTO_PER_BYTE
const ACCOUNT_COST = 210n * YOCTO_PER_BYTE

interface Balance {
  readonly total: string
  readonly available: string
}

let chain: Chain
let restore: () => void

beforeAll(async () => {
  chain = await openChain()
  await begin(chain)
  restore = chain.snapshot()
})

beforeEach(() => restore())

const balanceOf = (contract: string, account_id: string) =>
  chain.view<Balance | null>(contract, 'storage_balance_of', { account_id })
const available = async (contract: string, account_id: string) =>
  BigInt((await balanceOf(contract, account_id))?.available ?? 0)
const usageOf = (contract: string) => chain.node.query({ kind: 'latest' })?.viewAccount(contract)?.storageUsage ?? 0n
const nearOf = (account: string) => chain.node.query({ kind: 'latest' })?.viewAccount(account)?.amount ?? 0n

const STRANGER = 'stranger.test.near'
const deposit = (args: object, amount: bigint, contract = chain.parley) =>
  chain.send(RELAYER, contract, 'storage_deposit', args, { deposit: amount })
const withdraw = (amount?: bigint) => chain.send(ALICE, chain.parley, 'storage_withdraw', { amount }, { deposit: 1n })
const unregister = (contract = chain.parley, who = ALICE) =>
  chain.send(who, contract, 'storage_unregister', { force: true }, { deposit: 1n })
const createJob = (client = ALICE) =>
  chain.send(client, chain.parley, 'create_job', {
    provider: BOB.accountId,
    evaluator: OWNER.accountId,
    expired_at: chain.now() + DAY,
    description: '',
    provider_agent_id: '0',
  })

describe.each(['parley', 'agents'] as const)('storage_deposit of %s', (name) => {
  it('counts what anybody pays for an account', async () => {
    const { value } = await deposit({ account_id: STRANGER }, NEAR, chain[name])

    const balance = { total: String(NEAR), available: String(NEAR - ACCOUNT_COST) }
    expect(value).toEqual(balance)
    expect(await balanceOf(chain[name], STRANGER)).toEqual(balance)

    await deposit({ account_id: STRANGER }, 5n, chain[name])
    expect((await balanceOf(chain[name], STRANGER))?.total).toBe(String(NEAR + 5n))
  })

  it('is for the caller when it names nobody', async () => {
    const before = await available(chain[name], RELAYER.accountId)

    await deposit({}, NEAR, chain[name])

    expect(await available(chain[name], RELAYER.accountId)).toBe(before + NEAR)
  })

  it('takes null for an argument that is left out', async () => {
    const { value } = await deposit({ account_id: null, registration_only: null }, 5n, chain[name])

    expect(value).toMatchObject({ total: String(NEAR + 5n) })
  })

  it('rejects less than an account costs', async () => {
    const depositing = deposit({ account_id: STRANGER }, ACCOUNT_COST - 7n, chain[name])

    await expect(depositing).rejects.toThrow(`StorageDepositTooLow: ${STRANGER} 7`)
    expect(await balanceOf(chain[name], STRANGER)).toBeNull()
  })

  it('to register only takes what an account costs, once, and gives the rest back', async () => {
    const before = nearOf(chain[name])

    const { value } = await deposit({ account_id: STRANGER, registration_only: true }, NEAR, chain[name])
    expect(value).toEqual({ total: String(ACCOUNT_COST), available: '0' })
    await deposit({ account_id: STRANGER, registration_only: true }, NEAR, chain[name])

    expect((await balanceOf(chain[name], STRANGER))?.total).toBe(String(ACCOUNT_COST))
    // What calls burn pays the contract a share; a NEAR that stayed would be seen.
    expect(nearOf(chain[name]) - before).toBeLessThan(NEAR / 10n)
  })

  it('has the bounds that it holds to', async () => {
    expect(await chain.view(chain[name], 'storage_balance_bounds')).toEqual({ min: String(ACCOUNT_COST), max: null })
  })
})

describe('storage_withdraw', () => {
  it('gives back what is not needed, and no more', async () => {
    await createJob()
    const free = await available(chain.parley, ALICE.accountId)

    await expect(withdraw(free + 1n)).rejects.toThrow(`StorageDepositTooLow: ${ALICE.accountId} 1`)
    await withdraw(free - 5n)
    expect(await available(chain.parley, ALICE.accountId)).toBe(5n)
    await withdraw()
    expect(await balanceOf(chain.parley, ALICE.accountId)).toEqual({
      total: String(JOB_COST + ACCOUNT_COST),
      available: '0',
    })
  })

  it('rejects an account that is not there', async () => {
    const withdrawing = chain.send(ROOT, chain.parley, 'storage_withdraw', {}, { deposit: 1n })

    await expect(withdrawing).rejects.toThrow(`StorageDepositTooLow: ${ROOT.accountId} ${ACCOUNT_COST}`)
  })

  it.each(['storage_withdraw', 'storage_unregister'])('asks for one yoctoNEAR, as %s does', async (method) => {
    const without = chain.send(ALICE, chain.parley, method, {})

    await expect(without).rejects.toThrow('InputInvalid: attached_deposit must be 1 yoctoNEAR')
  })
})

describe('storage_unregister', () => {
  it('returns all that an account that takes up nothing has deposited', async () => {
    const { value } = await unregister()

    expect(value).toBe(true)
    expect(await balanceOf(chain.parley, ALICE.accountId)).toBeNull()
    expect((await unregister()).value).toBe(false)
  })

  it('rejects an account that takes up state, whatever is forced', async () => {
    await expect(unregister(chain.agents, BOB)).rejects.toThrow(`StorageDepositTooLow: ${BOB.accountId}`)
  })

  it('keeps the count of jobs, so that no job gets the id of another', async () => {
    const first = await nextJobId(chain)
    // The agent is not Carol's: the registry ends the job, which has used up its id and takes up nothing.
    const creation = { provider: CAROL.accountId, evaluator: OWNER.accountId, provider_agent_id: '0', description: '' }
    chain.attempt(ALICE, chain.parley, 'create_job', { ...creation, expired_at: chain.now() + DAY })
    expect((await balanceOf(chain.parley, ALICE.accountId))?.available).toBe(String(NEAR - ACCOUNT_COST))

    await expect(unregister()).rejects.toThrow('StorageDepositTooLow')
    expect(await nextJobId(chain)).not.toBe(first)
  })
})

describe('what is charged', () => {
  it('is exactly what the state grows by, for whoever acts', async () => {
    const calls = [
      [
        BOB,
        chain.agents,
        'register',
        { agent_uri: 'ipfs://x', metadata: [{ metadata_key: 'k', metadata_value: '0x12' }] },
      ],
      [BOB, chain.agents, 'set_agent_uri', { agent_id: '0', new_uri: 'a longer one' }],
      [BOB, chain.agents, 'set_metadata', { agent_id: '0', metadata_key: 'k', metadata_value: '0x1234' }],
      [OPERATOR, chain.parley, 'issue_challenge', {}],
      [OWNER, chain.parley, 'set_workload', { workload: WORKLOAD, is_allowed: true }],
    ] as const
    for (const [who, contract, method, args] of calls) {
      const [used, free] = [usageOf(contract), await available(contract, who.accountId)]

      await chain.send(who, contract, method, args)

      const charged = free - (await available(contract, who.accountId))
      // The contract's own counters and the account's record may get a digit: that is not charged.
      const grown = (usageOf(contract) - used) * YOCTO_PER_BYTE
      expect(Number((grown - charged) / YOCTO_PER_BYTE), method).toBeLessThanOrEqual(4)
      expect(charged, method).toBeGreaterThan(0n)
    }
  })

  it('is credited when state is freed', async () => {
    await chain.send(OWNER, chain.parley, 'set_workload', { workload: WORKLOAD, is_allowed: true })
    const before = await available(chain.parley, OWNER.accountId)

    await chain.send(OWNER, chain.parley, 'set_workload', { workload: WORKLOAD, is_allowed: false })

    // 75 bytes of key, 4 of value, 40 that NEAR adds.
    expect((await available(chain.parley, OWNER.accountId)) - before).toBe(119n * YOCTO_PER_BYTE)
  })

  it('for a challenge is credited to who issued it when somebody else uses it up', async () => {
    await chain.send(OWNER, chain.parley, 'set_workload', { workload: WORKLOAD, is_allowed: true })
    const first = await chain.send(OPERATOR, chain.parley, 'issue_challenge', {})
    await chain.send(RELAYER, chain.parley, 'register_enclave', await registration(chain, first.value as Hex))
    const [issuer, bringer] = [OPERATOR.accountId, RELAYER.accountId]
    const before = [await available(chain.parley, issuer), await available(chain.parley, bringer)]

    const { value } = await chain.send(OPERATOR, chain.parley, 'issue_challenge', {})
    expect(await available(chain.parley, issuer)).toBeLessThan(before[0] ?? 0n)
    await chain.send(RELAYER, chain.parley, 'register_enclave', await registration(chain, value as Hex))

    expect([await available(chain.parley, issuer), await available(chain.parley, bringer)]).toEqual(before)
  })

  it('for a job is paid when it is created and covers all that comes, whoever acts later', async () => {
    const free = await available(chain.parley, ALICE.accountId)
    const before = usageOf(chain.parley)

    const job_id = await createFundedJob(chain)
    await chain.send(BOB, chain.parley, 'submit', { job_id, deliverable: WORKLOAD })
    await chain.send(BOB, chain.parley, 'storage_deposit', {}, { deposit: 1n })

    expect(free - (await available(chain.parley, ALICE.accountId))).toBe(JOB_COST)
    expect(usageOf(chain.parley) - before).toBeLessThan(1130n)
  })

  it('for a job covers the longest record that a job can have', async () => {
    const longest = (start: string) => actor(`${start.repeat(64 - '.test.near'.length)}.test.near`).accountId
    const record = {
      submitted_at: '18446744073',
      status: 5,
      provider: longest('p'),
      provider_agent_id: String(2n ** 96n - 1n),
      token: longest('t'),
      budget: String(2n ** 96n - 1n),
      terms: `0x${'00'.repeat(32)}`,
      platform_fee_bp: '500',
      evaluation_period: '7776000',
      payee: longest('q'),
      is_in_ledger: true,
      released: String(2n ** 96n - 1n),
      client: longest('c'),
      evaluator: longest('e'),
      expired_at: '18446744073',
    }
    // Both together are a part of the budget.
    const owed = { owed_to_provider: String(2n ** 95n), owed_to_client: String(2n ** 95n) }
    const others = { ...owed, hook: longest('h'), is_awaited: true }
    await chain.send(OWNER, chain.parley, 'set_platform_fee', { fee_bp: '1', treasury: OWNER.accountId })
    const job_id = await createPricedJob(chain, chain.dollar)
    await chain.send(CAROL, chain.parley, 'set_evaluation_period', { job_id, period: '60' })
    await chain.send(...chain.transferCall(ALICE, chain.dollar, BUDGET, ''))
    const funding = { job_id, expected_budget: BUDGET }
    await chain.send(ALICE, chain.parley, 'fund_from_ledger', funding, { deposit: 1n })
    await chain.send(BOB, chain.parley, 'set_payee', { job_id, payee: CAROL.accountId }, { deposit: 1n })
    await chain.send(CAROL, chain.parley, 'release', { job_id, amount: '1', reason: HASH })

    const fields = Object.keys((await chain.view<object>(chain.parley, 'get_job', { job_id })) ?? {})
    expect(fields.sort()).toEqual(Object.keys(record).sort())
    expect(`job:${job_id}`.length + JSON.stringify({ ...record, ...others }).length + 40).toBeLessThanOrEqual(1130)
  })
})

describe('milestones', () => {
  it('are paid for by the client that sets them, and their approval by nobody', async () => {
    const judgedInParts = { evaluator: chain.parley, duration: 10n * DAY }
    const job_id = await createPricedJob(chain, chain.dollar, judgedInParts)
    const [usage, before] = [usageOf(chain.parley), await available(chain.parley, ALICE.accountId)]
    // The tenth needs a second digit.
    const amounts = [...Array.from({ length: 15 }, () => '1'), String(BUDGET - 15n)]
    const terms = { judge: CAROL.accountId, review_seconds: '3600', amounts }
    await chain.send(ALICE, chain.parley, 'set_milestone_terms', { job_id, terms })
    const bytes = usageOf(chain.parley) - usage

    expect(bytes).toBeGreaterThan(100n)
    // The job's own record got longer in what its creation has paid for.
    const own = BigInt('"milestones"'.length - 'null'.length + ',"evaluation_period":"90000"'.length)
    expect(before - (await available(chain.parley, ALICE.accountId))).toBe((bytes - own) * YOCTO_PER_BYTE)

    await chain.send(...chain.transferCall(ALICE, chain.dollar, BUDGET, { fund: { job_id, expected_budget: BUDGET } }))
    const jobBytes = async () => BigInt(JSON.stringify(await jobOf(chain, job_id)).length)
    const [usageBefore, jobBefore] = [usageOf(chain.parley), await jobBytes()]
    for (let milestone = 0; milestone < 11; milestone++) {
      await submit(chain, job_id)
      await chain.send(CAROL, chain.parley, 'approve_milestone', { job_id, milestone: String(milestone) })
    }
    expect(usageOf(chain.parley) - usageBefore).toBe((await jobBytes()) - jobBefore)
  })
})

describe('a quorum', () => {
  it('is paid for by the client that names it, and its votes by nobody', async () => {
    const job_id = await createPricedJob(chain, chain.dollar, { evaluator: chain.parley })
    const [usage, before] = [usageOf(chain.parley), await available(chain.parley, ALICE.accountId)]
    const members = [CAROL.accountId, STRANGER]
    await chain.send(ALICE, chain.parley, 'set_quorum_terms', { job_id, members, threshold: '2' })
    const bytes = usageOf(chain.parley) - usage

    expect(bytes).toBeGreaterThan(100n)
    // The job's own record got longer in what its creation has paid for.
    const own = BigInt(JSON.stringify('quorum').length - 'null'.length)
    expect(before - (await available(chain.parley, ALICE.accountId))).toBe((bytes - own) * YOCTO_PER_BYTE)

    await chain.send(...chain.transferCall(ALICE, chain.dollar, BUDGET, { fund: { job_id, expected_budget: BUDGET } }))
    await submit(chain, job_id)
    await unregister(chain.parley, CAROL)
    const after = usageOf(chain.parley)
    await chain.send(CAROL, chain.parley, 'cast_vote', { job_id, is_approval: true, reason: WORKLOAD })
    expect(usageOf(chain.parley)).toBe(after)
  })

  it('is refused to a client whose deposit does not pay for it', async () => {
    const job_id = await createPricedJob(chain, chain.dollar, { evaluator: chain.parley })
    await withdraw()

    const terms = { job_id, members: [CAROL.accountId], threshold: '1' }
    const setting = chain.send(ALICE, chain.parley, 'set_quorum_terms', terms)
    await expect(setting).rejects.toThrow(`StorageDepositTooLow: ${ALICE.accountId}`)
  })
})

describe('without a deposit', () => {
  it('no job is created, and a hiring gives the money back', async () => {
    await unregister()
    const missing = `StorageDepositTooLow: ${ALICE.accountId} ${ACCOUNT_COST + JOB_COST}`

    await expect(createJob()).rejects.toThrow(missing)
    const id = await nextJobId(chain)
    const hire = chain.attempt(...chain.transferCall(ALICE, chain.dollar, 5n, hiring(chain, id)))
    expect(hire.failure).toBe(missing)
    expect(hire.value).toBe('0')
    expect(await nextJobId(chain)).toBe(id)
  })

  it('that pays for one job, another is refused', async () => {
    await withdraw((await available(chain.parley, ALICE.accountId)) - JOB_COST)
    await createJob()

    await expect(createJob()).rejects.toThrow(`StorageDepositTooLow: ${ALICE.accountId} ${JOB_COST}`)
  })

  it('that pays for one job, one of two that are asked for together is refused', async () => {
    await withdraw((await available(chain.parley, ALICE.accountId)) - JOB_COST)
    const first = await nextJobId(chain)
    const creation = { provider: BOB.accountId, evaluator: OWNER.accountId, provider_agent_id: '0', description: '' }
    const call = [ALICE, chain.parley, 'create_job', { ...creation, expired_at: chain.now() + DAY }] as const

    const outcomes = chain.attemptTogether(call, call)

    const refusal = `StorageDepositTooLow: ${ALICE.accountId} ${JOB_COST}`
    expect(outcomes.map(({ failure }) => failure)).toEqual([undefined, refusal])
    expect(outcomes[0]?.value).toBe(first)
  })

  it.each([
    ['set_hook_whitelist', 'hook', CAROL.accountId, 'status'],
    ['set_workload', 'workload', WORKLOAD, 'is_allowed'],
  ])('%s takes back what another owner has allowed', async (method, field, value, is) => {
    await chain.send(OWNER, chain.parley, method, { [field]: value, [is]: true })
    for (const who of [GUARDIAN, ALICE]) await unregister(chain.parley, who)
    await chain.send(OWNER, chain.parley, 'transfer_ownership', { new_owner: ALICE.accountId })
    await chain.send(ALICE, chain.parley, 'accept_ownership', {})

    await chain.send(GUARDIAN, chain.parley, method, { [field]: value, [is]: false })

    const view = method === 'set_workload' ? 'is_workload_allowed' : 'whitelisted_hooks'
    expect(await chain.view(chain.parley, view, { [field]: value })).toBe(false)
  })

  it.each(['issue_challenge', 'set_workload'])('%s is refused', async (method) => {
    await chain.send(OWNER, chain.parley, 'storage_unregister', {}, { deposit: 1n })

    const calling = chain.send(OWNER, chain.parley, method, { workload: WORKLOAD, is_allowed: true })
    await expect(calling).rejects.toThrow(`StorageDepositTooLow: ${OWNER.accountId}`)
  })
})
