import { type Hex, requestHash } from '@parley/protocol'
import { encodeAbiParameters, keccak256 } from 'viem'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ALICE, BOB, CAROL, OWNER, RELAYER } from './actors.ts'
import { type Chain, keccak, NEAR, openChain, TERA } from './chain.ts'
import { deployToken, TOKEN } from './hostile-token.ts'
import {
  acceptance,
  BUDGET,
  balanceOf,
  begin,
  createFundedJob,
  createPricedJob,
  DAY,
  HASH,
  hiring,
  jobOf,
  nextJobId,
  RESPONSE,
  registerEnclave,
  registration,
  submit,
  WORKLOAD,
} from './steps.ts'

let chain: Chain
let restore: () => void
let job_id: Hex

beforeAll(async () => {
  chain = await openChain()
  await begin(chain)
  await registerEnclave(chain)
  job_id = await nextJobId(chain)
  restore = chain.snapshot()
})

beforeEach(() => restore())

const hireCall = (change: object = {}, amount = BUDGET) =>
  chain.transferCall(ALICE, chain.dollar, amount, hiring(chain, job_id, change))

describe('a hiring', () => {
  it('creates, describes and funds a job with one transfer', async () => {
    const { events, value } = await chain.send(...hireCall())

    const jobId = BigInt(job_id)
    const request = requestHash({ jobId: job_id, provider: BOB.accountId, bodyHash: HASH }, keccak, 'near')
    expect(events).toMatchObject([
      {
        name: 'JobCreated',
        args: { jobId, client: ALICE.accountId, provider: BOB.accountId, evaluator: chain.parley },
      },
      { name: 'JobDescribed', args: { jobId, description: 'Translate' } },
      { name: 'ProviderSet', args: { jobId, provider: BOB.accountId, agentId: 0n } },
      { name: 'BudgetSet', args: { jobId, token: chain.dollar, amount: BUDGET } },
      { name: 'TermsSet', args: { jobId, requestHash: request, workload: WORKLOAD, observability: 0n } },
      { name: 'JobFunded', args: { jobId, client: ALICE.accountId, amount: BUDGET } },
    ])
    expect(value).toBe(String(BUDGET))
    const parameters = [{ type: 'bytes32' }, { type: 'bytes32' }, { type: 'uint8' }] as const
    const terms = keccak256(encodeAbiParameters(parameters, [request, WORKLOAD, 0]))
    expect(await jobOf(chain, job_id)).toMatchObject({ status: 1, client: ALICE.accountId, terms })
    expect(await balanceOf(chain, chain.parley)).toBe(BUDGET)
    expect(await nextJobId(chain)).not.toBe(job_id)
  })

  it('is paid on an enclave’s word, and the response is read from the call', async () => {
    await chain.send(...hireCall())
    await submit(chain, job_id)
    const brought = await acceptance(chain, job_id)
    await chain.view(chain.parley, 'check_result', brought)

    const { events } = await chain.send(RELAYER, chain.parley, 'accept_result', brought)

    expect(events.map(({ name }) => name)).toEqual(['ResultAccepted', 'JobCompleted', 'PaymentReleased'])
    expect(events[0]?.args).toMatchObject({ response: RESPONSE })
    expect(await balanceOf(chain, BOB.accountId)).toBe(BUDGET)
  })

  it.each([
    ['an id that is not the next one', { job_id: HASH }, `JobUnknown: ${HASH}`],
    ['the evaluator as provider', { provider: 'parley.test.near' }, 'ProviderIsEvaluator: parley.test.near'],
    ['an expiry in the past', { expired_at: '1' }, 'ExpiryOutOfRange: 1 1900001300 1931537000'],
    ['an agent of somebody else', { provider: CAROL.accountId }, `AgentNotOfProvider: 0 ${CAROL.accountId}`],
    ['an agent that does not exist', { provider_agent_id: '9' }, 'ERC721NonexistentToken: 9'],
    [
      'an agent id that a job cannot hold',
      { provider_agent_id: String(2n ** 96n) },
      `AgentNotOfProvider: ${2n ** 96n}`,
    ],
    [
      'a level of observability that does not exist',
      { terms: { enclave: { body_hash: HASH, workload: WORKLOAD, observability: '3' } } },
      'ObservabilityInvalid: 3',
    ],
    [
      'terms of an evaluator that does not exist',
      { terms: { oracle: {} } },
      'InputInvalid: msg.hire.terms is not one of',
    ],
    ['terms of two evaluators', { terms: { quorum: {}, enclave: {} } }, 'InputInvalid: msg.hire.terms is not one of'],
    ['terms for somebody else', { evaluator: CAROL.accountId }, 'EvaluatorMismatch: 0x'],
    ['a hook that the owner does not allow', { hook: CAROL.accountId }, `HookNotAllowed: ${CAROL.accountId}`],
    ['no provider', { provider: null }, 'ProviderNotSet: 0x'],
  ])('with %s gives the money back', async (_, change, refusal) => {
    const before = await balanceOf(chain, ALICE.accountId)

    const { failure, value } = chain.attempt(...hireCall(change))

    expect(failure).toContain(refusal)
    expect(value).toBe('0')
    expect(await balanceOf(chain, ALICE.accountId)).toBe(before)
    expect(await jobOf(chain, job_id)).toBeNull()
  })

  it.each(['x', '€', '🤖', '"', '\\', '\u0001a'])(
    'takes the longest description, of %j, with 100 Tgas',
    async (part) => {
      const description = part.repeat(part === '\u0001a' ? 1755 : 4096 / part.length)
      const [from, token, method, args] = hireCall({ description })

      const { events } = await chain.send(from, token, method, args, { deposit: 1n, gas: 100n * TERA })

      expect(events[1]).toEqual({ name: 'JobDescribed', args: { jobId: BigInt(job_id), description } })
    },
  )

  it('that the agent registry ended uses its id up, and the next one goes through', async () => {
    chain.attempt(...hireCall({ provider_agent_id: '9' }))

    const next = await nextJobId(chain)
    expect(next).not.toBe(job_id)
    await chain.send(...chain.transferCall(ALICE, chain.dollar, BUDGET, hiring(chain, next)))
  })

  it('of one id happens once, though two are under way', async () => {
    const [first, second] = chain.attemptTogether(hireCall(), hireCall())

    expect([first?.failure, second?.failure]).toEqual([undefined, `JobUnknown: ${job_id}`])
    expect(await balanceOf(chain, chain.parley)).toBe(BUDGET)
  })

  it('and another of the same client are under way at once, each with its own id', async () => {
    const again = chain.snapshot()
    await chain.send(...hireCall())
    const next = await nextJobId(chain)
    again()

    const hires = [hireCall(), chain.transferCall(ALICE, chain.dollar, 2n * BUDGET, hiring(chain, next))] as const
    const outcomes = chain.attemptTogether(...hires)

    expect(outcomes.map(({ failure }) => failure)).toEqual([undefined, undefined])
    expect(await jobOf(chain, job_id)).toMatchObject({ status: 1, budget: String(BUDGET) })
    expect(await jobOf(chain, next)).toMatchObject({ status: 1, budget: String(2n * BUDGET) })
  })

  it('fails when the agent is given away before the registry is asked', async () => {
    const giving = [BOB, chain.agents, 'nft_transfer', { receiver_id: CAROL.accountId, token_id: '0' }, { deposit: 1n }]

    const [, hired] = chain.attemptTogether(giving as never, hireCall())

    expect(hired?.failure).toBe(`AgentNotOfProvider: 0 ${BOB.accountId}`)
    expect(await balanceOf(chain, chain.parley)).toBe(0n)
  })

  it('is no use to the provider when it gives the agent away afterwards', async () => {
    await chain.send(...hireCall())
    await chain.send(
      BOB,
      chain.agents,
      'nft_transfer',
      { receiver_id: CAROL.accountId, token_id: '0' },
      { deposit: 1n },
    )

    await expect(submit(chain, job_id)).rejects.toThrow(`AgentNotOfProvider: 0 ${BOB.accountId}`)
    chain.warp(DAY)
    await chain.send(RELAYER, chain.parley, 'claim_refund', { job_id })
    expect(await balanceOf(chain, ALICE.accountId)).toBe(100n * BUDGET)
  })
})

