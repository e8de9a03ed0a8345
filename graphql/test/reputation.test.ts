import { reputationModel } from '@parley/protocol'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { meanOfGroups } from '../src/summaries.ts'
import {
  ALICE,
  agentRow,
  BOB,
  CAROL,
  CHAIN,
  jobRow,
  OTHER_CHAIN,
  origin,
  startFixture,
  tables,
  word,
} from './fixture.ts'

let fixture: Awaited<ReturnType<typeof startFixture>>

beforeAll(async () => {
  fixture = await startFixture()
  const { db } = fixture.writer
  const at = (block: number, chain = CHAIN) => ({ chain, ...origin(chain, block) })
  const said = { agentId: 1n, tag2: '', endpoint: '', uri: 'ipfs://f', hash: word(0), isRevoked: false }
  await db.insert(tables.agents).values([agentRow(1), agentRow(2)])
  await db.insert(tables.jobs).values(jobRow(9))
  await db.insert(tables.feedback).values([
    { ...said, client: ALICE, feedbackIndex: 1n, value: 45n, valueDecimals: 1, tag1: 'fast', ...at(1) },
    { ...said, client: ALICE, feedbackIndex: 2n, value: -300n, valueDecimals: 2, tag1: 'slow', ...at(2) },
    { ...said, client: BOB, feedbackIndex: 1n, value: 30n, valueDecimals: 1, tag1: 'fast', tag2: 'new', ...at(3) },
    {
      ...said,
      client: BOB,
      feedbackIndex: 2n,
      value: 9_999n,
      valueDecimals: 0,
      tag1: 'fast',
      isRevoked: true,
      ...at(4),
    },
    {
      ...{ ...said, client: CAROL, feedbackIndex: 1n, value: 1n, valueDecimals: 0, tag1: 'fast' },
      ...{ jobId: word(9), weight: 3n, ...at(5) },
    },
    {
      ...said,
      client: CAROL,
      feedbackIndex: 2n,
      value: 80n,
      valueDecimals: 1,
      tag1: '',
      jobId: word(8),
      weight: 1n,
      ...at(6),
    },
    {
      ...said,
      client: CAROL,
      feedbackIndex: 3n,
      value: 5n,
      valueDecimals: 1,
      tag1: '',
      jobId: word(7),
      weight: 0n,
      ...at(7),
    },
    { ...said, client: ALICE, feedbackIndex: 1n, value: 7n, valueDecimals: 0, tag1: 'fast', ...at(6, OTHER_CHAIN) },
  ])
  const response = { agentId: 1n, client: ALICE, feedbackIndex: 1n, logIndex: 0, uri: 'ipfs://r', hash: word(1) }
  await db.insert(tables.feedbackResponses).values([
    { ...response, responder: CAROL, blockNumber: 8, ...at(8) },
    { ...response, responder: BOB, blockNumber: 7, ...at(7) },
    { ...response, responder: BOB, blockNumber: 9, feedbackIndex: 2n, ...at(9) },
  ])
  const asked = { agentId: 1n, requestURI: 'ipfs://q' }
  const answer = { responseURI: 'ipfs://a', responseHash: word(2) }
  await db.insert(tables.validations).values([
    { ...asked, requestHash: word(1), validator: BOB, ...at(1) },
    { ...asked, requestHash: word(2), validator: BOB, response: 99, tag: 'tests', ...answer, ...at(2) },
    { ...asked, requestHash: word(2), validator: CAROL, response: 50, tag: '', ...answer, ...at(3) },
    { ...asked, requestHash: word(3), validator: BOB, response: 0, tag: 'tests', ...answer, ...at(4) },
  ])
})
afterAll(() => fixture.stop())

