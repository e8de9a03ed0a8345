import type { Hex } from '@parley/protocol'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ALICE, BOB, CAROL, OWNER, RELAYER } from './actors.ts'
import { type Chain, openChain, type Receipt } from './chain.ts'
import { deployToken, TOKEN as HOOK } from './hostile-token.ts'
import { BUDGET, begin, DAY, HASH, hiring, nextJobId, submit } from './steps.ts'

const LISTENING = '(func (export "on_job_action"))'
const FAILING = '(func (export "on_job_action") unreachable)'
const SPENDING = '(func (export "on_job_action") (loop $again (br $again)))'

let chain: Chain
let restore: () => void

beforeAll(async () => {
  chain = await openChain()
  await begin(chain)
  deployToken(chain, LISTENING)
  await chain.send(OWNER, chain.parley, 'set_hook_whitelist', { hook: HOOK.accountId, status: true })
  restore = chain.snapshot()
})

beforeEach(() => restore())

/** What the hook was called with, from the receipts that it got. */
function heardIn({ status }: Receipt): unknown[] {
  return status.receiptOutcomes.flatMap(({ id, executorId }) => {
    const receipt = chain.node.receipt(id)?.receipt
    if (executorId !== HOOK.accountId || receipt?.kind !== 'Action') return []
    return receipt.action.actions.flatMap((action) =>
      action.kind === 'FunctionCall' ? [JSON.parse(Buffer.from(action.args).toString())] : [],
    )
  })
}

async function hire(): Promise<Hex> {
  const job_id = await nextJobId(chain)
  const change = { evaluator: CAROL.accountId, hook: HOOK.accountId, terms: null }
  await chain.send(...chain.transferCall(ALICE, chain.dollar, BUDGET, hiring(chain, job_id, change)))
  return job_id
}

const complete = (job_id: Hex) => chain.attempt(CAROL, chain.parley, 'complete', { job_id, reason: HASH })

describe('a hook', () => {
  it('is told of each action and who did it', async () => {
    const job_id = await nextJobId(chain)
    const creation = { evaluator: CAROL.accountId, provider_agent_id: '0', description: '', hook: HOOK.accountId }
    const job = { ...creation, expired_at: chain.now() + DAY }
    const created = await chain.send(ALICE, chain.parley, 'create_job', { ...job, provider: BOB.accountId })
    const price = { job_id, token: chain.dollar, amount: BUDGET }
    const priced = await chain.send(BOB, chain.parley, 'set_budget', price)
    const funding = chain.transferCall(ALICE, chain.dollar, BUDGET, { fund: { job_id, expected_budget: BUDGET } })
    const funded = await chain.send(...funding)
    const submitted = await submit(chain, job_id)
    const completed = complete(job_id)

    const parties = { provider: BOB.accountId, evaluator: CAROL.accountId }
    const amount = String(BUDGET)
    expect([created, priced, funded, submitted, completed].flatMap(heardIn)).toEqual([
      { job_id, action: 'create_job', caller: ALICE.accountId, ...parties },
      { job_id, action: 'set_budget', caller: BOB.accountId, token: chain.dollar, amount },
      { job_id, action: 'fund', caller: ALICE.accountId, amount },
      { job_id, action: 'submit', caller: BOB.accountId, deliverable: HASH },
      { job_id, action: 'complete', caller: CAROL.accountId, reason: HASH },
    ])
  })

  it('is told of a hiring once', async () => {
    const job_id = await nextJobId(chain)
    const change = { evaluator: CAROL.accountId, hook: HOOK.accountId, terms: null }

    const hired = await chain.send(...chain.transferCall(ALICE, chain.dollar, BUDGET, hiring(chain, job_id, change)))

    expect(heardIn(hired)).toMatchObject([{ job_id, action: 'hire', caller: ALICE.accountId }])
    expect(await chain.view(chain.parley, 'hook_of', { job_id })).toBe(HOOK.accountId)
  })

  it('is not told of a refund by time', async () => {
    const job_id = await hire()
    chain.warp(DAY)

    expect(heardIn(await chain.send(RELAYER, chain.parley, 'claim_refund', { job_id }))).toEqual([])
  })

  it.each([
    ['fails', FAILING],
    ['spends all its gas', SPENDING],
  ])('that %s undoes nothing', async (_, body) => {
    const job_id = await hire()
    deployToken(chain, body)

    chain.attempt(BOB, chain.parley, 'submit', { job_id, deliverable: HASH })
    const { events } = complete(job_id)

    expect(events.map(({ name }) => name)).toEqual(['JobCompleted', 'PaymentReleased'])
  })
})
