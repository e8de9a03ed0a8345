import { type ErrorName, errors } from '@parley/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { acceptsJob, type JobFilter, whereJob } from '../src/job-filter.ts'
import {
  ALICE,
  agentRow,
  BOB,
  CAROL,
  CHAIN,
  ENCLAVE,
  enclaveRow,
  forwardedRow,
  jobRow,
  metadataRow,
  NOW_SECONDS,
  OTHER_CHAIN,
  paymentRow,
  requestRow,
  START_SECONDS,
  startFixture,
  TOKEN,
  tables,
  word,
} from './fixture.ts'

let fixture: Awaited<ReturnType<typeof startFixture>>
const BIG = 2n ** 256n - 1n

beforeAll(async () => {
  fixture = await startFixture()
  const { db } = fixture.writer
  await db.insert(tables.blocks).values([
    { chain: CHAIN, number: 9, hash: word(9), pending: [] },
    { chain: CHAIN, number: 10, hash: word(10), pending: [] },
    { chain: OTHER_CHAIN, number: 3, hash: word(3), pending: [] },
  ])
  await db
    .insert(tables.agents)
    .values([agentRow(1), agentRow(2, { owner: CAROL }), agentRow(3, { chain: OTHER_CHAIN, agentId: BIG })])
  await db
    .insert(tables.agentMetadata)
    .values([
      metadataRow(1, 'agentWallet', CAROL),
      metadataRow(1, 'a', '0x01'),
      metadataRow(2, 'agentWallet', '0x1234'),
      ...Array.from({ length: 150 }, (_, at) => metadataRow(2, `Z${String(at).padStart(3, '0')}`, '0x')),
    ])
  await db
    .insert(tables.enclaves)
    .values([
      enclaveRow(0xe1, { enclave: ENCLAVE }),
      enclaveRow(0xe2, { isRevoked: true, operator: ALICE }),
      enclaveRow(0xe3, { expiresAt: NOW_SECONDS, workload: word(7) }),
    ])
  await db.insert(tables.jobs).values([
    jobRow(1),
    jobRow(2, {
      status: 'Completed',
      client: BOB,
      provider: ALICE,
      agentId: 1n,
      description: 'Say hello',
      token: TOKEN,
      budget: BIG,
      funded: BIG,
      paid: 1n,
      refunded: 0n,
      requestHash: word(21),
      workload: word(1),
      observability: 1,
      deliverable: word(22),
      enclave: ENCLAVE,
      resultId: word(23),
      responseHash: word(24),
      response: '0xabcd',
      producedAt: START_SECONDS + 3,
      reason: word(25),
    }),
    jobRow(3, { status: 'Funded', provider: BOB, agentId: 1n, judges: [ALICE, CAROL] }),
    jobRow(4, { status: 'Expired', provider: BOB, chain: OTHER_CHAIN, agentId: 1n }),
    jobRow(5, { client: CAROL, provider: CAROL, expiredAt: Number.MAX_SAFE_INTEGER }),
  ])
  await db
    .insert(tables.payments)
    .values([
      paymentRow(2, 1, { amount: BIG }),
      paymentRow(2, 2, { kind: 'Released', account: BOB, amount: 1n }),
      paymentRow(3, 1, { kind: 'Refunded' }),
    ])
  await db.insert(tables.forwardedRequests).values([
    forwardedRow(1),
    forwardedRow(2, { hasSucceeded: false, error: 'JobNotOpen', reason: 'JobNotOpen: 0x01', account: BOB }),
    forwardedRow(3, {
      hasSucceeded: false,
      error: 'ERC20InsufficientBalance',
      reason: 'ERC20InsufficientBalance: 1',
    }),
  ])
  await db.insert(tables.requests).values([
    requestRow(1),
    requestRow(2, {
      status: 'failed',
      error: 'ChainUnavailable',
      message: 'no node',
      kind: 'results',
      transaction: word(5),
      blockNumber: 7,
    }),
    requestRow(3, { status: 'refused', error: 'InputInvalid', message: 'bad', field: 'calls.0.to', account: BOB }),
    // A name that this version does not know.
    requestRow(4, {
      status: 'failed',
      error: 'ERC20InsufficientBalance' as ErrorName,
      message: 'ERC20InsufficientBalance: 1',
    }),
  ])
})
afterAll(() => fixture.stop())

