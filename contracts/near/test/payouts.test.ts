import type { Hex } from '@parley/protocol'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ALICE, BOB, CAROL, OWNER, RELAYER } from './actors.ts'
import { type Chain, jsonOf, openChain, TERA } from './chain.ts'
import { ACCEPTING, callingBack, deployToken, REFUSING, SPENDING, TOKEN, talkative } from './hostile-token.ts'
import {
  BUDGET,
  balanceOf,
  begin,
  createFundedJob,
  createPricedJob,
  createSubmittedJob,
  HASH,
  hiring,
  jobOf,
  nextJobId,
  submit,
} from './steps.ts'

let chain: Chain
let restore: () => void

beforeAll(async () => {
  chain = await openChain()
  await begin(chain)
  deployToken(chain, REFUSING)
  await trust(true)
  restore = chain.snapshot()
})

beforeEach(() => restore())

const trust = (is_trusted: boolean) =>
  chain.send(OWNER, chain.parley, 'set_token', { token: TOKEN.accountId, is_trusted })
const complete = (job_id: Hex) => [CAROL, chain.parley, 'complete', { job_id, reason: HASH }] as const
const reject = (job_id: Hex) => [CAROL, chain.parley, 'reject', { job_id, reason: HASH }] as const
const claim = (job_id: Hex, gas?: bigint) => [RELAYER, chain.parley, 'claim_payment', { job_id }, { gas }] as const
const owed = (job_id: Hex) => chain.view<string>(chain.parley, 'owed', { job_id })
const namesOf = ({ events }: { readonly events: readonly { readonly name: string }[] }) =>
  events.map(({ name }) => name)

/** The token says that Alice gave it the budget: nobody can know better. */
const fundCall = (
  job_id: Hex,
  amount = BUDGET,
  msg: object = { fund: { job_id, expected_budget: String(BUDGET) } },
) => {
  const args = { sender_id: ALICE.accountId, amount, msg: jsonOf(msg) }
  return [TOKEN, chain.parley, 'ft_on_transfer', args] as const
}

async function createHostileJob(): Promise<Hex> {
  const job_id = await createPricedJob(chain, TOKEN.accountId)
  await chain.send(...fundCall(job_id))
  await submit(chain, job_id)
  return job_id
}

describe('a payment that the token refuses', () => {
  it('stays owed to the provider until somebody claims it when the token says yes', async () => {
    const job_id = await createHostileJob()

    const completed = chain.attempt(...complete(job_id))
    expect(namesOf(completed)).toEqual(['JobCompleted', 'PaymentOwed'])
    expect(await jobOf(chain, job_id)).toMatchObject({ status: 3, owed_to_provider: String(BUDGET) })
    expect(await owed(job_id)).toBe(String(BUDGET))

    expect(namesOf(chain.attempt(...claim(job_id)))).toEqual(['PaymentOwed'])
    expect(await owed(job_id)).toBe(String(BUDGET))

    deployToken(chain, ACCEPTING)
    const { events } = await chain.send(...claim(job_id))
    const args = { jobId: BigInt(job_id), provider: BOB.accountId, amount: BUDGET }
    expect(events).toEqual([{ name: 'PaymentReleased', args }])
    expect(await owed(job_id)).toBe('0')
    await expect(chain.send(...claim(job_id))).rejects.toThrow(`NothingOwed: ${job_id}`)
  })

  it('stays owed to the client when it is a refund', async () => {
    const job_id = await createHostileJob()
    expect(namesOf(chain.attempt(...reject(job_id)))).toEqual(['JobRejected', 'PaymentOwed'])

    deployToken(chain, ACCEPTING)
    const { events } = await chain.send(...claim(job_id))

    const args = { jobId: BigInt(job_id), client: ALICE.accountId, amount: BUDGET }
    expect(events).toEqual([{ name: 'Refunded', args }])
  })

  it('because the provider cannot hold the token yet, is there when it can', async () => {
    await chain.send(BOB, chain.dollar, 'storage_unregister', {}, { deposit: 1n })
    const job_id = await createSubmittedJob(chain)
    const completed = chain.attempt(...complete(job_id))
    expect(completed.failure).toBe(`InputInvalid: receiver_id ${BOB.accountId} is not registered`)
    expect(await owed(job_id)).toBe(String(BUDGET))

    await chain.send(OWNER, chain.dollar, 'storage_deposit', { account_id: BOB.accountId }, { deposit: 10n ** 22n })
    await chain.send(...claim(job_id))

    expect(await balanceOf(chain, BOB.accountId)).toBe(BUDGET)
    expect(await balanceOf(chain, chain.parley)).toBe(0n)
  })

  it('is sent once, though two claim it at once', async () => {
    await chain.send(BOB, chain.dollar, 'storage_unregister', {}, { deposit: 1n })
    const [job_id] = [await createSubmittedJob(chain), await createSubmittedJob(chain)]
    chain.attempt(...complete(job_id))
    await chain.send(OWNER, chain.dollar, 'storage_deposit', { account_id: BOB.accountId }, { deposit: 10n ** 22n })

    const outcomes = chain.attemptTogether(claim(job_id), claim(job_id))

    expect(outcomes.map(({ failure }) => failure)).toEqual([undefined, `NothingOwed: ${job_id}`])
    expect(await balanceOf(chain, BOB.accountId)).toBe(BUDGET)
    expect(await balanceOf(chain, chain.parley)).toBe(BUDGET)
  })
})

