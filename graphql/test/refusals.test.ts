import { jobs } from '@parley/database'
import { getIntrospectionQuery } from 'graphql/index.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { encodeCursor } from '../src/cursor.ts'
import { connectReadOnly } from '../src/read-only-pool.ts'
import { createGraphqlServer } from '../src/server.ts'
import { ALICE, ask, CHAIN, jobRow, startFixture, tables, word } from './fixture.ts'

let fixture: Awaited<ReturnType<typeof startFixture>>

beforeAll(async () => {
  fixture = await startFixture()
  await fixture.writer.db.insert(tables.jobs).values(jobRow(1))
})
afterAll(() => fixture.stop())

describe('bad input is refused with InputInvalid and the name of the argument', () => {
  const literals: [string, string, string][] = [
    ['a page too long', '{ jobs(first: 101) { nodes { jobId } } }', 'first'],
    ['a page too long from the end', '{ jobs(last: 101) { nodes { jobId } } }', 'last'],
    ['a negative page', '{ jobs(first: -1) { nodes { jobId } } }', 'first'],
    ['both ends at once', '{ jobs(first: 1, last: 1) { nodes { jobId } } }', 'last'],
    ['a page that is no number', '{ jobs(first: "1") { nodes { jobId } } }', 'first'],
    ['text for a cursor', '{ jobs(after: "hello") { nodes { jobId } } }', 'after'],
    ['no cursor at all', '{ jobs(before: "") { nodes { jobId } } }', 'before'],
    ['a cursor of another list', `{ jobs(after: "${encodeCursor('agent', '1')}") { nodes { jobId } } }`, 'after'],
    ['a cursor with a NUL', `{ jobs(after: "${encodeCursor('job', 'a\0b')}") { nodes { jobId } } }`, 'after'],
    [
      'a cursor of another version',
      `{ jobs(after: "${Buffer.from('0:job:1').toString('base64url')}") { nodes { jobId } } }`,
      'after',
    ],
    [
      'a cursor that is too long',
      `{ jobs(after: "${encodeCursor('job', '1'.repeat(900))}") { nodes { jobId } } }`,
      'after',
    ],
    [
      'a made-up cursor of requests',
      `{ requests(after: "${encodeCursor('request', "' or 1")}") { nodes { id } } }`,
      'after',
    ],
    [
      'an impossible time in a cursor',
      `{ requests(after: "${encodeCursor('request', '2026-99-99T00:00:00.000000Z 00000000-0000-4000-8000-000000000001')}") { nodes { id } } }`,
      'after',
    ],
    ['a short address', '{ jobs(filter: { client: "0x12" }) { nodes { jobId } } }', 'filter.client'],
    ['one letter', '{ jobs(filter: { provider: "a" }) { nodes { jobId } } }', 'filter.provider'],
    ['65 letters', `{ jobs(filter: { account: "${'a'.repeat(65)}" }) { nodes { jobId } } }`, 'filter.account'],
    ['an account id in capitals', '{ agents(filter: { owner: "Alice.near" }) { nodes { uri } } }', 'filter.owner'],
    [
      'an account id with two dots',
      '{ payments(filter: { account: "a..near" }) { nodes { kind } } }',
      'filter.account',
    ],
    [
      'an enclave with an account id',
      '{ jobs(filter: { enclave: "enclave.near" }) { nodes { jobId } } }',
      'filter.enclave',
    ],
    ['an address that is none', `{ enclave(chain: "${CHAIN}", address: "parley.near") { quoteId } }`, 'address'],
    ['half a byte', `{ job(chain: "${CHAIN}", jobId: "0x123") { status } }`, 'jobId'],
    ['hex without 0x', `{ job(chain: "${CHAIN}", jobId: "1234") { status } }`, 'jobId'],
    ['a negative number', `{ agent(chain: "${CHAIN}", agentId: -1) { uri } }`, 'agentId'],
    ['a fraction', `{ agent(chain: "${CHAIN}", agentId: "1.5") { uri } }`, 'agentId'],
    ['more than 256 bits', `{ agent(chain: "${CHAIN}", agentId: "${2n ** 256n}") { uri } }`, 'agentId'],
    ['a chain that is none', '{ agent(chain: "ethereum", agentId: 1) { uri } }', 'chain'],
    ['a chain with a NUL', '{ jobs(filter: { chain: "eip155:\\u0000" }) { nodes { jobId } } }', 'filter.chain'],
    ['an unknown status', '{ jobs(filter: { status: [OPEN, DONE] }) { nodes { jobId } } }', 'filter.status'],
    [
      'a time without zone',
      '{ jobs(filter: { createdAfter: "2026-01-01T00:00:00" }) { nodes { jobId } } }',
      'filter.createdAfter',
    ],
    [
      'a day that is none',
      '{ jobs(filter: { createdAfter: "2026-13-01T00:00:00Z" }) { nodes { jobId } } }',
      'filter.createdAfter',
    ],
    ['an id that is no UUID', '{ request(id: "1") { kind } }', 'id'],
    ['an error that is none', '{ requests(filter: { error: Nonsense }) { nodes { id } } }', 'filter.error'],
    ['a bad nested page', `{ jobs { nodes { agent { jobs(first: 1000) { nodes { jobId } } } } } }`, 'first'],
  ]

  test.each(literals)('%s', async (_, query, field) => {
    const { data, errors } = await fixture.ask(query)

    expect(Object.values(data ?? {})).toEqual(data ? [null] : [])
    expect(errors?.map(({ extensions }) => extensions)).toEqual([{ code: 'InputInvalid', isRetryable: false, field }])
    expect(fixture.logged).toEqual([])
  })

  test('values of variables, by the argument that they are for', async () => {
    const query = `query ($who: Address!, $wish: JobFilter, $many: Int, $chain: String = "${CHAIN}") {
      enclave(chain: $chain, address: $who) { quoteId }
      jobs(filter: $wish, first: $many) { nodes { jobId } }
    }`

    const { errors } = await fixture.ask(query, {
      who: '0x1',
      wish: { client: 'Me', status: ['OPEN', 'LOST'], agentId: -1 },
      many: 'ten',
    })

    expect(errors?.map(({ extensions }) => extensions.field).toSorted()).toEqual([
      'address',
      'filter.agentId',
      'filter.client',
      'filter.status.1',
      'first',
    ])
    expect(new Set(errors?.map(({ extensions }) => extensions.code))).toEqual(new Set(['InputInvalid']))
    expect(errors?.find(({ extensions }) => extensions.field === 'address')?.message).toBe(
      '"0x1" is not an account: 0x and 40 hexadecimal digits, or an account id of NEAR: "alice.near"',
    )
  })

  test('a variable that is missing', async () => {
    const { errors } = await fixture.ask(
      `query ($who: Address!) { enclave(chain: "${CHAIN}", address: $who) { quoteId } }`,
    )

    expect(errors?.[0]?.extensions).toEqual({ code: 'InputInvalid', isRetryable: false, field: 'address' })
  })

  test.each([
    ['syntax', '{ jobs('],
    ['an unknown field', '{ jobs { secrets } }'],
    ['a mutation', 'mutation { jobs { totalCount } }'],
    ['a hole in the operation name', 'query A { chains { hash } } query B { chains { hash } }'],
  ])('%s has the code, though there is no argument to name', async (_, query) => {
    const { errors } = await fixture.ask(query)

    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['InputInvalid'])
  })
})

