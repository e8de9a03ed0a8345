import { NOBODY } from '@parley/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  ALICE,
  BOB,
  CAROL,
  CHAIN,
  NOW_SECONDS,
  OTHER_CHAIN,
  origin,
  startFixture,
  TOKEN,
  tables,
  word,
} from './fixture.ts'

let fixture: Awaited<ReturnType<typeof startFixture>>

const NEAR = 'near:localnet'
const FIRST = origin(CHAIN, 1).position
const LATER = origin(CHAIN, 5).position

beforeAll(async () => {
  fixture = await startFixture()
  const { db } = fixture.writer
  const at = (block: number, chain = CHAIN) => ({ chain, ...origin(chain, block) })
  const moved = (block: number, from: string, to: string, chain = CHAIN) => ({
    ...{
      blockNumber: block,
      logIndex: 0,
      caller: ALICE,
      from,
      to,
      token: TOKEN,
      amount: BigInt(block),
      ...at(block, chain),
    },
  })
  await db.insert(tables.ledgerBalances).values([
    { account: ALICE, token: TOKEN, balance: 2n ** 128n - 1n, ...at(1) },
    { account: BOB, token: TOKEN, balance: 0n, ...at(2) },
    { account: 'alice.test.near', token: 'dollar.test.near', balance: 7n, ...at(3, NEAR) },
  ])
  await db
    .insert(tables.ledgerTransfers)
    .values([moved(1, NOBODY, ALICE), moved(2, ALICE, BOB), moved(3, BOB, NOBODY), moved(4, BOB, CAROL, OTHER_CHAIN)])
  await db.insert(tables.ledgerOperators).values([
    { owner: ALICE, spender: BOB, isApproved: true, ...at(1) },
    { owner: ALICE, spender: CAROL, isApproved: false, ...at(2) },
  ])
  const policy = { account: ALICE, confirmers: [CAROL], confirmationsNeeded: 1, isAnyCounterparty: false }
  await db.insert(tables.policies).values([
    {
      ...policy,
      ...{ key: BOB, expiresAt: NOW_SECONDS + 1, methods: 5, isRevoked: false, revokedPosition: FIRST },
      ...at(1),
    },
    { ...policy, key: CAROL, expiresAt: NOW_SECONDS, methods: 2, isRevoked: false, ...at(2) },
    {
      ...policy,
      key: TOKEN,
      expiresAt: NOW_SECONDS + 1,
      methods: 7,
      isRevoked: true,
      revokedPosition: LATER,
      ...at(3),
    },
  ])
  const limit = { account: ALICE, limit: 100n, periodSeconds: 3_600, threshold: 10n }
  await db.insert(tables.spendLimits).values([
    // As old as the revocation: the policy that it was part of is over.
    { ...limit, key: BOB, token: CAROL, setPosition: FIRST, ...at(1) },
    { ...limit, key: BOB, token: TOKEN, setPosition: LATER, ...at(5) },
    { ...limit, key: CAROL, token: TOKEN, setPosition: FIRST, ...at(1) },
  ])
  const allowed = { account: ALICE, key: BOB, setPosition: LATER }
  await db.insert(tables.counterparties).values([
    { ...allowed, counterparty: CAROL, isAllowed: true, ...at(5) },
    { ...allowed, counterparty: ALICE, isAllowed: false, ...at(6) },
  ])
  await db
    .insert(tables.spendConfirmations)
    .values([{ account: ALICE, key: BOB, confirmer: CAROL, operationId: word(9), setPosition: LATER, ...at(5) }])
  const spend = { account: ALICE, token: TOKEN, counterparty: CAROL, logIndex: 0 }
  await db.insert(tables.spends).values([
    { ...spend, key: BOB, method: 1, amount: 5n, blockNumber: 6, ...at(6) },
    { ...spend, key: CAROL, method: 4, amount: 6n, blockNumber: 7, ...at(7) },
  ])
  await db.insert(tables.settings).values([
    { contract: TOKEN, name: 'isPaused', subject: '', value: 'true', ...at(1) },
    { contract: TOKEN, name: 'isWorkloadAllowed', subject: word(1), value: 'false', ...at(2) },
    { contract: 'parley.test.near', name: 'isPaused', subject: '', value: 'false', ...at(3, NEAR) },
  ])
})
afterAll(() => fixture.stop())

