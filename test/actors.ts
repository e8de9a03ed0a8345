import type { ChainKind } from '@parley/protocol'
import {
  eventArgument,
  type HiredJob,
  hire,
  orderWork,
  type Party,
  queryUntil,
  Relayer,
  readIdentity,
  type WorkResult,
} from '@parley/sdk'
import { keccak256 } from 'viem'
import { chainKinds, type TestChain, testChain } from './chains/chain.ts'
import { invoices, type Running } from './running.ts'

/** An agent and a client who know each other and an enclave, on one chain of a running system. */
export interface Actors {
  readonly on: TestChain
  readonly relayer: Relayer
  readonly agent: Party
  readonly client: Party
  readonly agentId: bigint
  readonly enclaveUrl: string
  /** A new job that is paid for. */
  readonly fundedJob: (durationSeconds?: bigint) => Promise<HiredJob>
  /** A new job up to the point where only the enclave's result is missing on chain. */
  readonly submittedJob: (durationSeconds?: bigint) => Promise<WorkResult>
  readonly untilGraphql: <Data>(document: string, isThere: (data: Data) => boolean) => Promise<Data>
}

const PRICE_ATOMS = 1_000_000n
const HOUR = 3600n

/** Actors on both chains, with one enclave. */
export async function castActors(running: Running): Promise<Readonly<Record<ChainKind, Actors>>> {
  const relayer = new Relayer({ url: running.relayer.url })
  const agents = await Promise.all(
    chainKinds.map(async (kind) => {
      const on = testChain(running, kind)
      const agent = await on.newParty('agent', relayer)
      const registered = await agent.register('')
      return { on, agent, agentId: BigInt(eventArgument(registered, 'Registered', 'agentId')) }
    }),
  )
  const operators = Object.fromEntries(agents.map(({ on, agent }) => [on.chain, agent.address]))
  const { url: enclaveUrl } = await running.startEnclave(operators)
  const [evm, near] = await Promise.all(agents.map((known) => castOn(running, { ...known, relayer, enclaveUrl })))
  if (!evm || !near) throw new Error('there is one cast for each chain')
  return { evm, near }
}

type Known = Pick<Actors, 'on' | 'relayer' | 'agent' | 'agentId' | 'enclaveUrl'>

async function castOn({ graphqlUrl }: Running, known: Known): Promise<Actors> {
  const { on, relayer, agent, agentId, enclaveUrl } = known
  const { chain, token } = on
  const client = await on.newParty('client', relayer)
  const enclave = await readIdentity(enclaveUrl)
  const untilGraphql: Actors['untilGraphql'] = (document, isThere) => queryUntil(graphqlUrl, document, {}, isThere)
  const registered = `{ enclave(chain: "${chain}", address: "${enclave.enclave}") { address } }`
  await untilGraphql<{ enclave: unknown }>(registered, (data) => data.enclave !== null)

  async function fundedJob(durationSeconds = HOUR): Promise<HiredJob> {
    await on.giveDollars(client.address, PRICE_ATOMS)
    const task = { task: 'invoice-totals', input: await invoices(), observability: 'none' } as const
    const terms = { description: 'Add up', durationSeconds, token, amountAtoms: PRICE_ATOMS }
    return hire(client, { agentId, provider: agent.address, enclave, ...task, ...terms })
  }

  async function submittedJob(durationSeconds?: bigint): Promise<WorkResult> {
    const { jobId, sealedRequest } = await fundedJob(durationSeconds)
    const order = { chain, jobId, provider: agent.address, request: sealedRequest }
    const work = await orderWork(enclaveUrl, order)
    await agent.submit(jobId, keccak256(work.response))
    return work
  }

  return { ...known, client, fundedJob, submittedJob, untilGraphql }
}