describe('money for a job', () => {
  const fundCall = (id: Hex, amount: bigint, expected_budget = BUDGET) =>
    chain.transferCall(ALICE, chain.dollar, amount, { fund: { job_id: id, expected_budget } })

  it('that is too little comes back', async () => {
    const id = await createPricedJob(chain, chain.dollar)

    const { failure, value } = chain.attempt(...fundCall(id, BUDGET - 1n))

    expect(failure).toBe(`TokenShortfall: ${BUDGET - 1n} ${BUDGET}`)
    expect(value).toBe('0')
    expect(await balanceOf(chain, ALICE.accountId)).toBe(100n * BUDGET)
    expect(await jobOf(chain, id)).toMatchObject({ status: 0 })
  })

  it('that is too much comes back as far as it is not needed', async () => {
    const id = await createPricedJob(chain, chain.dollar)

    const { value } = await chain.send(...fundCall(id, BUDGET + 7n))

    expect(value).toBe(String(BUDGET))
    expect(await balanceOf(chain, chain.parley)).toBe(BUDGET)
  })

  it('that nobody brought does not fund it', async () => {
    const id = await createPricedJob(chain, chain.dollar)

    const funding = chain.send(ALICE, chain.parley, 'fund', { job_id: id, expected_budget: BUDGET })

    await expect(funding).rejects.toThrow(`TokenShortfall: 0 ${BUDGET}`)
  })

  it.each([
    ['no JSON', 'nonsense', 'InputInvalid: msg is not a JSON object in a text'],
    ['a list', '[]', 'InputInvalid: msg is not a JSON object in a text'],
    ['neither to fund nor to hire', '{}', 'InputInvalid: msg is neither to deposit nor to fund nor to hire'],
    ['without terms', '{"hire":5}', 'InputInvalid: msg.hire is not an object'],
    ['without a job', '{"fund":{}}', 'InputInvalid: msg.fund.job_id is not hexadecimal with 0x and whole bytes'],
  ])('with a message that is %s comes back', async (_, msg, refusal) => {
    const args = { receiver_id: chain.parley, amount: '5', msg }

    const { failure } = chain.attempt(ALICE, chain.dollar, 'ft_transfer_call', args, { deposit: 1n })

    expect(failure).toBe(refusal)
    expect(await balanceOf(chain, ALICE.accountId)).toBe(100n * BUDGET)
  })
})