describe('feedback', () => {
  test('is shown with the agent and what was answered', async () => {
    const { data, errors } = await fixture.ask(`{
      feedback(filter: { chain: "${CHAIN}", client: "${ALICE}" }, orderBy: CREATED_ASC) { totalCount nodes {
        id agent { owner } client feedbackIndex value valueDecimals tag1 uri hash isRevoked
        responses { responder uri created { block } }
      } }
      agent(chain: "${CHAIN}", agentId: 1) { feedback(first: 1) { totalCount nodes { client } } }
    }`)

    expect(errors).toBeUndefined()
    expect(data.feedback.totalCount).toBe(2)
    expect(data.feedback.nodes[0]).toEqual({
      ...{ id: `feedback/${CHAIN}/1/${ALICE}/1`, agent: { owner: BOB }, client: ALICE, feedbackIndex: '1' },
      ...{ value: '45', valueDecimals: 1, tag1: 'fast', uri: 'ipfs://f', hash: word(0), isRevoked: false },
      responses: [
        { responder: BOB, uri: 'ipfs://r', created: { block: '7' } },
        { responder: CAROL, uri: 'ipfs://r', created: { block: '8' } },
      ],
    })
    expect(data.feedback.nodes[1]).toMatchObject({ value: '-300', responses: [{ responder: BOB }] })
    expect(data.agent.feedback).toEqual({ totalCount: 7, nodes: [{ client: CAROL }] })
  })

  test('is found by tags, and by whether it was revoked', async () => {
    const { data } = await fixture.ask(`{
      fast: feedback(filter: { chain: "${CHAIN}", agentId: 1, tag1: "fast", isRevoked: false }) { nodes { client } }
      new: feedback(filter: { tag2: "new" }) { nodes { client } }
      revoked: feedback(filter: { isRevoked: true }) { nodes { value } }
      odd: feedback(filter: { tag1: "\\u0000" }) { nodes { value } }
    }`)

    expect(data.fast.nodes).toEqual([{ client: CAROL }, { client: BOB }, { client: ALICE }])
    expect(data.new.nodes).toEqual([{ client: BOB }])
    expect(data.revoked.nodes).toEqual([{ value: '9999' }])
    expect(data.odd.nodes).toEqual([])
  })

  test('is summarized as the registry does: by clients and tags, without what was revoked', async () => {
    const { data, errors } = await fixture.ask(
      `query ($clients: [Address!]!) { agent(chain: "${CHAIN}", agentId: 1) {
        all: feedbackSummary(clients: $clients) { count value valueDecimals }
        fast: feedbackSummary(clients: $clients, tag1: "fast") { count value valueDecimals }
        new: feedbackSummary(clients: $clients, tag1: "fast", tag2: "new") { count value valueDecimals }
        none: feedbackSummary(clients: $clients, tag1: "\\u0000") { count value valueDecimals }
      } }`,
      { clients: [ALICE, BOB] },
    )

    expect(errors).toBeUndefined()
    expect(data.agent).toEqual({
      // (4.5 - 3 + 3) / 3
      all: { count: 3, value: '15', valueDecimals: 1 },
      fast: { count: 2, value: '37', valueDecimals: 1 },
      new: { count: 1, value: '30', valueDecimals: 1 },
      none: { count: 0, value: '0', valueDecimals: 0 },
    })
  })

  test('that stands on jobs is summarized by its weight, and shows the job', async () => {
    const { data, errors } = await fixture.ask(`{
      agent(chain: "${CHAIN}", agentId: 1) {
        backedSummary(clients: ["${ALICE}", "${CAROL}"]) { count weight value valueDecimals }
        none: backedSummary(clients: ["${ALICE}"]) { count weight value valueDecimals }
        equal: feedbackSummary(clients: ["${CAROL}"]) { count weight }
      }
      feedback(filter: { isBacked: true }, orderBy: CREATED_ASC) { nodes { weight job { status } } }
      others: feedback(filter: { isBacked: false, client: "${CAROL}" }) { nodes { id } }
    }`)

    expect(errors).toBeUndefined()
    // (3 × 1 + 1 × 8) / 4, without digits: of those that weigh anything, as many have none as have one.
    expect(data.agent.backedSummary).toEqual({ count: 2, weight: '4', value: '2', valueDecimals: 0 })
    expect(data.agent.none).toEqual({ count: 0, weight: '0', value: '0', valueDecimals: 0 })
    expect(data.agent.equal).toEqual({ count: 3, weight: '3' })
    expect(data.feedback.nodes).toEqual([
      { weight: '3', job: { status: 'OPEN' } },
      { weight: '1', job: null },
      { weight: '0', job: null },
    ])
    expect(data.others.nodes).toEqual([])
  })

  test.each([
    ['nobody', []],
    ['101 clients', Array.from({ length: 101 }, () => ALICE)],
  ])('of %s is not summarized', async (_, clients) => {
    const query = `query ($clients: [Address!]!) { agent(chain: "${CHAIN}", agentId: 1) {
      feedbackSummary(clients: $clients) { count }
    } }`

    const { errors } = await fixture.ask(query, { clients })

    expect(errors?.[0]?.extensions).toMatchObject({ code: 'InputInvalid', field: 'clients' })
  })

  test('is not summarized for a hundred agents at once', async () => {
    const { errors } = await fixture.ask(
      `{ agents(first: 100) { nodes { feedbackSummary(clients: ["${ALICE}"]) { count } } } }`,
    )

    expect(errors?.[0]).toMatchObject({ message: expect.stringContaining('costs'), extensions: { field: 'query' } })
  })

  test('has the mean of the model, whatever was said', () => {
    const { MAX_ABS_VALUE, MAX_DECIMALS } = reputationModel
    const one = fc.record({
      value: fc.bigInt({ min: -MAX_ABS_VALUE, max: MAX_ABS_VALUE }),
      decimals: fc.integer({ min: 0, max: MAX_DECIMALS }),
      weight: fc.bigInt({ min: 1n, max: 2n ** 48n - 1n }),
    })

    fc.assert(
      fc.property(fc.array(one, { maxLength: 30 }), (said) => {
        const groups = [...Map.groupBy(said, ({ decimals }) => decimals)].map(([decimals, values]) => ({
          decimals,
          count: values.length,
          weight: values.reduce((sum, { weight }) => sum + weight, 0n),
          sum: values.reduce((sum, { value, weight }) => sum + value * weight, 0n),
        }))
        const weight = said.reduce((sum, one) => sum + one.weight, 0n)
        expect(meanOfGroups(groups)).toEqual({ count: said.length, weight, ...reputationModel.meanOf(said) })
      }),
    )
  })
})