describe('the ledger', () => {
  test('shows balances by account and by token', async () => {
    const { data, errors } = await fixture.ask(`{
      ledgerBalances(orderBy: CREATED_ASC) { totalCount nodes { id account token balance created { block } } }
      ofAlice: ledgerBalances(filter: { account: "${ALICE}", token: "${TOKEN}" }) { nodes { balance } }
      onNear: ledgerBalances(filter: { chain: "${NEAR}" }) { nodes { account } }
    }`)

    expect(errors).toBeUndefined()
    expect(data.ledgerBalances.totalCount).toBe(3)
    expect(data.ledgerBalances.nodes[0]).toEqual({
      id: `ledger-balance/${CHAIN}/${ALICE}/${TOKEN}`,
      account: ALICE,
      token: TOKEN,
      balance: String(2n ** 128n - 1n),
      created: { block: '1' },
    })
    expect(data.ofAlice.nodes).toHaveLength(1)
    expect(data.onNear.nodes).toEqual([{ account: 'alice.test.near' }])
  })

  test('shows transfers of an account on either side, and nobody as null', async () => {
    const { data } = await fixture.ask(
      `query ($account: Address!) {
        all: ledgerTransfers(orderBy: CREATED_ASC) { nodes { kind caller from to amount created { timestamp } } }
        some: ledgerTransfers(filter: { account: $account, chain: "${CHAIN}" }) { nodes { amount } }
        from: ledgerTransfers(filter: { from: $account }) { nodes { amount } }
        to: ledgerTransfers(filter: { to: $account }) { nodes { amount } }
      }`,
      { account: BOB },
    )

    const kinds = data.all.nodes.map(({ kind, from, to }: Record<string, unknown>) => [kind, from, to])
    expect(kinds).toEqual([
      ['DEPOSIT', null, ALICE],
      ['TRANSFER', ALICE, BOB],
      ['WITHDRAWAL', BOB, null],
      ['TRANSFER', BOB, CAROL],
    ])
    expect(data.some.nodes).toEqual([{ amount: '3' }, { amount: '2' }])
    expect(data.from.nodes).toEqual([{ amount: '4' }, { amount: '3' }])
    expect(data.to.nodes).toEqual([{ amount: '2' }])
  })

  test('pages go on behind a cursor, and take none of another list', async () => {
    const page = (type: string, after?: string) =>
      fixture.ask(
        `query ($after: String) { list: ${type}(first: 3, after: $after, orderBy: CREATED_ASC) {
        edges { cursor node { id } } pageInfo { hasNextPage endCursor }
      } }`,
        { after },
      )

    const first = await page('ledgerTransfers')
    const { endCursor, hasNextPage } = first.data.list.pageInfo
    const second = await page('ledgerTransfers', endCursor)
    const other = await page('ledgerBalances', endCursor)

    expect(hasNextPage).toBe(true)
    expect(second.data.list.edges).toHaveLength(1)
    expect(second.data.list.pageInfo.hasNextPage).toBe(false)
    expect(other.errors?.[0]?.extensions).toMatchObject({ code: 'InputInvalid', field: 'after' })
  })

  test('shows who was and who is an operator', async () => {
    const { data } = await fixture.ask(`{
      ledgerOperators(filter: { owner: "${ALICE}" }, orderBy: CREATED_ASC) { nodes { spender isApproved } }
      approved: ledgerOperators(filter: { isApproved: true }) { nodes { id } }
    }`)

    const [bob, carol] = [BOB, CAROL].map((spender, at) => ({ spender, isApproved: at === 0 }))
    expect(data.ledgerOperators.nodes).toEqual([bob, carol])
    expect(data.approved.nodes).toEqual([{ id: `ledger-operator/${CHAIN}/${ALICE}/${BOB}` }])
  })
})