describe('what costs too much is refused before it costs anything', () => {
  test('depth', async () => {
    const deep = (levels: number): string =>
      levels === 0 ? 'jobId' : `agent { jobs(first: 1) { nodes { ${deep(levels - 1)} } } }`

    const fits = await fixture.ask(`{ jobs(first: 1) { nodes { ${deep(3)} } } }`)
    const exceeds = await fixture.ask(`{ jobs(first: 1) { nodes { ${deep(4)} } } }`)

    expect(fits.errors).toBeUndefined()
    expect(exceeds.errors?.[0]).toMatchObject({
      message: 'the query is 15 deep: ask for at most 12',
      extensions: { code: 'InputInvalid', field: 'query' },
    })
  })

  test.each([
    ['pages within pages', '{ agents(first: 100) { nodes { jobs(first: 100) { nodes { jobId } } } } }'],
    [
      'the same through variables',
      'query ($n: Int = 100) { agents(first: $n) { nodes { jobs(first: $n) { nodes { jobId } } } } }',
    ],
    [
      'the same through fragments',
      `{ agents(first: 100) { ...A } }
      fragment A on AgentConnection { nodes { ...B } } fragment B on Agent { jobs(first: 100) { nodes { jobId } } }`,
    ],
    [
      'many aliases',
      `{ ${Array.from({ length: 20 }, (_, at) => `a${at}: jobs(first: 100) { nodes { payments { kind } } }`).join(' ')} }`,
    ],
    ['counting in every row', '{ agents(first: 100) { nodes { jobs(first: 1) { totalCount } } } }'],
  ])('cost: %s', async (_, query) => {
    const { data, errors } = await fixture.ask(query)

    expect(data ?? null).toBeNull()
    expect(errors?.[0]?.message).toMatch(
      /^the query costs \d+, about one for each object it can give: ask for at most 10000$/,
    )
  })

  test('fragments that double at each level are measured in no time', async () => {
    const levels = Array.from({ length: 60 }, (_, at) => `fragment F${at} on Job { ...F${at + 1} ...F${at + 1} }`)
    const started = performance.now()

    await fixture.ask(`{ jobs { nodes { ...F0 } } } ${levels.join(' ')} fragment F60 on Job { created { block } }`)

    expect(performance.now() - started).toBeLessThan(2_000)
  })

  test('a query of too many words', async () => {
    const { errors } = await fixture.ask(`{ chains { ${'hash '.repeat(2_000)} } }`)

    expect(errors?.[0]).toMatchObject({
      message: expect.stringContaining('2000 tokens'),
      extensions: { code: 'InputInvalid' },
    })
  })

  test('a body too large', async () => {
    const response = await fixture.server.fetch('http://graphql/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ chains { hash } }', variables: { padding: 'x'.repeat(70_000) } }),
    })

    expect(response.status).toBe(413)
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BodyTooLarge' } }] })
  })

  test('the largest useful page and introspection pass', async () => {
    const page = await fixture.ask(`{ jobs(first: 100) { totalCount pageInfo { endCursor } edges { cursor node {
      agent { uri wallet } enclave { workload } result { response } payments { kind amount } created { block } updated { block }
    } } } }`)
    const introspection = await fixture.ask(getIntrospectionQuery())

    expect(page.errors).toBeUndefined()
    expect(introspection.errors).toBeUndefined()
  })
})