describe('nothing is owed', () => {
  it('of a job that is unknown, that is funded, that was paid', async () => {
    const funded = await createFundedJob(chain)
    const paid = await createSubmittedJob(chain)
    await chain.send(...complete(paid))

    await expect(chain.send(...claim(HASH))).rejects.toThrow(`JobUnknown: ${HASH}`)
    await expect(chain.send(...claim(funded))).rejects.toThrow(`NothingOwed: ${funded}`)
    await expect(chain.send(...claim(paid))).rejects.toThrow(`NothingOwed: ${paid}`)
    expect(await balanceOf(chain, BOB.accountId)).toBe(BUDGET)
  })

  it('while the payment is on its way', async () => {
    const job_id = await createSubmittedJob(chain)

    const outcomes = chain.attemptTogether(complete(job_id), claim(job_id))

    expect(outcomes.map(({ failure }) => failure)).toEqual([undefined, `NothingOwed: ${job_id}`])
    expect(await balanceOf(chain, BOB.accountId)).toBe(BUDGET)
  })
})

describe('a token that spends all its gas', () => {
  it('leaves its payment owed, and the callback enough to say so', async () => {
    deployToken(chain, SPENDING)
    const job_id = await createHostileJob()

    chain.attempt(...complete(job_id))

    expect(await jobOf(chain, job_id)).toMatchObject({ status: 3, owed_to_provider: String(BUDGET) })
  })
})

describe('a token that answers at length', () => {
  it('cannot make the callback run out of gas', async () => {
    deployToken(chain, talkative(290_000))
    const job_id = await createHostileJob()

    const { events } = chain.attempt(...complete(job_id))

    expect(namesOf({ events })).toEqual(['JobCompleted', 'PaymentReleased'])
    expect(await owed(job_id)).toBe('0')
  })

  it.each([600_000, 850_000, 4_000_000])(
    'of %i bytes neither, when the claim brings all the gas there is',
    async (bytes) => {
      const job_id = await createHostileJob()
      chain.attempt(...complete(job_id))
      deployToken(chain, talkative(bytes))

      const claimed = namesOf(chain.attempt(...claim(job_id, 300n * TERA)))

      expect(claimed).toEqual([(await owed(job_id)) === '0' ? 'PaymentReleased' : 'PaymentOwed'])
    },
  )
})

describe('a token that takes much gas', () => {
  it('is paid by a claim that brings it', async () => {
    deployToken(chain, talkative(600_000))
    const job_id = await createHostileJob()
    chain.attempt(...complete(job_id))
    expect(await owed(job_id)).toBe(String(BUDGET))

    chain.attempt(...claim(job_id, 40n * TERA))
    expect(await owed(job_id)).toBe(String(BUDGET))
    const { events } = await chain.send(...claim(job_id, 100n * TERA))

    expect(namesOf({ events })).toEqual(['PaymentReleased'])
  })
})

