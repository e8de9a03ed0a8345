import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { nearDeeds } from './near-activity.ts'
import { ALICE, BOB, CAROL, DOLLAR, functionCall, type NearNode, STRANGER, startNearNode } from './near-node.ts'
import {
  contentsOf,
  indexFromScratch,
  startDatabases,
  startIndexer,
  type TestDatabase,
  type TestDatabases,
  type TestIndexer,
  untilIndexed,
} from './setup.ts'

let databases: TestDatabases
let near: NearNode
let database: TestDatabase
let indexer: TestIndexer

beforeAll(async () => {
  databases = await startDatabases()
})
afterAll(() => databases.stop())
beforeEach(async () => {
  near = await startNearNode()
  database = await databases.create()
  indexer = start()
  return async () => {
    await indexer.stop()
    await near.stop()
  }
})

describe('a job', () => {
  test('is followed from its hiring to the payment, over all the blocks that it takes', async () => {
    nearDeeds.registerAgent(near, 1)
    near.settle()
    const hired = await act(() => nearDeeds.hire(near, 0))
    await act(() => nearDeeds.advanceJob(near, 0))
    const completed = await act(() => nearDeeds.advanceJob(near, 0))

    const [job] = await database.sql`select * from chain.jobs`
    expect(job).toMatchObject({
      chain: 'near:localnet',
      status: 'Completed',
      client: ALICE.accountId,
      provider: BOB.accountId,
      evaluator: 'parley.test.near',
      agent_id: '0',
      token: DOLLAR,
      budget: '1000',
      funded: '1000',
      paid: '1000',
      refunded: null,
      observability: 2,
      response: '0xc0ffee',
    })
    // As PostgreSQL takes it: without NUL and halves of surrogate pairs.
    expect(job?.description).toBe('job 0 zero\uFFFD, half \uFFFD, €, "quoted"\n')
    expect(job?.created_transaction).toMatch(/^[1-9A-HJ-NP-Za-km-z]{43,44}$/)
    expect(Number(job?.created_block)).toBeGreaterThan(hired)
    // The escrow pays by a transfer of its own: the money has moved blocks after the job is complete.
    const payments = await database.sql`
      select kind, account, block_number > ${completed + 1} as is_later from chain.payments order by position`
    expect(payments).toEqual([
      { kind: 'Funded', account: ALICE.accountId, is_later: false },
      { kind: 'Released', account: BOB.accountId, is_later: true },
    ])
  })

  test('has the response of its own result where a receipt brings several calls', async () => {
    nearDeeds.registerAgent(near, 1)
    near.settle()
    // Each second result is in capitals, and all come together with another call.
    for (const pick of [0, 1]) {
      await act(() => nearDeeds.hire(near, pick * 5))
      await act(() => nearDeeds.advanceJob(near, pick))
      await act(() => nearDeeds.advanceJob(near, pick))
    }

    const jobs = await database.sql`select status, response, response_hash, produced_at from chain.jobs order by client`
    expect(jobs.map(({ status, response }) => [status, response])).toEqual([
      ['Completed', '0xc0ffee'],
      ['Completed', '0xc0ffee'],
    ])
    expect(jobs[1]?.produced_at).toBe(String(Number.MAX_SAFE_INTEGER))
  })
})