describe('job and jobs', () => {
  test('job gives all there is to know about a job', async () => {
    const { data, errors } = await fixture.ask(
      `query ($id: Hex!) { job(chain: "${CHAIN}", jobId: $id) {
        id chain jobId status client provider evaluator description token budget funded paid refunded requestHash workload
        observability deliverable reason expiredAt
        agent { agentId wallet } enclave { address isActive }
        result { resultId responseHash response producedAt }
        payments { id kind token account amount block transaction timestamp job { jobId } }
        created { block transaction timestamp } updated { block transaction timestamp }
      } }`,
      { id: word(2) },
    )

    const moment = { block: '2', transaction: word(2000), timestamp: iso(2) }
    const payment = { job: { jobId: word(2) }, token: TOKEN, block: '2', timestamp: iso(2) }
    expect(errors).toBeUndefined()
    expect(data.job).toEqual({
      id: `job/${CHAIN}/${word(2)}`,
      chain: CHAIN,
      jobId: word(2),
      status: 'COMPLETED',
      client: BOB,
      provider: ALICE,
      evaluator: CAROL,
      description: 'Say hello',
      token: TOKEN,
      budget: BIG.toString(),
      funded: BIG.toString(),
      paid: '1',
      refunded: '0',
      requestHash: word(21),
      workload: word(1),
      observability: 'PARTIAL',
      deliverable: word(22),
      reason: word(25),
      expiredAt: iso(86_400),
      agent: { agentId: '1', wallet: CAROL },
      enclave: { address: ENCLAVE, isActive: true },
      result: { resultId: word(23), responseHash: word(24), response: '0xabcd', producedAt: iso(3) },
      payments: [
        {
          ...payment,
          id: `payment/${CHAIN}/2/1`,
          kind: 'FUNDED',
          account: ALICE,
          amount: BIG.toString(),
          transaction: word(2001),
        },
        {
          ...payment,
          id: `payment/${CHAIN}/2/2`,
          kind: 'RELEASED',
          account: BOB,
          amount: '1',
          transaction: word(2002),
        },
      ],
      created: moment,
      updated: moment,
    })
  })

  test('job has null for what has not happened, and is null when there is none', async () => {
    const { data } = await fixture.ask(`{
      open: job(chain: "${CHAIN}", jobId: "${word(5)}") { agent { uri } enclave { address } result { resultId } payments { kind } expiredAt }
      none: job(chain: "${CHAIN}", jobId: "${word(99)}") { status }
    }`)

    expect(data.open).toEqual({
      agent: null,
      enclave: null,
      result: null,
      payments: [],
      expiredAt: '9999-12-31T23:59:59.000Z',
    })
    expect(data.none).toBeNull()
  })

  const filters: [string, JobFilter, number[]][] = [
    ['nothing', {}, [5, 4, 3, 2, 1]],
    ['chain', { chain: OTHER_CHAIN }, [4]],
    ['statuses', { status: ['Open', 'Funded'] }, [5, 3, 1]],
    ['no status', { status: [] }, []],
    ['client', { client: BOB }, [2]],
    ['provider', { provider: BOB }, [4, 3]],
    ['account', { account: BOB }, [4, 3, 2]],
    ['agent', { agentId: 1n, chain: CHAIN }, [3, 2]],
    ['judge', { judge: CAROL }, [3]],
    ['enclave', { enclave: ENCLAVE }, [2]],
    ['created after', { createdAfter: new Date(iso(3)) }, [5, 4]],
    ['created before', { createdBefore: new Date(iso(3)) }, [2, 1]],
    [
      'a time within a second',
      { createdAfter: new Date((START_SECONDS + 2.5) * 1000), createdBefore: new Date((START_SECONDS + 3.5) * 1000) },
      [3],
    ],
    ['null', { client: null, status: null }, [5, 4, 3, 2, 1]],
  ]

  test.each(filters)('jobs filters by %s', async (_, filter, expected) => {
    const variables = {
      filter: {
        ...filter,
        ...(filter.status && { status: filter.status.map((status) => status.toUpperCase()) }),
        ...(filter.agentId && { agentId: filter.agentId.toString() }),
      },
    }

    const { data, errors } = await fixture.ask(
      'query ($filter: JobFilter) { jobs(filter: $filter) { totalCount nodes { jobId } edges { node { jobId } } } }',
      variables,
    )

    const ids = expected.map((number) => ({ jobId: word(number) }))
    expect(errors).toBeUndefined()
    expect(data.jobs).toEqual({ totalCount: expected.length, nodes: ids, edges: ids.map((node) => ({ node })) })
  })

  test.each(filters)('the predicate for changed jobs agrees with the query on %s', async (_, filter) => {
    const all = await fixture.reader.db.select().from(tables.jobs)

    const found = await fixture.reader.db.select().from(tables.jobs).where(whereJob(filter))

    expect(new Set(all.filter((job) => acceptsJob(filter, job)))).toEqual(new Set(found))
  })
})

