/** Calls that go on in other contracts, with every amount of gas: each does all that it does, or nothing. */
import type { Hex } from '@parley/protocol'
import { beforeAll, beforeEach, expect, it } from 'vitest'
import { ALICE, BOB, CAROL, OWNER } from './actors.ts'
import { type Call, type Chain, openChain, TERA } from './chain.ts'
import { answering, deployToken, TOKEN } from './hostile-token.ts'
import { BUDGET, begin, createSubmittedJob, DAY, HASH, hiring, nextJobId, submit } from './steps.ts'

const STEP = 4n
const ENOUGH = 80n
const oneYocto = { deposit: 1n }

let chain: Chain
let restore: () => void

beforeAll(async () => {
  chain = await openChain()
  await begin(chain)
  await chain.send(OWNER, chain.parley, 'set_platform_fee', { fee_bp: '100', treasury: OWNER.accountId })
  await chain.send(...chain.transferCall(ALICE, chain.dollar, BUDGET, ''))
  deployToken(chain, answering('mt_on_transfer', '["40"]'))
  restore = chain.snapshot()
})

beforeEach(() => restore())

const order = async () => {
  const { hire } = hiring(chain, await nextJobId(chain), { evaluator: CAROL.accountId, terms: null })
  return { ...hire, token: chain.dollar, budget: BUDGET }
}

const calls: Readonly<Record<string, () => Promise<Call>>> = {
  'a hiring by a token': async () => chain.transferCall(ALICE, chain.dollar, BUDGET, { hire: await order() }),
  'a hiring from the ledger': async () => [ALICE, chain.parley, 'hire', { hiring: await order() }, oneYocto],
  'a hiring that is awaited': async () => [ALICE, chain.parley, 'await_job', { hiring: await order() }, oneYocto],
  'a payment': async () => [CAROL, chain.parley, 'complete', { job_id: await createSubmittedJob(chain), reason: HASH }],
  'a ruling that pays two': async () => {
    const job_id = await disputedJob()
    return [CAROL, chain.parley, 'rule', { job_id, ruling: '2', share_bp: '3000', reason: HASH }]
  },
  'a collection of fees': async () => {
    await chain.send(CAROL, chain.parley, 'complete', { job_id: await createSubmittedJob(chain), reason: HASH })
    return [BOB, chain.parley, 'collect_fees', { token: chain.dollar }]
  },
  'a withdrawal': async () => {
    const withdrawal = { token: chain.dollar, amount: '7', receiver: ALICE.accountId }
    return [ALICE, chain.parley, 'withdraw', withdrawal, oneYocto]
  },
  'a transfer of which some comes back': async () => {
    const transfer = { receiver_id: TOKEN.accountId, token_id: `nep141:${chain.dollar}`, amount: '100', msg: '' }
    return [ALICE, chain.parley, 'mt_transfer_call', transfer, oneYocto]
  },
}

it.each(Object.keys(calls))('%s happens wholly or not at all', async (name) => {
  const call = await calls[name]?.()
  if (call === undefined) throw new Error('there is no such call')
  const [from, contract, method, args, options] = call
  const ready = chain.snapshot()
  const before = await money()
  chain.attempt(from, contract, method, args, { ...options, gas: ENOUGH * TERA })
  const afterwards = await money()
  expect(afterwards).not.toEqual(before)

  const failed = []
  for (let gas = 1n; gas < ENOUGH; gas += STEP) {
    ready()
    const { failure } = chain.attempt(from, contract, method, args, { ...options, gas: gas * TERA })

    expect(await money(), `${gas} Tgas`).toEqual(failure === undefined ? afterwards : before)
    failed.push(failure !== undefined)
  }
  // What is enough is so with more.
  expect(failed).toEqual(failed.toSorted().reverse())
  expect(new Set(failed)).toEqual(new Set([true, false]))
})

async function disputedJob(): Promise<Hex> {
  const windows = { review_seconds: DAY, ruling_seconds: DAY, silence_share_bp: '5000', bond: '0', stake: '0' }
  const terms = { arbitration: { arbiter: CAROL.accountId, ...windows } }
  const job_id = await nextJobId(chain)
  const hire = hiring(chain, job_id, { terms, expired_at: chain.now() + 30n * DAY })
  await chain.send(...chain.transferCall(ALICE, chain.dollar, BUDGET, hire))
  await submit(chain, job_id)
  await chain.send(ALICE, chain.parley, 'open_dispute', { job_id, reason: HASH }, oneYocto)
  return job_id
}

/** Where the dollars are. */
function money() {
  const holders = [ALICE, BOB, OWNER, TOKEN, { accountId: chain.parley }].map(({ accountId }) => accountId)
  const token_id = `nep141:${chain.dollar}`
  return Promise.all([
    chain.view(chain.parley, 'accrued_fees', { token: chain.dollar }),
    ...holders.map((account_id) => chain.view(chain.dollar, 'ft_balance_of', { account_id })),
    ...holders.map((account_id) => chain.view(chain.parley, 'mt_balance_of', { account_id, token_id })),
  ])
}
