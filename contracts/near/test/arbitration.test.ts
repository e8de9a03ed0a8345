/** What of arbitration is NEAR's own: who pays for the state, and what a function-call key may not sign. */
import type { Hex } from '@parley/protocol'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Actor, ALICE, actor, BOB, CAROL } from './actors.ts'
import { type Chain, openChain, TERA } from './chain.ts'
import { BUDGET, begin, createPricedJob, DAY, HASH, submit } from './steps.ts'

const YOCTO_PER_BYTE = 10n ** 19n
/** What the client pays for with the terms. */
const RECORD_BYTES = 454n
/** Of a token in the ledger, for whoever's credit it is. */
const PLACE_BYTES = 215n
const terms = {
  arbiter: CAROL.accountId,
  ...{ review_seconds: '3600', ruling_seconds: '3600', silence_share_bp: '5000', bond: '1000', stake: '2000' },
}

let chain: Chain
let restore: () => void

beforeAll(async () => {
  chain = await openChain()
  await begin(chain)
  await chain.send(...chain.transferCall(ALICE, chain.dollar, BUDGET, ''))
  restore = chain.snapshot()
})

beforeEach(() => restore())

const call = (who: Actor, method: string, args: object, deposit = 0n) =>
  chain.send(who, chain.parley, method, args, { deposit })
const ruling = (job_id: Hex, ruling: string, share_bp = '0') => ({ job_id, ruling, share_bp, reason: HASH })
const usage = () => chain.node.query({ kind: 'latest' })?.viewAccount(chain.parley)?.storageUsage ?? 0n

async function available({ accountId }: Actor): Promise<bigint> {
  const balance = await chain.view<{ available: string } | null>(chain.parley, 'storage_balance_of', {
    account_id: accountId,
  })
  return BigInt(balance?.available ?? 0)
}

async function createFundedJob(change: Partial<typeof terms> = {}): Promise<Hex> {
  const job_id = await createPricedJob(chain, chain.dollar, { evaluator: chain.parley, duration: 5n * DAY })
  await call(ALICE, 'set_arbitration_terms', { job_id, terms: { ...terms, ...change } })
  await chain.send(...chain.transferCall(ALICE, chain.dollar, BUDGET, { fund: { job_id, expected_budget: BUDGET } }))
  return job_id
}

const giveBob = () =>
  chain.send(...chain.transferCall(ALICE, chain.dollar, BUDGET, { deposit: { receiver_id: BOB.accountId } }))
const lockStake = (job_id: Hex, deposit = 1n) =>
  call(BOB, 'lock_stake', { job_id, arbiter: CAROL.accountId, amount: terms.stake }, deposit)
const openDispute = (job_id: Hex, deposit = 1n) => call(ALICE, 'open_dispute', { job_id, reason: HASH }, deposit)

describe('state', () => {
  it('is paid for by the client with the terms, and nothing that comes needs more', async () => {
    const job_id = await createPricedJob(chain, chain.dollar, { evaluator: chain.parley, duration: 5n * DAY })
    const before = await available(ALICE)

    await call(ALICE, 'set_arbitration_terms', { job_id, terms })

    expect(before - (await available(ALICE))).toBe(RECORD_BYTES * YOCTO_PER_BYTE)
    const known = (await chain.view<object>(chain.parley, 'get_arbitration', { job_id })) ?? {}
    const longest = {
      arbiter: actor(`${'a'.repeat(64 - '.test.near'.length)}.test.near`).accountId,
      review_seconds: String(2n ** 32n - 1n),
      ruling_seconds: String(2n ** 32n - 1n),
      silence_share_bp: '10000',
      bond: String(2n ** 96n - 1n),
      stake: String(2n ** 96n - 1n),
      disputed_at: '1099511627775',
      is_bond_held: false,
      is_stake_held: false,
      has_redone: false,
    }
    expect(Object.keys(longest).sort()).toEqual(Object.keys(known).sort())
    const bytes = `arbitration:${job_id}`.length + JSON.stringify(longest).length + 40
    expect(BigInt(bytes)).toBeLessThanOrEqual(RECORD_BYTES)
  })

  it('of the ledger is paid for by who puts something in: a ruling and its arbiter need nothing', async () => {
    const job_id = await createFundedJob({ stake: '0' })
    await submit(chain, job_id)
    const before = await available(ALICE)
    await openDispute(job_id)
    // The evaluator's place, and the provider's, who has never had anything in the ledger.
    expect(before - (await available(ALICE))).toBe(2n * PLACE_BYTES * YOCTO_PER_BYTE)
    await call(CAROL, 'storage_unregister', { force: true }, 1n)
    const used = usage()

    await call(CAROL, 'rule', ruling(job_id, '1'))

    const credit = { account_id: BOB.accountId, token_id: `nep141:${chain.dollar}` }
    expect(await chain.view(chain.parley, 'mt_balance_of', credit)).toBe(terms.bond)
    expect(usage() - used).toBeLessThan(10n)
  })
})

describe('a function-call key', () => {
  it('locks no stake and opens no dispute: both move money', async () => {
    await giveBob()
    const job_id = await createFundedJob()

    await expect(lockStake(job_id, 0n)).rejects.toThrow('InputInvalid: attached_deposit')
    await lockStake(job_id)
    await submit(chain, job_id)
    await expect(openDispute(job_id, 0n)).rejects.toThrow('InputInvalid: attached_deposit')
    await openDispute(job_id)
  })
})

describe('gas', () => {
  it('of 100 Tgas is enough for a ruling that pays two', async () => {
    await giveBob()
    const job_id = await createFundedJob()
    await lockStake(job_id)
    await submit(chain, job_id)
    await openDispute(job_id)

    const args = ruling(job_id, '2', '5000')
    const { events } = await chain.send(CAROL, chain.parley, 'rule', args, { gas: 100n * TERA })

    expect(events.map(({ name }) => name)).toEqual(expect.arrayContaining(['PaymentReleased', 'Refunded']))
  })
})