describe('a delegate action', () => {
  test('is a request with the hash that was signed, once everything that it caused is over', async () => {
    nearDeeds.registerAgent(near, 1)
    near.settle()
    const register = functionCall('register', { agent_uri: 'ipfs://sponsored' })
    await untilIndexed(database, near)
    const { requestId, nonce } = near.delegate(ALICE, near.deployment.agents, [register])
    let blocks = 0
    while ((await requests()).length === 0 && blocks < 10) {
      near.node.produceBlock()
      blocks++
      await untilIndexed(database, near)
    }

    // The transaction, ALICE's receipt, the registry's, and the refund of what gas is left over.
    expect(blocks).toBeGreaterThanOrEqual(3)
    expect(await requests()).toEqual([
      {
        request_id: requestId,
        account: ALICE.accountId,
        nonce: String(nonce),
        has_succeeded: true,
        error: null,
        reason: null,
      },
    ])
    expect(await database.sql`select owner from chain.agents where uri = 'ipfs://sponsored'`).toEqual([
      { owner: ALICE.accountId },
    ])
  })

  test('of version 2 is a request, too', async () => {
    const register = functionCall('register', { agent_uri: 'ipfs://second' })
    let signed: object = {}
    await act(() => {
      const { requestId, nonce } = near.delegateV2(ALICE, near.deployment.agents, [register])
      signed = { request_id: requestId, account: ALICE.accountId, nonce: String(nonce), has_succeeded: true }
    })

    expect(await database.sql`select uri from chain.agents`).toEqual([{ uri: 'ipfs://second' }])
    expect(await requests()).toMatchObject([signed])
  })

  test.each([
    ['its call', (node: NearNode) => delegateCall(node, 'claim_refund', { job_id: NO_JOB }), `JobUnknown: ${NO_JOB}`],
    ['a call by the token that it paid', payNonsense, 'InputInvalid: msg is neither '],
    [
      'a call of what is not there',
      (node: NearNode) => delegateCall(node, 'nothing', {}),
      'MethodResolveError: MethodNotFound',
    ],
    ['too little gas', (node: NearNode) => delegateCall(node, 'issue_challenge', {}, 1_000_000n), /^GasTooLow: /],
  ])('that failed in %s says why, by the first failure', async (_, delegate, reason) => {
    await act(() => void delegate(near))

    const [request] = await requests()
    expect(request).toMatchObject({ has_succeeded: false, reason: expect.stringMatching(reason) })
    expect(request?.error).toBe(String(request?.reason).split(':')[0])
  })

  test('for an agent of somebody else says so, though the payment that it was made with went back', async () => {
    nearDeeds.registerAgent(near, 2)
    near.settle()
    const agent = near.view('agents.test.near', 'owner_of', { agent_id: '0' })
    const hire = {
      provider: BOB.accountId,
      expired_at: String(near.now() + 3_600n),
      description: '',
      provider_agent_id: '0',
      terms: { enclave: { body_hash: NO_JOB, workload: NO_JOB, observability: '0' } },
      job_id: near.view('parley.test.near', 'next_job_id', { client: ALICE.accountId }),
    }
    const args = { receiver_id: 'parley.test.near', amount: '5', msg: JSON.stringify({ hire }) }
    const options = { deposit: 1n, gas: 250_000_000_000_000n }
    await act(() => void near.delegate(ALICE, DOLLAR, [functionCall('ft_transfer_call', args, options)]))

    expect(agent).toBe(CAROL.accountId)
    expect(await requests()).toMatchObject([{ has_succeeded: false, reason: `AgentNotOfProvider: 0 ${BOB.accountId}` }])
    expect(near.view(DOLLAR, 'ft_balance_of', { account_id: ALICE.accountId })).toBe('1000000000')
  })

  test('that NEAR refuses, that is for others, or that is no call, is none of ours', async () => {
    for (const pick of [0, 1, 2]) await act(() => nearDeeds.delegateElsewhere(near, pick))

    expect(await requests()).toEqual([])
    expect(await contentsOf(database)).toEqual(await indexFromScratch(databases, near))
  })
})