describe('agent and agents', () => {
  test('agent gives metadata, wallet and its jobs', async () => {
    const { data } = await fixture.ask(`{ agent(chain: "${CHAIN}", agentId: 1) {
      id chain agentId owner uri wallet metadata { key value } created { block } updated { block }
      jobs(first: 1) { totalCount nodes { jobId } pageInfo { hasNextPage hasPreviousPage } }
    } }`)

    expect(data.agent).toEqual({
      id: `agent/${CHAIN}/1`,
      chain: CHAIN,
      agentId: '1',
      owner: BOB,
      uri: 'https://agents/1',
      wallet: CAROL,
      metadata: [
        { key: 'agentWallet', value: CAROL },
        { key: 'a', value: '0x01' },
      ],
      created: { block: '1' },
      updated: { block: '1' },
      jobs: { totalCount: 2, nodes: [{ jobId: word(3) }], pageInfo: { hasNextPage: true, hasPreviousPage: false } },
    })
  })

  test('a wallet that is no address is null, and metadata without end is cut', async () => {
    const { data } = await fixture.ask(`{ agent(chain: "${CHAIN}", agentId: "2") { wallet metadata { key } } }`)

    expect(data.agent.wallet).toBeNull()
    expect(data.agent.metadata).toHaveLength(100)
    expect(data.agent.metadata).toContainEqual({ key: 'agentWallet' })
  })

  test('agents filters by owner and chain', async () => {
    const { data } = await fixture.ask(`{
      all: agents(orderBy: CREATED_ASC) { nodes { agentId } }
      byOwner: agents(filter: { owner: "${CAROL.toUpperCase().replace('0X', '0x')}" }) { nodes { agentId } }
      byChain: agents(filter: { chain: "${OTHER_CHAIN}" }) { nodes { agentId } }
    }`)

    expect(data.all.nodes.map(agentId)).toEqual(['1', '2', BIG.toString()])
    expect(data.byOwner.nodes.map(agentId)).toEqual(['2'])
    expect(data.byChain.nodes.map(agentId)).toEqual([BIG.toString()])
  })
})

describe('enclave and enclaves', () => {
  test('enclave gives what was attested', async () => {
    const { data } = await fixture.ask(`{ enclave(chain: "${CHAIN}", address: "${ENCLAVE}") {
      id chain address operator workload encryptionKey quoteId expiresAt isRevoked isActive created { block }
    } }`)

    expect(data.enclave).toEqual({
      id: `enclave/${CHAIN}/${ENCLAVE}`,
      chain: CHAIN,
      address: ENCLAVE,
      operator: BOB,
      workload: word(1),
      encryptionKey: word(2),
      quoteId: word(3),
      expiresAt: iso(10_001),
      isRevoked: false,
      isActive: true,
      created: { block: String(0xe1) },
    })
  })

  test('enclaves filters by workload, operator and whether it is active now', async () => {
    const { data } = await fixture.ask(`{
      byWorkload: enclaves(filter: { workload: "${word(7)}" }) { nodes { address isActive } }
      byOperator: enclaves(filter: { operator: "${ALICE}" }) { nodes { isRevoked isActive } }
      active: enclaves(filter: { isActive: true }) { nodes { address } }
      inactive: enclaves(filter: { isActive: false, chain: "${CHAIN}" }) { totalCount }
    }`)

    expect(data.byWorkload.nodes).toEqual([{ address: expect.stringMatching(/e3$/), isActive: false }])
    expect(data.byOperator.nodes).toEqual([{ isRevoked: true, isActive: false }])
    expect(data.active.nodes).toEqual([{ address: ENCLAVE }])
    expect(data.inactive.totalCount).toBe(2)
  })
})

describe('payments', () => {
  test('payments filters by job, account and kind', async () => {
    const { data } = await fixture.ask(`{
      all: payments { nodes { kind } }
      byJob: payments(filter: { jobId: "${word(2)}", chain: "${CHAIN}" }) { nodes { kind } }
      byAccount: payments(filter: { account: "${BOB}" }) { nodes { kind job { description } token } }
      byKind: payments(filter: { kind: REFUNDED }) { nodes { token } }
    }`)

    expect(data.all.nodes.map(kind)).toEqual(['REFUNDED', 'RELEASED', 'FUNDED'])
    expect(data.byJob.nodes.map(kind)).toEqual(['RELEASED', 'FUNDED'])
    expect(data.byAccount.nodes).toEqual([{ kind: 'RELEASED', job: { description: 'Say hello' }, token: TOKEN }])
    expect(data.byKind.nodes).toEqual([{ token: null }])
  })
})