describe('what fails here', () => {
  test('Postgres refuses to write through the pool', async () => {
    const { db, sql } = fixture.reader

    const insert = db.insert(jobs).values(jobRow(2)).then()
    const remove = sql`delete from chain.jobs`

    await expect(insert).rejects.toMatchObject({ cause: { code: '25006' } })
    await expect(remove).rejects.toMatchObject({ code: '25006' })
    expect(await fixture.writer.db.$count(tables.jobs)).toBe(1)
  })

  test('an unexpected error is Internal for the reader, whole in the log, and there once', async () => {
    const { logged, writer } = fixture
    logged.length = 0
    await writer.sql`alter table chain.agents rename to hidden`

    const { data, errors } = await fixture.ask('{ agents { nodes { uri } } chains { hash } }')

    await writer.sql`alter table chain.hidden rename to agents`
    expect(data ?? null).toBeNull()
    expect(errors).toEqual([
      {
        message: 'something failed here, and is logged: try again or tell the operator',
        locations: expect.anything(),
        path: ['agents'],
        extensions: { code: 'Internal', isRetryable: true },
      },
    ])
    expect(logged).toHaveLength(1)
    expect(logged[0]).toContain('chain.agents')
    logged.length = 0
  })

  test('a statement that takes too long ends as Unavailable', async () => {
    const slow = connectReadOnly(fixture.url, { statementTimeoutMilliseconds: 200 })
    const server = createGraphqlServer({ ...fixture.sources, db: slow.db })

    const { errors } = await whileLocked(() =>
      ask(server, `{ job(chain: "${CHAIN}", jobId: "${word(1)}") { status } }`),
    )

    expect(errors?.[0]).toMatchObject({
      message: 'the database does not answer: try again',
      extensions: { code: 'Unavailable', isRetryable: true },
    })
    await slow.close()
  })

  test('a request that takes too long ends as Unavailable', async () => {
    const server = createGraphqlServer({ ...fixture.sources, requestTimeoutMilliseconds: 200 })

    const { errors } = await whileLocked(() =>
      ask(server, `{ jobs(filter: { client: "${ALICE}" }) { nodes { status } } }`),
    )

    expect(errors?.[0]).toMatchObject({
      message: 'no answer within 0.2 seconds: ask for less',
      extensions: { code: 'Unavailable', isRetryable: true },
    })
  })

  test('without a database the process lives but is not ready, and says nothing about it', async () => {
    const nowhere = connectReadOnly('postgres://user:secret@127.0.0.1:1/none')
    const server = createGraphqlServer({ ...fixture.sources, db: nowhere.db })

    const health = await server.fetch('http://graphql/health')
    const ready = await server.fetch('http://graphql/ready')
    const { errors } = await ask(server, '{ chains { hash } }')

    expect([health.status, ready.status, await ready.text()]).toEqual([200, 503, ''])
    expect(errors?.[0]?.extensions).toEqual({ code: 'Unavailable', isRetryable: true })
    await nowhere.close()
  })
})

/** Holds the table of jobs, so that whoever reads it waits. */
async function whileLocked<Value>(action: () => Promise<Value>): Promise<Value> {
  const { promise: locked, resolve: onLocked } = Promise.withResolvers<void>()
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  const holding = fixture.writer.sql.begin(async (sql) => {
    await sql`lock table chain.jobs in access exclusive mode`
    onLocked()
    await released
  })
  await locked
  try {
    return await action()
  } finally {
    release()
    await holding
  }
}
