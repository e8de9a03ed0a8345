import { type Hex, payoutTree } from '@parley/protocol'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Actor, ALICE, BOB, CAROL, RELAYER } from './actors.ts'
import { type Chain, jsonOf, keccak, NEAR, openChain, TERA } from './chain.ts'
import { BUDGET, begin, createPricedJob, HASH, submit } from './steps.ts'
import { failureOf, transactTogether } from './transactions.ts'

let chain: Chain
let restore: () => void

beforeAll(async () => {
  chain = await openChain()
  await begin(chain)
  await chain.send(...chain.transferCall(ALICE, chain.dollar, 10n * BUDGET, ''))
  restore = chain.snapshot()
})

beforeEach(() => restore())

const usage = () => chain.node.query({ kind: 'latest' })?.viewAccount(chain.parley)?.storageUsage ?? 0n
const balanceOf = async (account_id: string) =>
  BigInt(await chain.view<string>(chain.parley, 'mt_balance_of', { account_id, token_id: `nep141:${chain.dollar}` }))
const available = async ({ accountId: account_id }: Actor) =>
  BigInt((await chain.view<{ available: string }>(chain.parley, 'storage_balance_of', { account_id })).available)

const oneYocto = { deposit: 1n }

/** A paid job with a payee for each account, who get 1,000 each. */
async function createPaidJob(accounts: readonly string[]) {
  const tree = payoutTree(
    accounts.map((account, at) => ({ index: BigInt(at), account, amount: 1000n })),
    keccak,
    'near',
  )
  const job_id = await createPricedJob(chain, chain.dollar)
  await chain.send(ALICE, chain.parley, 'fund_from_ledger', { job_id, expected_budget: BUDGET }, oneYocto)
  await chain.send(BOB, chain.parley, 'set_payee', { job_id, payee: chain.parley }, oneYocto)
  await chain.send(BOB, chain.parley, 'set_payees', { job_id, root: tree.root, total: tree.total }, oneYocto)
  await submit(chain, job_id)
  await chain.send(CAROL, chain.parley, 'complete', { job_id, reason: HASH })
  return { job_id, tree }
}

function pushOf(job_id: Hex, tree: ReturnType<typeof payoutTree>, from: number, count: number) {
  const { proofFlags: proof_flags, ...batch } = tree.push(Array.from({ length: count }, (_, at) => from + at))
  return [RELAYER, chain.parley, 'push_payouts', { job_id, ...batch, proof_flags }] as const
}

const named = (count: number, length = 0) =>
  Array.from({ length: count }, (_, at) => `payee-${at}.near`.padStart(length, 'x'))

describe('payouts', () => {
  it('are paid for by who makes them: a place in the ledger for each, and a word for 256', async () => {
    const { job_id, tree } = await createPaidJob(named(300))
    const [before, bytes] = [await available(RELAYER), usage()]

    await chain.send(...pushOf(job_id, tree, 250, 10))

    const charged = (before - (await available(RELAYER))) / 10n ** 19n
    expect(charged).toBeGreaterThanOrEqual(usage() - bytes)
    // A place at its longest, and two words.
    expect(charged).toBe(10n * 215n + 2n * 179n)
    const again = [await available(RELAYER), usage()]
    await chain.send(...pushOf(job_id, tree, 250, 10))
    expect([await available(RELAYER), usage()]).toEqual(again)
  })

  it('whose maker has no deposit are refused, and nothing is lost', async () => {
    const { job_id, tree } = await createPaidJob(named(3))
    await chain.send(RELAYER, chain.parley, 'storage_unregister', { force: true }, { deposit: 1n })

    const pushing = chain.send(...pushOf(job_id, tree, 0, 3))
    await expect(pushing).rejects.toThrow(`StorageDepositTooLow: ${RELAYER.accountId}`)
    expect(await balanceOf(chain.parley)).toBe(BUDGET)
    expect(await chain.view(chain.parley, 'is_payout_made', { job_id, index: '0' })).toBe(false)
  })

  it('that their logs cannot hold are refused, and nothing is lost', async () => {
    const { job_id, tree } = await createPaidJob(named(120, 64))

    const pushing = chain.send(...pushOf(job_id, tree, 0, 120))
    await expect(pushing).rejects.toThrow(/^InputInvalid: payouts takes [0-9]+ bytes in logs, more than 15900/)
    expect(await balanceOf(chain.parley)).toBe(BUDGET)
    await chain.send(...pushOf(job_id, tree, 0, 60))
    await chain.send(...pushOf(job_id, tree, 60, 60))
    expect(await balanceOf(chain.parley)).toBe(BUDGET - 120_000n)
  })

  it('to 100 accounts with names of the usual length fit one call', async () => {
    const { job_id, tree } = await createPaidJob(named(2000, 24))

    await chain.send(...pushOf(job_id, tree, 1000, 100))

    expect(await balanceOf(chain.parley)).toBe(BUDGET - 100_000n)
  })

  it('to 500 accounts fit one transaction of five calls', async () => {
    const { job_id, tree } = await createPaidJob(named(2000, 24))
    await chain.send(RELAYER, chain.parley, 'storage_deposit', {}, { deposit: NEAR })
    const actions = [0, 1, 2, 3, 4].map((n) => {
      const [, , methodName, args] = pushOf(job_id, tree, 100 * n, 100)
      return {
        kind: 'FunctionCall',
        methodName,
        args: Buffer.from(jsonOf(args)),
        gas: 60n * TERA,
        deposit: 0n,
      } as const
    })

    const [status] = transactTogether(chain.node, [{ signer: RELAYER, receiverId: chain.parley, actions }])

    expect(status && failureOf(status)).toBeUndefined()
    expect(await balanceOf(chain.parley)).toBe(BUDGET - 500_000n)
  })
})
