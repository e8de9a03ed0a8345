import { afterAll, beforeAll, expect, test } from 'vitest'
import { accountFromBytes, readAccount } from '../src/account.ts'
import {
  ALICE,
  agentRow,
  CHAIN,
  enclaveRow,
  forwardedRow,
  jobRow,
  metadataRow,
  paymentRow,
  requestRow,
  startFixture,
  tables,
  word,
} from './fixture.ts'

const NEAR = 'near:localnet'
const CLIENT = 'alice.test.near'
const PROVIDER = 'bob.test.near'
/** The account of NEAR that an Ethereum key owns. */
const IMPLICIT = ALICE
const HASH = '7mE2qLzcUFT4xGBFzmwRPTHYmQzZm5xLsN2BxEVBrCSR'

let fixture: Awaited<ReturnType<typeof startFixture>>

beforeAll(async () => {
  fixture = await startFixture()
  const { db } = fixture.writer
  await db.insert(tables.blocks).values([
    { chain: CHAIN, number: 9, hash: word(9), pending: [] },
    { chain: NEAR, number: 7, hash: HASH, pending: [{ hash: HASH, signer: CLIENT }] },
  ])
  const onNear = { chain: NEAR, createdTransaction: HASH, updatedTransaction: HASH }
  await db.insert(tables.agents).values([agentRow(1), agentRow(2, { ...onNear, agentId: 1n, owner: PROVIDER })])
  const wallet = `0x${Buffer.from(PROVIDER).toString('hex')}`
  await db
    .insert(tables.agentMetadata)
    .values([metadataRow(1, 'agentWallet', wallet), { ...metadataRow(1, 'agentWallet', wallet), chain: NEAR }])
  await db.insert(tables.enclaves).values(enclaveRow(1, { ...onNear, operator: PROVIDER }))
  const token = 'dollar.test.near'
  await db
    .insert(tables.jobs)
    .values([
      jobRow(1),
      jobRow(2, { ...onNear, client: CLIENT, provider: PROVIDER, evaluator: 'parley.test.near', agentId: 1n, token }),
      jobRow(3, { ...onNear, client: IMPLICIT }),
    ])
  await db.insert(tables.payments).values([paymentRow(1, 1), paymentRow(2, 1, { ...onNear, account: CLIENT })])
  await db.insert(tables.forwardedRequests).values(forwardedRow(1, { ...onNear, account: CLIENT }))
  await db
    .insert(tables.requests)
    .values([requestRow(1), requestRow(2, { chain: NEAR, account: CLIENT, transaction: HASH, blockNumber: 7 })])
})
afterAll(() => fixture.stop())

test('jobs of both chains come in one list, in the same shape', async () => {
  const { data, errors } = await fixture.ask(`{ jobs { nodes {
    id chain client provider evaluator token agent { owner wallet } payments { account token } created { transaction }
  } } }`)

  expect(errors).toBeUndefined()
  expect(data.jobs.nodes).toEqual([
    expect.objectContaining({ chain: NEAR, client: IMPLICIT }),
    {
      id: `job/${NEAR}/${word(2)}`,
      chain: NEAR,
      client: CLIENT,
      provider: PROVIDER,
      evaluator: 'parley.test.near',
      token: 'dollar.test.near',
      agent: { owner: PROVIDER, wallet: PROVIDER },
      payments: [{ account: CLIENT, token: 'dollar.test.near' }],
      created: { transaction: HASH },
    },
    expect.objectContaining({ chain: CHAIN, client: ALICE, agent: null }),
  ])
})

test('every filter by account takes an account id', async () => {
  const { data, errors } = await fixture.ask(
    `query ($client: Address!, $provider: Address!) {
      byClient: jobs(filter: { client: $client }) { nodes { jobId } }
      byProvider: jobs(filter: { provider: $provider }) { nodes { jobId } }
      byAccount: jobs(filter: { account: $provider }) { nodes { jobId } }
      agents(filter: { owner: $provider }) { nodes { chain } }
      enclaves(filter: { operator: $provider }) { nodes { chain } }
      payments(filter: { account: $client }) { nodes { chain } }
      forwardedRequests(filter: { account: $client }) { nodes { account } }
      requests(filter: { account: $client, chain: "${NEAR}" }) { nodes { account transaction block } }
    }`,
    { client: CLIENT, provider: PROVIDER },
  )

  const job = { nodes: [{ jobId: word(2) }] }
  const onNear = { nodes: [{ chain: NEAR }] }
  expect(errors).toBeUndefined()
  expect(data).toEqual({
    byClient: job,
    byProvider: job,
    byAccount: job,
    agents: onNear,
    enclaves: onNear,
    payments: onNear,
    forwardedRequests: { nodes: [{ account: CLIENT }] },
    requests: { nodes: [{ account: CLIENT, transaction: HASH, block: '7' }] },
  })
})

test('an account of NEAR that looks like an address is told from that address by the chain', async () => {
  const { data } = await fixture.ask(`{
    both: jobs(filter: { client: "${IMPLICIT.toUpperCase().replace('0X', '0x')}" }) { nodes { chain } }
    near: jobs(filter: { client: "${IMPLICIT}", chain: "${NEAR}" }) { nodes { jobId } }
  }`)

  expect(data.both.nodes).toEqual([{ chain: NEAR }, { chain: CHAIN }])
  expect(data.near.nodes).toEqual([{ jobId: word(3) }])
})

test('a wallet is what its chain takes for an account', async () => {
  const { data } = await fixture.ask(`{
    evm: agent(chain: "${CHAIN}", agentId: 1) { wallet metadata { key } }
    near: agent(chain: "${NEAR}", agentId: 1) { wallet }
  }`)

  // The letters of a name are no address.
  expect(data).toEqual({ evm: { wallet: null, metadata: [{ key: 'agentWallet' }] }, near: { wallet: PROVIDER } })
})

test('chains shows the head of each as its explorers do', async () => {
  const { data } = await fixture.ask('{ chains { chain block hash } }')

  expect(data.chains).toEqual([
    { chain: CHAIN, block: '9', hash: word(9) },
    { chain: NEAR, block: '7', hash: HASH },
  ])
})

test.each([
  ['aa', 'aa'],
  ['a-b_c.d', 'a-b_c.d'],
  ['a'.repeat(64), 'a'.repeat(64)],
  [`0x${'A'.repeat(40)}`, `0x${'a'.repeat(40)}`],
  ['0x12.near', '0x12.near'],
  ['a', undefined],
  ['a'.repeat(65), undefined],
  ['a.', undefined],
  ['-a', undefined],
  ['a._b', undefined],
  ['A.near', undefined],
  ['a near', undefined],
  [`0x${'a'.repeat(41)}`, undefined],
  ['ä.near', undefined],
])('readAccount makes of %j %j', (text, account) => {
  expect(readAccount(text)).toBe(account)
})

test.each([
  [NEAR, '0xff', undefined],
  [NEAR, '0x', undefined],
  [NEAR, '0x612e62', 'a.b'],
  [CHAIN, '0x612e62', undefined],
  [CHAIN, ALICE, ALICE],
])('accountFromBytes on %s makes of %s %j', (chain, bytes, account) => {
  expect(accountFromBytes(bytes, chain)).toBe(account)
})