describe('what strangers do', () => {
  test('their lines are nobody’s events, nor are those of a receipt that failed', async () => {
    for (const pick of [0, 1, 3, 4]) await act(() => nearDeeds.beStrange(near, pick))

    expect(await database.sql`select 1 from chain.agents`).toEqual([])
    expect(indexer.messages).not.toContain('a log is skipped')
  })

  test('the longest of their errors is a request that failed like any other', async () => {
    // Of all sorts: what can be compressed fits into an index at any length.
    const noise = Array.from({ length: 800 }, (_, at) => Math.sin(at).toString(36).slice(3, 13)).join('')
    const pay = functionCall('ft_transfer_call', { [noise]: '', receiver_id: near.deployment.parley })
    await act(() => void near.delegate(ALICE, STRANGER, [pay]))

    const [request] = await requests()
    expect(request).toMatchObject({ has_succeeded: false, error: 'TransactionReverted' })
    expect(request?.reason).toBe(Buffer.from(pay.args).toString().slice(0, 2_000))
    expect(await contentsOf(database)).toEqual(await indexFromScratch(databases, near))
  })

  test('their calls of our contracts are as good as anybody’s', async () => {
    await act(() => nearDeeds.beStrange(near, 2))

    expect(await database.sql`select owner, uri from chain.agents`).toEqual([{ owner: STRANGER, uri: 'stranger-2' }])
  })

  test('a call that comes 200 blocks after its transaction is found, by who was not there when it was sent, too', async () => {
    near.call(CAROL, STRANGER, 'register_later', { agent_uri: 'late' }, { gas: 200_000_000_000_000n })
    near.settle()
    await untilIndexed(database, near)
    const pending = await database.sql`select pending from chain.blocks order by number desc limit 1`
    await indexer.stop()
    indexer = start()
    for (let count = 0; count < 210; count++) near.node.produceBlock()
    await untilIndexed(database, near)

    expect(pending[0]?.pending).toEqual([{ hash: expect.any(String), signer: CAROL.accountId }])
    expect(await database.sql`select owner, uri from chain.agents`).toEqual([{ owner: STRANGER, uri: 'late' }])
    expect(await database.sql`select pending from chain.blocks order by number desc limit 1`).toEqual([{ pending: [] }])
    expect(await contentsOf(database)).toEqual(await indexFromScratch(databases, near))
  })
})

describe('a long history', () => {
  test('of many blocks with many transactions each comes in the same order as block by block', async () => {
    await indexer.stop()
    for (let count = 0; count < 30; count++) {
      for (let pick = 0; pick < 10; pick++) nearDeeds.registerAgent(near, count + pick)
      near.node.produceBlock()
    }
    near.settle()
    indexer = start()
    await untilIndexed(database, near)

    const agents = await database.sql`select agent_id::int as id from chain.agents order by position`
    expect(agents.map(({ id }) => id)).toEqual(Array.from({ length: 300 }, (_, at) => at))
  })

  test('that skips hours of heights takes no longer for them', async () => {
    nearDeeds.registerAgent(near, 0)
    near.settle()
    near.node.fastForward(20_000)
    nearDeeds.registerAgent(near, 1)
    near.settle()

    await untilIndexed(database, near)

    expect(await database.sql`select 1 from chain.agents`).toHaveLength(2)
    expect(await contentsOf(database)).toEqual(await indexFromScratch(databases, near))
  })
})

const NO_JOB = `0x${'00'.repeat(31)}07`

function start(): TestIndexer {
  return startIndexer({ rpcUrl: near.url, databaseUrl: database.url, deployment: near.deployment })
}

/** Something, and everything that comes of it, block by block. Answers the block before. */
async function act(deed: () => void | Promise<void>): Promise<number> {
  const { number } = await near.head()
  await deed()
  near.settle()
  await untilIndexed(database, near)
  return number
}

function requests() {
  return database.sql`
    select request_id, account, nonce, has_succeeded, error, reason from chain.forwarded_requests order by position`
}

function delegateCall({ delegate, deployment }: NearNode, method: string, args: object, gas?: bigint) {
  return delegate(ALICE, deployment.parley, [functionCall(method, args, gas === undefined ? {} : { gas })])
}

function payNonsense({ delegate }: NearNode) {
  const args = { receiver_id: 'parley.test.near', amount: '5', msg: '{}' }
  return delegate(ALICE, DOLLAR, [functionCall('ft_transfer_call', args, { deposit: 1n, gas: 250_000_000_000_000n })])
}
