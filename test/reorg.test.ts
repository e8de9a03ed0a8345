/** Mined is not final on EVM chains: what a reorg takes away, the relayer sends again and the indexer forgets. */
import { query } from '@parley/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Actors, castActors } from './actors.ts'
import { evmControls } from './chains/evm.ts'
import { type Running, startRunning, until } from './running.ts'

let running: Running
let actors: Actors
let devnet: ReturnType<typeof evmControls>

beforeAll(async () => {
  running = await startRunning()
  actors = (await castActors(running)).evm
  devnet = evmControls(running.evm)
})
afterAll(() => running?.stop())

interface Found {
  readonly status: string
  readonly paid: string | null
  readonly updated: { readonly block: string; readonly transaction: string }
}

async function findJob(jobId: string): Promise<Found | undefined> {
  const document = `query ($chain: String!, $jobId: Hex!) { job(chain: $chain, jobId: $jobId) { status paid updated { block transaction } } }`
  const variables = { chain: actors.on.chain, jobId }
  return (await query<{ job: Found | null }>(running.graphqlUrl, document, variables)).job ?? undefined
}

/** The job, once GraphQL shows it completed in the block that the chain has its settlement in, and the relayer agrees. */
const settledAsTheChainSays = (jobId: string, requestId: string) =>
  until(async () => {
    const [job, request] = await Promise.all([findJob(jobId), actors.relayer.find(requestId)])
    const { transaction } = request
    if (job?.status !== 'COMPLETED' || request.status !== 'succeeded' || !transaction) return undefined
    const blockNumber = await actors.on.blockOf(transaction)
    const isSame = job.updated.block === String(blockNumber) && request.blockNumber === Number(blockNumber)
    return isSame && job.updated.transaction === transaction ? job : undefined
  }, 'GraphQL, relayer and chain to agree')

/** Takes the blocks since the snapshot away and puts others in their place. */
async function reorganise(snapshot: `0x${string}`): Promise<void> {
  const lines = (await running.logOf('relayer')).split('\n').length
  await devnet.revert({ id: snapshot })
  await devnet.mine({ blocks: 8 })
  await until(async () => {
    const since = (await running.logOf('relayer')).split('\n').slice(lines - 1)
    return since.some((line) => line.includes('a reorg took a block away')) ? true : undefined
  }, 'the relayer to notice')
}

test('a settlement that a reorg takes away is settled again, and paid once', async () => {
  const work = await actors.submittedJob()
  const dollars = await actors.on.dollarsOf(actors.agent.address)
  const snapshot = await devnet.snapshot()
  const { id } = await actors.relayer.perform('results', work)
  await settledAsTheChainSays(work.jobId, id)

  await reorganise(snapshot)

  expect((await settledAsTheChainSays(work.jobId, id)).paid).toBe('1000000')
  expect(await actors.on.dollarsOf(actors.agent.address)).toBe(dollars + 1_000_000n)
})

test('a job that a reorg takes away, with everything that its client signed, comes back', async () => {
  const dollars = await actors.on.dollarsOf(actors.agent.address)
  await actors.on.giveDollars(actors.client.address, 1_000_000n)
  const snapshot = await devnet.snapshot()
  const work = await actors.submittedJob()
  const { id } = await actors.relayer.perform('results', work)
  await settledAsTheChainSays(work.jobId, id)

  await reorganise(snapshot)

  expect((await settledAsTheChainSays(work.jobId, id)).paid).toBe('1000000')
  expect(await actors.on.dollarsOf(actors.agent.address)).toBe(dollars + 1_000_000n)
})