describe('validations', () => {
  test('are shown with the last answer, or none', async () => {
    const { data, errors } = await fixture.ask(`{
      all: validations(filter: { agentId: 1 }, orderBy: CREATED_ASC) { nodes { requestHash validator response tag } }
      open: validations(filter: { isAnswered: false }) { nodes { agent { owner } requestUri response responseUri } }
      carol: validations(filter: { validator: "${CAROL}", isAnswered: true, tag: "" }) { nodes { id responseHash } }
      agent(chain: "${CHAIN}", agentId: 1) { validations(first: 1) { totalCount nodes { requestHash } } }
    }`)

    expect(errors).toBeUndefined()
    expect(data.all.nodes).toHaveLength(4)
    expect(data.all.nodes[1]).toEqual({ requestHash: word(2), validator: BOB, response: 99, tag: 'tests' })
    expect(data.open.nodes).toEqual([
      { agent: { owner: BOB }, requestUri: 'ipfs://q', response: null, responseUri: null },
    ])
    expect(data.carol.nodes).toEqual([{ id: `validation/${CHAIN}/${word(2)}/${CAROL}/1`, responseHash: word(2) }])
    expect(data.agent.validations).toEqual({ totalCount: 4, nodes: [{ requestHash: word(3) }] })
  })

  test('are summarized by validators and tag, without those that nobody answered', async () => {
    const { data } = await fixture.ask(`{ agent(chain: "${CHAIN}", agentId: 1) {
      all: validationSummary { count average }
      tests: validationSummary(tag: "tests") { count average }
      carol: validationSummary(validators: ["${CAROL}"]) { count average }
      alice: validationSummary(validators: ["${ALICE}"]) { count average }
    } }`)

    expect(data.agent).toEqual({
      all: { count: 3, average: 49 },
      tests: { count: 2, average: 49 },
      carol: { count: 1, average: 50 },
      alice: { count: 0, average: 0 },
    })
  })
})