describe('policies', () => {
  test('have the parts that were set since they were revoked', async () => {
    const { data, errors } = await fixture.ask(`{ policy(chain: "${CHAIN}", account: "${ALICE}", key: "${BOB}") {
      methods isAnyCounterparty counterparties confirmers confirmationsNeeded isRevoked isActive
      limits { token limit periodSeconds threshold }
      confirmations { confirmer operationId }
      spends { nodes { method counterparty token amount } }
    } }`)

    expect(errors).toBeUndefined()
    expect(data.policy).toEqual({
      methods: ['TRANSFER', 'HIRE'],
      isAnyCounterparty: false,
      counterparties: [CAROL],
      confirmers: [CAROL],
      confirmationsNeeded: 1,
      isRevoked: false,
      isActive: true,
      limits: [{ token: TOKEN, limit: '100', periodSeconds: '3600', threshold: '10' }],
      confirmations: [{ confirmer: CAROL, operationId: word(9) }],
      spends: { nodes: [{ method: 'TRANSFER', counterparty: CAROL, token: TOKEN, amount: '5' }] },
    })
  })

  test('are found by account, key and confirmer, with the limits of each', async () => {
    const { data, errors } = await fixture.ask(`{
      policies(filter: { account: "${ALICE}", confirmer: "${CAROL}" }, orderBy: CREATED_ASC) {
        nodes { key isActive limits { token } }
      }
      ofBob: policies(filter: { key: "${BOB}", isRevoked: false }) { nodes { id } }
      none: policies(filter: { confirmer: "${BOB}" }) { totalCount }
      spends(filter: { counterparty: "${CAROL}" }) { nodes { key method } }
      missing: policy(chain: "${OTHER_CHAIN}", account: "${ALICE}", key: "${BOB}") { id }
    }`)

    expect(errors).toBeUndefined()
    expect(data.policies.nodes).toEqual([
      { key: BOB, isActive: true, limits: [{ token: TOKEN }] },
      { key: CAROL, isActive: false, limits: [{ token: TOKEN }] },
      { key: TOKEN, isActive: false, limits: [] },
    ])
    expect(data.ofBob.nodes).toEqual([{ id: `policy/${CHAIN}/${ALICE}/${BOB}` }])
    expect(data.none.totalCount).toBe(0)
    expect(data.spends.nodes).toEqual([
      { key: CAROL, method: 'HIRE' },
      { key: BOB, method: 'TRANSFER' },
    ])
    expect(data.missing).toBeNull()
  })
})

describe('settings', () => {
  test('are as they hold now, by contract, name and subject', async () => {
    const { data, errors } = await fixture.ask(`{
      paused: settings(filter: { name: IS_PAUSED, value: "true" }) { nodes { chain contract subject updated { block } } }
      workload: settings(filter: { contract: "${TOKEN}", subject: "${word(1)}" }) { nodes { name value } }
      odd: settings(filter: { value: "\\u0000" }) { nodes { name } }
    }`)

    expect(errors).toBeUndefined()
    expect(data.paused.nodes).toEqual([{ chain: CHAIN, contract: TOKEN, subject: '', updated: { block: '1' } }])
    expect(data.workload.nodes).toEqual([{ name: 'IS_WORKLOAD_ALLOWED', value: 'false' }])
    expect(data.odd.nodes).toEqual([])
  })
})

test.each([
  ['a filter of an unknown chain', '{ ledgerBalances(filter: { chain: "x" }) { nodes { id } } }', 'filter.chain'],
  ['an account that is none', '{ policies(filter: { key: "0x12" }) { nodes { id } } }', 'filter.key'],
  ['a page that is too long', '{ spends(first: 101) { nodes { id } } }', 'first'],
])('refuses %s', async (_, query, field) => {
  const { errors } = await fixture.ask(query)

  expect(errors?.[0]?.extensions).toMatchObject({ code: 'InputInvalid', field })
})

test('what a hundred policies hold can be asked for, their spends beside it cannot', async () => {
  const ask = (inside: string) => fixture.ask(`{ policies(first: 100) { nodes { key ${inside} } } }`)

  const parts = await ask('counterparties limits { token } confirmations { confirmer }')
  const spends = await ask('spends(first: 100) { nodes { amount } }')

  expect(parts.errors).toBeUndefined()
  expect(spends.errors?.[0]).toMatchObject({
    message: expect.stringContaining('costs'),
    extensions: { field: 'query' },
  })
})
