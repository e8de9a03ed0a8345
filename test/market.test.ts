/** The agent market from a request in plain words to a paid job, through the SDK, on both chains. */
import { awardLine } from '@parley/protocol'
import {
  type Assignment,
  type AwardedBid,
  award,
  bid,
  enclaveTerms,
  evaluatorTermsOf,
  eventArgument,
  findBids,
  findRequest,
  findRequests,
  hireAwarded,
  type MarketRequest,
  orderWork,
  type Party,
  postRequest,
  readIdentity,
  withdrawBid,
  withdrawRequest,
} from '@parley/sdk'
import { keccak256 } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Actors, castActors } from './actors.ts'
import { chainKinds } from './chains/chain.ts'
import { invoices, type Running, startRunning } from './running.ts'

const HOUR = 3_600n
const BUDGET_ATOMS = 2_000_000n
const PRICE_ATOMS = 1_500_000n

let running: Running
let cast: Awaited<ReturnType<typeof castActors>>

beforeAll(async () => {
  running = await startRunning()
  cast = await castActors(running)
})
afterAll(() => running?.stop())

describe.each(chainKinds)('on %s', (kind) => {
  let actors: Actors
  let rival: Party
  let rivalAgentId: bigint

  beforeAll(async () => {
    actors = cast[kind]
    rival = await actors.on.newParty('agent', actors.relayer)
    rivalAgentId = BigInt(eventArgument(await rival.register(''), 'Registered', 'agentId'))
  })

  const ask = async (client = actors.client) => {
    const { workload } = await readIdentity(actors.enclaveUrl)
    return postRequest(actors.relayer, client, {
      text: 'Add up my invoices, <script>please</script>',
      token: actors.on.token,
      budgetAtoms: BUDGET_ATOMS,
      durationSeconds: 2n * HOUR,
      evaluatorTerms: enclaveTerms({ workload, observability: 'none' }),
    })
  }
  const offer = (request: MarketRequest) => {
    const { relayer, agent, agentId } = actors
    const words = { text: 'Gladly', durationSeconds: HOUR, validSeconds: 600n }
    return bid(relayer, agent, request, { ...words, agentId, priceAtoms: PRICE_ATOMS })
  }
  const outbid = (request: MarketRequest) =>
    bid(actors.relayer, rival, request, {
      agentId: rivalAgentId,
      text: 'Cheaper',
      priceAtoms: PRICE_ATOMS - 1n,
      validSeconds: 600n,
    })
  async function hireFor(awarded: AwardedBid, change: Partial<Assignment & { readonly description: string }> = {}) {
    await actors.on.giveDollars(actors.client.address, awarded.terms.budget)
    const enclave = await readIdentity(actors.enclaveUrl)
    const input = await invoices()
    const assignment = { enclave, task: 'invoice-totals', input, observability: 'none' } as const
    return hireAwarded(actors.client, awarded, { ...assignment, description: 'Add up', ...change })
  }

  test('a request with two bids is awarded, hired, done and paid', async () => {
    const { relayer, client, agent, on, enclaveUrl } = actors
    const asked = await ask()
    await outbid(asked)
    const taken = await offer(asked)
    const [found] = (await findRequests(relayer, { client: client.address, status: 'open' })).requests
    const { bids } = await findBids(relayer, asked)
    expect(found).toEqual(asked)
    expect(bids.map(({ provider }) => provider)).toEqual([rival.address, agent.address])
    const paidBefore = await on.dollarsOf(agent.address)

    const awarded = await award(relayer, client, found as MarketRequest, bids[1] as (typeof bids)[number])
    const { jobId, sealedRequest } = await hireFor(awarded)
    const hired = await findRequest(relayer, asked.id)
    const work = await orderWork(enclaveUrl, {
      chain: on.chain,
      jobId,
      provider: agent.address,
      request: sealedRequest,
    })
    await agent.submit(jobId, keccak256(work.response))
    await relayer.perform('results', work)
    const done = await findRequest(relayer, asked.id)

    expect(hired).toMatchObject({ status: 'awarded', bidCount: 2, award: { id: awarded.awardId, bidId: taken.id } })
    expect(hired.award?.job).toMatchObject({ jobId, status: 'Funded' })
    expect(done.award?.job).toMatchObject({ jobId, status: 'Completed' })
    expect(await on.dollarsOf(agent.address)).toBe(paidBefore + PRICE_ATOMS)
    interface Shown {
      readonly marketRequest: {
        readonly award: { readonly job: { readonly jobId: string; readonly status: string } | null }
      }
    }
    const shown = await actors.untilGraphql<Shown>(
      `{ marketRequest(id: "${asked.id}") { award { job { jobId status } } } }`,
      ({ marketRequest }) => marketRequest.award.job?.status === 'COMPLETED',
    )
    expect(shown.marketRequest.award.job?.jobId).toBe(jobId)
  })

  test('a job that names the award without being what was awarded is not its job; the real one that follows is', async () => {
    const { relayer, client, on, agentId, agent } = actors
    const asked = await ask()
    const awarded = await award(relayer, client, asked, await offer(asked))
    const { terms } = awarded
    const imitations: Partial<AwardedBid['terms']>[] = [
      { budget: terms.budget - 1n },
      { expiredAt: terms.expiredAt + 1n },
      { provider: rival.address, agentId: rivalAgentId },
    ]

    for (const change of imitations) {
      await hireFor({ ...awarded, terms: { ...terms, ...change } })
      expect((await findRequest(relayer, asked.id)).award).toEqual(
        expect.not.objectContaining({ job: expect.anything() }),
      )
    }
    // With other terms of the same evaluator.
    const { workload } = await readIdentity(actors.enclaveUrl)
    const seen = enclaveTerms({ workload, observability: 'full' })
    await hireFor({ ...awarded, terms: { ...terms, evaluatorTerms: seen } }, { observability: 'full' })
    expect((await findRequest(relayer, asked.id)).award?.job).toBeUndefined()
    const { jobId } = await hireFor(awarded)

    expect((await findRequest(relayer, asked.id)).award?.job?.jobId).toBe(jobId)
    expect(terms).toMatchObject({ client: client.address, provider: agent.address, agentId, token: on.token })
  })

  test('a stranger’s job that names the award is not its job', async () => {
    const { relayer, client, on } = actors
    const asked = await ask()
    const awarded = await award(relayer, client, asked, await offer(asked))
    const stranger = await on.newParty('client', relayer)
    await on.giveDollars(stranger.address, PRICE_ATOMS)
    const enclave = await readIdentity(actors.enclaveUrl)
    const input = await invoices()

    await hireAwarded(stranger, awarded, { enclave, task: 'invoice-totals', input, observability: 'none' })

    expect((await findRequest(relayer, asked.id)).award?.job).toBeUndefined()
  })

  test('a job is of one award, though it names two that are alike', async () => {
    const { relayer, client, agent, agentId } = actors
    const [one, other] = [await ask(), await ask()]
    const first = await award(relayer, client, one, await offer(one))
    const alike = { agentId, text: 'Gladly', priceAtoms: PRICE_ATOMS, validSeconds: 600n }
    const until = { id: other.id, deadline: first.terms.expiredAt }
    const second = await award(relayer, client, other, await bid(relayer, agent, until, alike))

    await hireFor(first, { description: awardLine(second.awardId) })

    expect(second.terms).toEqual(first.terms)
    expect((await findRequest(relayer, one.id)).award?.job).toBeDefined()
    expect((await findRequest(relayer, other.id)).award?.job).toBeUndefined()
  })

  test('the SDK awards nothing but what the client has seen', async () => {
    const { relayer, client } = actors
    const asked = await ask()
    const seen = await offer(asked)

    const forged = award(relayer, client, asked, { ...seen, price: seen.price + 1n })
    const swapped = award(relayer, client, { ...asked, token: rival.address }, seen)
    const judged = award(relayer, client, { ...asked, evaluatorTerms: '' }, seen)

    await expect(forged).rejects.toMatchObject({ code: 'InputInvalid', field: 'id' })
    await expect(swapped).rejects.toMatchObject({ code: 'InputInvalid', field: 'id' })
    await expect(judged).rejects.toMatchObject({ code: 'InputInvalid', field: 'id' })
    expect((await findRequest(relayer, asked.id)).status).toBe('open')
  })

  test('the SDK hires on the terms that the provider has bid on, and on no others', async () => {
    const { relayer, client } = actors
    const asked = await ask()
    const awarded = await award(relayer, client, asked, await offer(asked))

    await expect(hireFor(awarded, { observability: 'full' })).rejects.toMatchObject({ code: 'EvaluatorMismatch' })
  })

  test('a job that a quorum or an account judges is the award’s, on the terms that were signed', async () => {
    const { relayer, client, agent, agentId, on } = actors
    const quorum = { members: [client.address, rival.address], threshold: 2n }
    const ways = [
      { evaluator: client.evaluators.quorum, work: { terms: { quorum } } },
      { evaluator: rival.address, work: {} },
    ]
    await on.giveDollars(client.address, 2n * PRICE_ATOMS)

    for (const { evaluator, work } of ways) {
      const judged = { evaluator, evaluatorTerms: work.terms === undefined ? '' : evaluatorTermsOf(work.terms) }
      const words = { text: 'Translate', token: on.token, budgetAtoms: BUDGET_ATOMS, durationSeconds: 100n * HOUR }
      const asked = await postRequest(relayer, client, { ...words, ...judged })
      const wanted = { agentId, text: 'Gladly', priceAtoms: PRICE_ATOMS, validSeconds: 600n }
      const awarded = await award(relayer, client, asked, await bid(relayer, agent, asked, wanted))
      const others = { terms: { quorum: { ...quorum, threshold: 1n } } }
      await expect(hireAwarded(client, awarded, others)).rejects.toMatchObject({ code: 'EvaluatorMismatch' })

      const { jobId } = await hireAwarded(client, awarded, work)

      expect((await findRequest(relayer, asked.id)).award?.job).toMatchObject({ jobId, status: 'Funded' })
    }
  })

  test('what was withdrawn is over', async () => {
    const { relayer, client, agent } = actors
    const asked = await ask()
    const made = await offer(asked)
    await withdrawBid(relayer, agent, made.id)
    await expect(award(relayer, client, asked, made)).rejects.toMatchObject({ code: 'BidWithdrawn' })
    await withdrawRequest(relayer, client, asked.id)

    await expect(outbid(asked)).rejects.toMatchObject({ code: 'RequestWithdrawn' })
  })
})
