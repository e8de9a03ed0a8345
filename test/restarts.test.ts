/** SIGKILL at every step of the demo, and a restart, end in the same final state. */
import { query } from '@parley/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Outcome, play, type Step, steps } from '../scripts/demo/play.ts'
import { dollarsOf } from './actors.ts'
import { type RpcProxy, startRpcProxy } from './rpc-proxy.ts'
import { invoices, type Running, startRunning, until } from './running.ts'

const PRICE = 2_500_000n

/** `RESTARTS=100 npm test -- test/restarts.test.ts` kills at that many random moments. */
const RANDOM_RESTARTS = Number(process.env.RESTARTS ?? 8)

let running: Running
let proxy: RpcProxy
let input: string
let undisturbed: FinalState

beforeAll(async () => {
  proxy = await startRpcProxy()
  input = await invoices()
  running = await startRunning({
    environment: (name, defaults) => {
      if (name !== 'relayer') return defaults
      proxy.target = defaults.RPC_URL ?? ''
      return { ...defaults, RPC_URL: proxy.url }
    },
  })
  undisturbed = await playToTheEnd()
})
afterAll(async () => {
  await running?.stop()
  await proxy?.close()
})

interface FinalState {
  readonly answer: string
  readonly agentHolds: bigint
  readonly clientHolds: bigint
  readonly escrowHolds: bigint
  /** How many transactions it took: one too many would be something done twice. */
  readonly transactions: number
  readonly graphql: unknown
}

/** Plays one job and collects what is left of it, without what differs from run to run: keys, hashes, blocks and times. */
async function playToTheEnd(before: (step: Step) => void = () => {}): Promise<FinalState> {
  const countBefore = await countTransactions()
  const outcome = await play(running.stage, { input, amountAtoms: PRICE, before })
  await running.relayer.whenReady()
  await running.indexer.whenReady()
  return {
    answer: outcome.answer,
    agentHolds: await dollarsOf(running, outcome.agent),
    clientHolds: await dollarsOf(running, outcome.client),
    escrowHolds: await dollarsOf(running, running.evm.deployment.jobEscrow),
    transactions: (await countTransactions()) - countBefore,
    graphql: await readGraphql(outcome),
  }
}

async function countTransactions(): Promise<number> {
  const line = (await running.logOf('relayer')).split('\n').find((text) => text.includes('"listening"')) ?? '{}'
  return running.evm.reader.getTransactionCount({ address: JSON.parse(line).signer })
}

async function readGraphql({ chain, agent, client, enclave, jobId }: Outcome): Promise<unknown> {
  const document = `query ($chain: String!, $agent: Address!, $client: Address!, $enclave: Address!, $jobId: Hex!) {
    job(chain: $chain, jobId: $jobId) { status funded paid refunded description observability payments { kind amount } }
    agents(filter: { owner: $agent }) { nodes { uri } }
    jobs(filter: { client: $client }) { nodes { status } }
    enclave(chain: $chain, address: $enclave) { isActive isRevoked workload }
    byAgent: requests(filter: { account: $agent }) { nodes { kind status } }
    byClient: requests(filter: { account: $client }) { nodes { kind status } }
    byEnclave: requests(filter: { account: $enclave }) { nodes { kind status } }
  }`
  return query(running.graphqlUrl, document, { chain, agent, client, enclave, jobId })
}

test('an undisturbed run pays once, with six transactions', () => {
  expect(undisturbed).toMatchObject({ agentHolds: PRICE, clientHolds: 0n, escrowHolds: 0n, transactions: 6 })
})

for (const victim of ['relayer', 'indexer'] as const) {
  test.each(steps)(`killing the ${victim} at step "%s" changes nothing in the end`, async (step) => {
    const killed: Promise<void>[] = []

    const state = await playToTheEnd((at) => void (at === step && killed.push(running[victim].crash())))

    expect(killed).toHaveLength(1)
    await Promise.all(killed)
    expect(state).toEqual(undisturbed)
  })
}

/** The relayer dies around its n-th transaction: before the node has it, or after, with the answer lost. */
const deaths = [1, 2, 3, 4, 5, 6].flatMap((nth) => [[nth, 'lose call'] as const, [nth, 'lose answer'] as const])

test.each(deaths)('killing the relayer at its transaction %i (%s) changes nothing in the end', async (nth, fate) => {
  let seen = 0
  let killed: Promise<void> | undefined
  proxy.decide = (method) => {
    if (method !== 'eth_sendRawTransaction' || ++seen !== nth) return 'pass'
    killed = running.relayer.crash()
    return fate
  }

  const state = await playToTheEnd()

  proxy.decide = () => 'pass'
  await killed
  expect(seen).toBeGreaterThanOrEqual(nth)
  expect(state).toEqual(undisturbed)
})

test('losing every seventh answer of the node changes nothing in the end', async () => {
  let calls = 0
  proxy.decide = () => (++calls % 7 === 0 ? 'lose answer' : 'pass')

  const state = await playToTheEnd()

  proxy.decide = () => 'pass'
  expect(state).toEqual(undisturbed)
})

test(`killing relayer and indexer at ${RANDOM_RESTARTS} random moments changes nothing in the end`, {
  timeout: 600_000,
}, async () => {
  for (let round = 0; round < RANDOM_RESTARTS; round++) {
    const victim = round % 2 === 0 ? running.relayer : running.indexer
    const delay = Math.random() * 2_000
    const killed = new Promise((resolve) => setTimeout(() => resolve(victim.crash()), delay))

    const state = await playToTheEnd()

    await killed
    expect(state, `${victim.name} was killed after ${delay.toFixed(0)} ms`).toEqual(undisturbed)
  }
})

test('what happened while the indexer was away is in GraphQL when it is back', async () => {
  const { url } = running.graphql
  await running.indexer.crash()

  const state = await playToTheEnd()

  expect(state).toEqual(undisturbed)
  expect(await until(async () => ((await fetch(`${url}/ready`)).ok ? true : undefined), 'GraphQL')).toBe(true)
})