describe('money that comes back to an account that has left the token', () => {
  it('is burnt, and stays with nobody', async () => {
    const supply = async () => BigInt(await chain.view<string>(chain.dollar, 'ft_total_supply'))
    const [before, all] = [await supply(), await balanceOf(chain, ALICE.accountId)]
    const refused = chain.transferCall(ALICE, chain.dollar, all, hiring(chain, job_id, { provider_agent_id: '9' }))
    const leaving = [ALICE, chain.dollar, 'storage_unregister', {}, { deposit: 1n }] as const

    const [hired, left] = chain.attemptTogether(refused, leaving)

    expect(left?.value).toBe(true)
    expect(hired?.value).toBe(String(all))
    const burn = { owner_id: chain.parley, amount: String(all), memo: 'the sender has left' }
    const log = `EVENT_JSON:${JSON.stringify({ standard: 'nep141', version: '1.0.0', event: 'ft_burn', data: [burn] })}`
    expect(hired?.status.receiptOutcomes.flatMap(({ logs }) => logs)).toContain(log)
    expect(await balanceOf(chain, chain.parley)).toBe(0n)
    expect(await supply()).toBe(before - all)
  })

  it('goes back when the receiver’s answer is no amount, however deep it is', async () => {
    const deep = `(data (i32.const 0) "${'['.repeat(3000)}")`
    deployToken(chain, `${deep} (func (export "ft_on_transfer") (call $value_return (i64.const 3000) (i64.const 0)))`)
    await chain.send(OWNER, chain.dollar, 'storage_deposit', { account_id: TOKEN.accountId }, { deposit: NEAR })
    const before = await balanceOf(chain, ALICE.accountId)

    const args = { receiver_id: TOKEN.accountId, amount: '100', msg: '' }
    await chain.send(ALICE, chain.dollar, 'ft_transfer_call', args, { deposit: 1n })

    expect(await balanceOf(chain, ALICE.accountId)).toBe(before)
  })
})

