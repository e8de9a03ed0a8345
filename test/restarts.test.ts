/** SIGKILL at every step of the demo, and a restart, end in the same final state. */
import type { ChainKind } from '@parley/protocol'
import { query } from '@parley/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Outcome, play, type Stage } from '../scripts/demo/play.ts'
import { type Step, steps } from '../scripts/demo/step.ts'
import type { Child } from '../scripts/system/child.ts'
import { chainKinds, type TestChain, testChain } from './chains/chain.ts'
import { type RpcProxy, startRpcProxy } from './rpc-proxy.ts'
import { invoices, type Running, startRunning, until } from './running.ts'

const PRICE = 2_500_000n

/** `RESTARTS=100 npm test -- test/restarts.test.ts` kills at that many random moments. */
const RANDOM_RESTARTS = Number(process.env.RESTARTS ?? 8)

/** What sends a transaction, by JSON-RPC method. */
const sendsTransaction = {
  evm: (method: string) => method === 'eth_sendRawTransaction',
  near: (method: string) => method === 'send_tx' || method.startsWith('broadcast_tx'),
} as const

let running: Running
let proxies: Readonly<Record<ChainKind, RpcProxy>>
let chains: TestChain[]
let input: string
let undisturbed: FinalState[]

beforeAll(async () => {
  proxies = { evm: await startRpcProxy(), near: await startRpcProxy() }
  input = await invoices()
  running = await startRunning({
    environment: (name, defaults) => {
      if (name !== 'relayer') return defaults
      proxies.evm.target = defaults.EVM_RPC_URL ?? ''
      proxies.near.target = defaults.NEAR_RPC_URL ?? ''
      return { ...defaults, EVM_RPC_URL: proxies.evm.url, NEAR_RPC_URL: proxies.near.url }
    },
  })
  chains = chainKinds.map((kind) => testChain(running, kind))
  undisturbed = await playToTheEnd()
})
afterAll(async () => {
  await running?.stop()
  for (const proxy of Object.values(proxies ?? {})) await proxy.close()
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

/** Plays the demo and collects what is left of it on each chain, without what differs from run to run: keys, hashes, blocks and times. */
async function playToTheEnd(before: (step: Step) => void = () => {}): Promise<FinalState[]> {
  const countsBefore = await Promise.all(chains.map(({ countRelayed }) => countRelayed()))
  let enclave: Child | undefined
  const startEnclave: Stage['startEnclave'] = async (operators) => {
    enclave = await running.startEnclave(operators)
    return enclave
  }
  const outcomes = await play({ ...running.stage, startEnclave }, { input, amountAtoms: PRICE, before })
  // One for each run would be too many after a while.
  await enclave?.stop()
  await running.relayer.whenReady()
  await running.indexer.whenReady()
  return Promise.all(
    outcomes.map(async (outcome, at) => {
      const { dollarsOf, escrow, countRelayed } = chains[at] ?? expect.fail(`nothing is known of ${outcome.chain}`)
      return {
        answer: outcome.answer,
        agentHolds: await dollarsOf(outcome.agent),
        clientHolds: await dollarsOf(outcome.client),
        escrowHolds: await dollarsOf(escrow),
        transactions: (await countRelayed()) - (countsBefore[at] ?? 0),
        graphql: await readGraphql(outcome),
      }
    }),
  )
}

async function readGraphql({ chain, agent, client, enclave, jobId }: Outcome): Promise<unknown> {
  const document = `query ($chain: String!, $agent: Address!, $client: Address!, $enclave: Address!, $jobId: Hex!) {
    job(chain: $chain, jobId: $jobId) { status funded paid refunded description observability payments { kind amount } }
    agents(filter: { chain: $chain, owner: $agent }) { nodes { uri } }
    jobs(filter: { chain: $chain, client: $client }) { nodes { status } }
    enclave(chain: $chain, address: $enclave) { isActive isRevoked workload }
    byAgent: requests(filter: { chain: $chain, account: $agent }) { nodes { kind status } }
    byClient: requests(filter: { chain: $chain, account: $client }) { nodes { kind status } }
    byEnclave: requests(filter: { chain: $chain, account: $enclave }) { nodes { kind status } }
  }`
  return query(running.graphqlUrl, document, { chain, agent, client, enclave, jobId })
}

test('an undisturbed run pays once on each chain, with six transactions', () => {
  expect(undisturbed).toHaveLength(chainKinds.length)
  const paid = { agentHolds: PRICE, clientHolds: 0n, escrowHolds: 0n, transactions: 6 }
  for (const state of undisturbed) expect(state).toMatchObject(paid)
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

/** The relayer dies around its n-th transaction on each chain: before the node has it, or after, with the answer lost. */
const deaths = [1, 2, 3, 4, 5, 6].flatMap((nth) => [
  [nth, 'lose call', 'lose answer'] as const,
  [nth, 'lose answer', 'lose call'] as const,
])

test.each(deaths)(
  'killing the relayer at its transaction %i on each chain (evm: %s, near: %s) changes nothing in the end',
  async (nth, evm, near) => {
    const fates = { evm, near }
    const seen = { evm: 0, near: 0 }
    const killed: Promise<void>[] = []
    for (const kind of chainKinds) {
      proxies[kind].decide = (method) => {
        if (!sendsTransaction[kind](method) || ++seen[kind] !== nth) return 'pass'
        killed.push(running.relayer.crash())
        return fates[kind]
      }
    }

    const state = await playToTheEnd()

    for (const proxy of Object.values(proxies)) proxy.decide = () => 'pass'
    expect(killed).toHaveLength(chainKinds.length)
    await Promise.all(killed)
    expect(state).toEqual(undisturbed)
  },
)

test('losing every seventh answer of the nodes changes nothing in the end', async () => {
  let calls = 0
  for (const proxy of Object.values(proxies)) proxy.decide = () => (++calls % 7 === 0 ? 'lose answer' : 'pass')

  const state = await playToTheEnd()

  for (const proxy of Object.values(proxies)) proxy.decide = () => 'pass'
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