describe('request and requests', () => {
  test('request says what the relayer was asked and what became of it', async () => {
    const { data } = await fixture.ask(`{
      failed: request(id: "${requestRow(2).id}") {
        id kind chain account status error { name message field isRetryable } transaction block createdAt updatedAt
      }
      refused: request(id: "${requestRow(3).id}") { error { name field isRetryable } transaction }
      foreign: request(id: "${requestRow(4).id}") { error { name message isRetryable } }
      none: request(id: "${requestRow(9).id}") { id }
    }`)

    expect(data.failed).toEqual({
      id: requestRow(2).id,
      kind: 'RESULTS',
      chain: CHAIN,
      account: ALICE,
      status: 'FAILED',
      error: { name: 'ChainUnavailable', message: 'no node', field: null, isRetryable: true },
      transaction: word(5),
      block: '7',
      createdAt: iso(2),
      updatedAt: expect.any(String),
    })
    expect(data.refused).toEqual({
      error: { name: 'InputInvalid', field: 'calls.0.to', isRetryable: false },
      transaction: null,
    })
    expect(data.foreign).toEqual({ error: { name: null, message: 'ERC20InsufficientBalance: 1', isRetryable: false } })
    expect(data.none).toBeNull()
  })

  test('requests filters by status, error, account and kind', async () => {
    const { data } = await fixture.ask(`{
      all: requests { nodes { id } totalCount }
      byStatus: requests(filter: { status: [ACCEPTED, REFUSED] }) { nodes { id } }
      byError: requests(filter: { error: InputInvalid }) { nodes { id } }
      byAccount: requests(filter: { account: "${BOB}" }) { nodes { id } }
      byKind: requests(filter: { kind: RESULTS, chain: "${CHAIN}" }) { nodes { id } }
    }`)

    const ids = (...numbers: number[]) => numbers.map((number) => ({ id: requestRow(number).id }))
    expect(data).toEqual({
      all: { nodes: ids(4, 3, 2, 1), totalCount: 4 },
      byStatus: { nodes: ids(3, 1) },
      byError: { nodes: ids(3) },
      byAccount: { nodes: ids(3) },
      byKind: { nodes: ids(2) },
    })
  })

  test('a request never shows call data or idempotency keys', async () => {
    const { data } = await fixture.ask('{ __type(name: "Request") { fields { name } } }')

    const names = data.__type.fields.map(({ name }: { name: string }) => name)
    expect(names.filter((name: string) => /call|data|idempotency|body|effect|event/i.test(name))).toEqual([])
  })
})

describe('the rest', () => {
  test('forwardedRequests says why a call failed, also when the error is not ours', async () => {
    const { data } = await fixture.ask(`{
      all: forwardedRequests { nodes { requestId nonce hasSucceeded error reason } }
      byAccount: forwardedRequests(filter: { account: "${BOB}" }) { nodes { error } }
      byError: forwardedRequests(filter: { error: JobNotOpen, hasSucceeded: false }) { nodes { account } }
    }`)

    expect(data.all.nodes).toEqual([
      { requestId: word(3), nonce: '1', hasSucceeded: false, error: null, reason: 'ERC20InsufficientBalance: 1' },
      { requestId: word(2), nonce: '1', hasSucceeded: false, error: 'JobNotOpen', reason: 'JobNotOpen: 0x01' },
      { requestId: word(1), nonce: '1', hasSucceeded: true, error: null, reason: null },
    ])
    expect(data.byAccount.nodes).toEqual([{ error: 'JobNotOpen' }])
    expect(data.byError.nodes).toEqual([{ account: BOB }])
  })

  test('errors lists every name and whether to try again', async () => {
    const { data } = await fixture.ask('{ errors { name isRetryable } }')

    expect(data.errors).toEqual(Object.entries(errors).map(([name, isRetryable]) => ({ name, isRetryable })))
  })

  test('chains gives the head of each chain', async () => {
    const { data } = await fixture.ask('{ chains { chain block hash } }')

    expect(data.chains).toEqual([
      { chain: OTHER_CHAIN, block: '3', hash: word(3) },
      { chain: CHAIN, block: '10', hash: word(10) },
    ])
  })
})

function iso(block: number): string {
  return new Date((START_SECONDS + block) * 1000).toISOString()
}

function agentId(agent: { agentId: string }): string {
  return agent.agentId
}

function kind(payment: { kind: string }): string {
  return payment.kind
}