describe('a token that calls back', () => {
  it.each(['claim_payment', 'claim_refund'])('cannot %s of the job that is being paid', async (method) => {
    const job_id = await createHostileJob()
    deployToken(chain, callingBack(chain.parley, method, { job_id }))

    const { failure, events } = chain.attempt(...complete(job_id))

    expect(failure).toBe(method === 'claim_payment' ? `NothingOwed: ${job_id}` : `JobAlreadyCompleted: ${job_id}`)
    expect(namesOf({ events })).toEqual(['JobCompleted', 'PaymentReleased'])
  })
})

describe('a token that lies', () => {
  it('about what it brought cannot touch the money of another token', async () => {
    const honest = await createFundedJob(chain)
    const unfunded = await createPricedJob(chain, chain.dollar)

    await expect(chain.send(...fundCall(unfunded))).rejects.toThrow(`TokenShortfall: 0 ${BUDGET}`)
    expect(await jobOf(chain, unfunded)).toMatchObject({ status: 0 })
    expect(await jobOf(chain, honest)).toMatchObject({ status: 1 })
    expect(await balanceOf(chain, chain.parley)).toBe(BUDGET)
  })

  it('about what it brought does not fund a job that pays nothing in another token', async () => {
    const job_id = await createPricedJob(chain, chain.dollar)
    await chain.send(BOB, chain.parley, 'set_budget', { job_id, token: chain.dollar, amount: 0n })

    const funding = chain.send(...fundCall(job_id, 0n, { fund: { job_id, expected_budget: 0n } }))

    await expect(funding).rejects.toThrow('TokenShortfall: 0 0')
    expect(await jobOf(chain, job_id)).toMatchObject({ status: 0 })
  })

  it.each([0n, BUDGET])('about who sent it funds no job of %s in anybody’s name', async (amount) => {
    await trust(false)
    const job_id = await createPricedJob(chain, TOKEN.accountId)
    await chain.send(BOB, chain.parley, 'set_budget', { job_id, token: TOKEN.accountId, amount })

    const funding = chain.send(...fundCall(job_id, amount, { fund: { job_id, expected_budget: amount } }))

    await expect(funding).rejects.toThrow(`ClientOnly: ${TOKEN.accountId}`)
    expect(await jobOf(chain, job_id)).toMatchObject({ status: 0 })
  })

  it('about who sent it takes no id and no deposit in anybody’s name', async () => {
    await trust(false)
    const job_id = await nextJobId(chain)

    const hiringAlice = chain.send(...fundCall(job_id, BUDGET, hiring(chain, job_id)))

    await expect(hiringAlice).rejects.toThrow(`ClientOnly: ${TOKEN.accountId}`)
    expect(await nextJobId(chain)).toBe(job_id)
  })

  it('hires when the owner trusts it, until it does no longer', async () => {
    const isTrusted = () => chain.view(chain.parley, 'is_token_trusted', { token: TOKEN.accountId })
    const job_id = await nextJobId(chain)

    expect(await isTrusted()).toBe(true)
    await chain.send(...fundCall(job_id, BUDGET, hiring(chain, job_id)))
    expect(await jobOf(chain, job_id)).toMatchObject({ client: ALICE.accountId, token: TOKEN.accountId })

    await trust(false)
    expect(await isTrusted()).toBe(false)
    const args = { token: TOKEN.accountId, is_trusted: true }
    await expect(chain.send(ALICE, chain.parley, 'set_token', args)).rejects.toThrow(
      `OwnableUnauthorizedAccount: ${ALICE.accountId}`,
    )
  })

  it('is given back what it brought too much, in words that cost nobody else anything', async () => {
    const job_id = await createPricedJob(chain, TOKEN.accountId)

    const { value } = await chain.send(...fundCall(job_id, 2n ** 128n - 1n))

    expect(value).toBe(String(2n ** 128n - 1n - BUDGET))
  })
})