describe('what happens between a call and its callback', () => {
  const claim = (id: Hex) => [RELAYER, chain.parley, 'claim_refund', { job_id: id }] as const
  const submission = (id: Hex) => [BOB, chain.parley, 'submit', { job_id: id, deliverable: HASH }] as const

  it('ends a submission when the job was rejected meanwhile', async () => {
    const id = await createFundedJob(chain)
    const rejection = [CAROL, chain.parley, 'reject', { job_id: id, reason: HASH }] as const

    const [submitted, rejected] = chain.attemptTogether(submission(id), rejection)

    expect(rejected?.failure).toBeUndefined()
    expect(submitted?.failure).toBe(`JobNotFunded: ${id} 4`)
    expect(await balanceOf(chain, ALICE.accountId)).toBe(100n * BUDGET)
  })

  it('ends the second of two submissions', async () => {
    const id = await createFundedJob(chain)

    const outcomes = chain.attemptTogether(submission(id), submission(id))

    expect(outcomes.map(({ failure }) => failure)).toEqual([undefined, `JobNotFunded: ${id} 2`])
  })

  it('ends the second of two refunds, which moves nothing', async () => {
    const id = await createFundedJob(chain)
    chain.warp(DAY)

    const outcomes = chain.attemptTogether(claim(id), claim(id))

    expect(outcomes.map(({ failure }) => failure)).toEqual([undefined, `JobAlreadyEnded: ${id} 5`])
    expect(await balanceOf(chain, ALICE.accountId)).toBe(100n * BUDGET)
  })

  it('ends the second of two providers, and both when the job is closed', async () => {
    const open = async () => {
      const id = await nextJobId(chain)
      const creation = { evaluator: CAROL.accountId, provider_agent_id: '0', description: '' }
      await chain.send(ALICE, chain.parley, 'create_job', { ...creation, expired_at: chain.now() + DAY })
      return id
    }
    const provide = (id: Hex) => {
      return [ALICE, chain.parley, 'set_provider', { job_id: id, provider: BOB.accountId, agent_id: '0' }] as const
    }
    const [twice, closed] = [await open(), await open()]

    const two = chain.attemptTogether(provide(twice), provide(twice))
    expect(two.map(({ failure }) => failure)).toEqual([undefined, `ProviderAlreadySet: ${twice}`])

    const closing = [ALICE, chain.parley, 'reject', { job_id: closed, reason: HASH }] as const
    const [provided] = chain.attemptTogether(provide(closed), closing)
    expect(provided?.failure).toBe(`JobNotOpen: ${closed} 4`)
  })

  it('pays one of two who bring the same result', async () => {
    await chain.send(...hireCall())
    await submit(chain, job_id)
    const brought = await acceptance(chain, job_id)
    const accept = [RELAYER, chain.parley, 'accept_result', brought] as const

    const outcomes = chain.attemptTogether(accept, accept)

    expect(outcomes.map(({ failure }) => failure)).toEqual([undefined, `JobAlreadyCompleted: ${job_id}`])
    expect(await balanceOf(chain, BOB.accountId)).toBe(BUDGET)
  })
})

describe('what a relayer asks before it sends', () => {
  it('check_result says what accept_result would, and changes nothing', async () => {
    const check = async () => chain.view(chain.parley, 'check_result', await acceptance(chain, job_id))
    await chain.send(...hireCall())
    await expect(check()).rejects.toThrow(`JobNotSubmitted: ${job_id} 1`)

    await submit(chain, job_id)
    await check()
    await check()
    const brought = { ...(await acceptance(chain, job_id)), response: '0x' }
    await expect(chain.view(chain.parley, 'check_result', brought)).rejects.toThrow('ResponseMismatch')

    await chain.send(RELAYER, chain.parley, 'accept_result', await acceptance(chain, job_id))
    await expect(check()).rejects.toThrow(`JobAlreadyCompleted: ${job_id}`)
  })

  it('check_report says what register_enclave would, and changes nothing', async () => {
    const { value } = await chain.send(RELAYER, chain.parley, 'issue_challenge', {})
    const report = await registration(chain, value as Hex)

    await chain.view(chain.parley, 'check_report', report)
    await chain.view(chain.parley, 'check_report', report)
    const alone = { ...report, signatures: report.signatures.slice(1) }
    await expect(chain.view(chain.parley, 'check_report', alone)).rejects.toThrow('QuorumNotReached: 1 2')

    await chain.send(RELAYER, chain.parley, 'register_enclave', report)
    await expect(chain.view(chain.parley, 'check_report', report)).rejects.toThrow(`ChallengeUnknown: ${value}`)
  })
})

describe('callbacks', () => {
  it.each(['on_create_job', 'on_set_provider', 'on_submit', 'on_hire', 'on_awaited', 'on_payout'])(
    '%s is for the contract itself',
    async (method) => {
      const calling = chain.send(ALICE, chain.parley, method, { job_id, provider: BOB.accountId, agent_id: '0' })

      await expect(calling).rejects.toThrow(`SelfOnly: ${ALICE.accountId}`)
    },
  )

  it('of the token is for the token itself', async () => {
    const args = { sender_id: ALICE.accountId, receiver_id: BOB.accountId, amount: '5' }

    await expect(chain.send(ALICE, chain.dollar, 'ft_resolve_transfer', args)).rejects.toThrow(
      `SelfOnly: ${ALICE.accountId}`,
    )
  })
})
