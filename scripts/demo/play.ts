import type { Hex } from '@parley/protocol'
import {
  buildRegistrationFile,
  eventArgument,
  hire,
  orderWork,
  queryUntil,
  Relayer,
  readIdentity,
  toDataUri,
} from '@parley/sdk'
import { keccak256 } from 'viem'
import type { Devnet } from '../system/devnet.ts'
import { type Progress, type Scene, type Step, type StepListeners, takeStep } from './step.ts'

/** What the demo needs of a running system. */
export interface Stage {
  readonly devnets: readonly Devnet[]
  readonly relayerUrl: string
  readonly graphqlUrl: string
  /** Starts one enclave for these operators, each named by its chain, and tells where it listens. */
  readonly startEnclave: (operators: Readonly<Record<string, string>>) => Promise<{ readonly url: string }>
}

export interface Play extends StepListeners {
  /** The invoices, as CSV. */
  readonly input: string
  readonly amountAtoms: bigint
}

/** What became of the job on one chain. */
export interface Outcome {
  readonly chain: string
  readonly agentId: string
  readonly agent: string
  readonly client: string
  readonly enclave: Hex
  readonly jobId: Hex
  readonly resultHash: Hex
  readonly paidAtoms: bigint
  readonly transaction: string
  readonly gasUsed: number
  /** What the enclave answered, as only the client can read it. */
  readonly answer: string
}

const JOB_SECONDS = 3600n

/**
 * One job from nothing to paid, on each chain at the same time and in the same steps. Agents and clients hold keys and no gas: each signs,
 * the relayer sends. Safe against outages of relayer, indexer and GraphQL at any moment: every step is repeated until it is done, and
 * happens once.
 */
export async function play(stage: Stage, { input, amountAtoms, ...listeners }: Play): Promise<Outcome[]> {
  const { graphqlUrl } = stage
  const relayer = new Relayer({ url: stage.relayerUrl })
  const step = <Known extends Scene, Learnt extends object>(
    name: Step,
    scenes: readonly Known[],
    act: (scene: Known) => Promise<Progress<Learnt>>,
  ) => takeStep(name, scenes, act, listeners)

  const cast = await Promise.all(
    stage.devnets.map(async (devnet) => {
      const [agent, client] = await Promise.all([devnet.newParty('agent', relayer), devnet.newParty('client', relayer)])
      return { chain: devnet.chain, devnet, agent, client, gasUsed: 0 }
    }),
  )

  const registered = await step('register', cast, async ({ agent }) => {
    const request = await agent.register(registrationUri())
    const agentId = eventArgument(request, 'Registered', 'agentId')
    return { learnt: { agentId }, told: `agent ${agentId} belongs to ${agent.address}`, request }
  })

  const operators = Object.fromEntries(registered.map(({ chain, agent }) => [chain, agent.address]))
  let starting: ReturnType<Stage['startEnclave']> | undefined
  const attested = await step('attest', registered, async ({ chain }) => {
    starting ??= stage.startEnclave(operators)
    const { url } = await starting
    const { enclave: address, isSimulated } = await readIdentity(url)
    const isRegistered = (data: EnclaveAnswer) => data.enclave !== null
    const found = await queryUntil<EnclaveAnswer>(graphqlUrl, ENCLAVE, { chain, address }, isRegistered)
    const enclave = { url, address, ...(found.enclave ?? fail('it was waited for')) }
    const told = `enclave ${address} is registered on its quote${isSimulated ? ' (simulated)' : ''}`
    return { learnt: { enclave }, told }
  })

  const hired = await step('hire', attested, async ({ devnet, agentId, agent, client, enclave }) => {
    await devnet.giveDollars(client.address, amountAtoms)
    const job = await hire(client, {
      agentId: BigInt(agentId),
      provider: agent.address,
      enclave,
      task: 'invoice-totals',
      input,
      observability: 'none',
      description: 'Add up these invoices per currency',
      token: devnet.token,
      amountAtoms,
      durationSeconds: JOB_SECONDS,
    })
    const told = `job ${job.jobId.slice(0, 10)}… is funded; its request is sealed for the enclave`
    return { learnt: { job }, told, request: job.request }
  })

  const worked = await step('work', hired, async ({ chain, agent, enclave, job }) => {
    const order = { chain, jobId: job.jobId, provider: agent.address, request: job.sealedRequest }
    const work = await orderWork(enclave.url, order)
    return { learnt: { work }, told: 'the result is signed, the answer sealed for the client' }
  })

  const submitted = await step('submit', worked, async ({ agent, job, work }) => {
    const request = await agent.submit(job.jobId, keccak256(work.response))
    return { learnt: {}, told: 'the work is handed in', request }
  })

  const settled = await step('settle', submitted, async ({ work }) => {
    const request = await relayer.perform('results', work)
    return { learnt: { settlement: request }, told: "the escrow paid the agent on the enclave's word", request }
  })

  const read = await step('read', settled, async ({ chain, job }) => {
    const isPaid = (data: JobAnswer) => data.job?.status === 'COMPLETED' && data.job.paid !== null
    const found = (await queryUntil<JobAnswer>(graphqlUrl, JOB, { chain, jobId: job.jobId }, isPaid)).job
    const { paid, result } = found ?? fail('it was waited for')
    const answer = await job.openResponse(result?.response ?? fail('a completed job has a result'))
    const told = 'GraphQL shows the job completed; only the client can read the answer'
    return { learnt: { answer, paidAtoms: BigInt(paid ?? fail('it was waited for')) }, told }
  })

  return read.map(({ chain, agentId, agent, client, enclave, job, settlement, gasUsed, answer, paidAtoms }) => ({
    chain,
    agentId,
    agent: agent.address,
    client: client.address,
    enclave: enclave.address,
    jobId: job.jobId,
    resultHash: eventArgument(settlement, 'ResultAccepted', 'resultId') as Hex,
    transaction: settlement.transaction ?? fail('what succeeded has a transaction'),
    gasUsed,
    answer,
    paidAtoms,
  }))
}

/** In the URI itself, so that nobody has to serve it. Nobody can call the agent by A2A or MCP: it is hired on chain. */
function registrationUri(): string {
  return toDataUri(
    buildRegistrationFile({
      name: 'Invoice adder',
      description: 'Adds up invoices per currency, in an enclave.',
      supportedTrust: ['reputation', 'tee-attestation'],
    }),
  )
}

function fail(why: string): never {
  throw new Error(`impossible: ${why}`)
}

interface EnclaveAnswer {
  readonly enclave: { readonly encryptionKey: Hex; readonly workload: Hex } | null
}

const ENCLAVE = `query ($chain: String!, $address: Address!) {
  enclave(chain: $chain, address: $address) { encryptionKey workload }
}`

interface JobAnswer {
  readonly job: {
    readonly status: string
    readonly paid: string | null
    readonly result: { readonly response: Hex } | null
  } | null
}

const JOB = `query ($chain: String!, $jobId: Hex!) {
  job(chain: $chain, jobId: $jobId) { status paid result { response } }
}`
