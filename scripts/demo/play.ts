import type { Hex } from '@parley/protocol'
import {
  createParty,
  eventArgument,
  hire,
  orderWork,
  queryUntil,
  Relayer,
  readIdentity,
  registerCalls,
  stepGas,
  submitCalls,
} from '@parley/sdk'
import { keccak256 } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import type { EvmDevnet } from '../system/chain.ts'

/** What the demo needs of a running system. */
export interface Stage {
  readonly evm: EvmDevnet
  readonly relayerUrl: string
  readonly graphqlUrl: string
  /** Starts an enclave for this operator and tells where it listens. */
  readonly startEnclave: (operator: Hex) => Promise<{ readonly url: string }>
}

/** The steps, in order. */
export const steps = ['register', 'attest', 'hire', 'work', 'submit', 'settle', 'read'] as const
export type Step = (typeof steps)[number]

export interface Play {
  /** The invoices, as CSV. */
  readonly input: string
  readonly amountAtoms: bigint
  /** Called before each step; the step begins when it resolves. */
  readonly before?: (step: Step) => Promise<void> | void
  readonly after?: (step: Step, outcome: string, gasUsed: number) => void
}

export interface Outcome {
  readonly chain: string
  readonly agentId: string
  readonly agent: Hex
  readonly client: Hex
  readonly enclave: Hex
  readonly jobId: Hex
  readonly resultHash: Hex
  readonly paidAtoms: bigint
  readonly transaction: Hex
  readonly gasUsed: number
  /** What the enclave answered, as only the client can read it. */
  readonly answer: string
}

const JOB_SECONDS = 3600n

/**
 * One job from nothing to paid. Agent and client hold keys and no gas: each signs, the relayer sends. Safe against outages of relayer, indexer
 * and GraphQL at any moment: every step is repeated until it is done, and happens once.
 */
export async function play(stage: Stage, { input, amountAtoms, before, after }: Play): Promise<Outcome> {
  const { evm, graphqlUrl } = stage
  const { deployment, reader, token } = evm
  const chain = `eip155:${evm.chainId}`
  const relayer = new Relayer({ url: stage.relayerUrl })
  const newParty = () =>
    createParty({ account: privateKeyToAccount(generatePrivateKey()), reader, deployment, relayer })
  const agent = newParty()
  const client = newParty()
  let gasUsed = 0

  async function step<Result>(
    name: Step,
    act: () => Promise<readonly [Result, string, (number | undefined)?]>,
  ): Promise<Result> {
    await before?.(name)
    const [result, told, gas = 0] = await act()
    gasUsed += gas
    after?.(name, told, gas)
    return result
  }

  const agentId = await step('register', async () => {
    const request = await agent.perform(registerCalls(deployment, registrationFile()), stepGas.register)
    const id = eventArgument(request, 'Registered', 'agentId')
    return [id, `agent ${id} belongs to ${agent.address}`, request.gasUsed]
  })

  const enclave = await step('attest', async () => {
    const { url } = await stage.startEnclave(agent.address)
    const { enclave: address, isSimulated } = await readIdentity(url)
    const found = await queryUntil<EnclaveAnswer>(
      graphqlUrl,
      ENCLAVE,
      { chain, address },
      (data) => data.enclave !== null,
    )
    const registered = found.enclave ?? fail('it was waited for')
    return [{ url, ...registered }, `enclave ${address} is registered on its quote${isSimulated ? ' (simulated)' : ''}`]
  })

  const job = await step('hire', async () => {
    await evm.giveDollars(client.address, amountAtoms)
    const hired = await hire(client, {
      agentId: BigInt(agentId),
      provider: agent.address,
      enclave,
      task: 'invoice-totals',
      input,
      observability: 'none',
      description: 'Add up these invoices per currency',
      token,
      amountAtoms,
      durationSeconds: JOB_SECONDS,
    })
    return [
      hired,
      `job ${hired.jobId.slice(0, 10)}… is funded; its request is sealed for the enclave`,
      hired.request.gasUsed,
    ]
  })

  const work = await step('work', async () => {
    const order = { jobId: job.jobId, provider: agent.address, request: job.sealedRequest }
    return [await orderWork(enclave.url, order), 'the result is signed, the answer sealed for the client']
  })

  await step('submit', async () => {
    const request = await agent.perform(submitCalls(deployment, job.jobId, keccak256(work.response)), stepGas.submit)
    return [undefined, 'the work is handed in', request.gasUsed]
  })

  const settled = await step('settle', async () => {
    const request = await relayer.perform('results', work)
    return [request, "the escrow paid the agent on the enclave's word", request.gasUsed]
  })

  const read = await step('read', async () => {
    const isPaid = (data: JobAnswer) => data.job?.status === 'COMPLETED'
    const found = (await queryUntil<JobAnswer>(graphqlUrl, JOB, { chain, jobId: job.jobId }, isPaid)).job
    const { paid, result } = found ?? fail('it was waited for')
    const answer = await job.openResponse(result?.response ?? fail('a completed job has a result'))
    return [{ answer, paidAtoms: BigInt(paid) }, 'GraphQL shows the job completed; only the client can read the answer']
  })

  return {
    chain,
    agentId,
    agent: agent.address,
    client: client.address,
    enclave: work.enclave,
    jobId: job.jobId,
    resultHash: eventArgument(settled, 'ResultAccepted', 'resultId') as Hex,
    transaction: settled.transaction ?? fail('what succeeded has a transaction'),
    gasUsed,
    ...read,
  }
}

/** ERC-8004's registration file, in the URI itself. */
function registrationFile(): string {
  const file = {
    type: 'https://eips.ethereum.org/EIPS/eip-8004#registration-v1',
    name: 'Invoice adder',
    description: 'Adds up invoices per currency, in an enclave.',
    services: [],
    active: true,
    supportedTrust: ['tee-attestation'],
  }
  return `data:application/json;base64,${Buffer.from(JSON.stringify(file)).toString('base64')}`
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
    readonly paid: string
    readonly result: { readonly response: Hex } | null
  } | null
}

const JOB = `query ($chain: String!, $jobId: Hex!) {
  job(chain: $chain, jobId: $jobId) { status paid result { response } }
}`
