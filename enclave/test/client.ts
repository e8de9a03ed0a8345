import { keccak } from '@parley/evm'
import { deploymentSchema } from '@parley/evm/deployment-file'
import { type ErrorBody, type Hex, nearDomain, type Observability } from '@parley/protocol'
import { createSealingKey, type SealingKey, seal, type WorkOrder, type WorkResult } from '@parley/sdk'

export const JOB: Hex = `0x${'1a'.repeat(32)}`
export const OTHER_JOB: Hex = `0x${'2b'.repeat(32)}`
export const PROVIDER: Hex = `0x${'3c'.repeat(20)}`
export const OPERATOR: Hex = `0x${'4d'.repeat(20)}`

/** Each contract somewhere: nobody calls them here. */
const addresses = Object.keys(deploymentSchema.unwrap().shape).map((name, at) => {
  return [name, `0x${(0x5a + at).toString(16).repeat(20)}`] as const
})
export const EVM_DEPLOYMENT = deploymentSchema.parse({
  ...Object.fromEntries(addresses),
  chainId: 31337,
  fromBlock: 1,
})

export const NEAR_DEPLOYMENT = {
  chainId: 'localnet',
  fromBlock: 1,
  agents: 'agents.test.near',
  parley: 'parley.test.near',
} as const

const { chainId, enclaveEvaluator, enclaveRegistry } = EVM_DEPLOYMENT

export const EVM = {
  chain: 'eip155:31337',
  kind: 'evm',
  provider: PROVIDER as string,
  operator: OPERATOR as string,
  evaluator: { chainId, verifyingContract: enclaveEvaluator },
  registry: { chainId, verifyingContract: enclaveRegistry },
} as const

/** One contract is evaluator and registry. */
const parley = nearDomain(NEAR_DEPLOYMENT.chainId, NEAR_DEPLOYMENT.parley, keccak)

export const NEAR = {
  chain: 'near:localnet',
  kind: 'near',
  provider: 'agent.test.near',
  operator: 'operator.test.near',
  evaluator: parley,
  registry: parley,
} as const

/** What is true on each chain, by its CAIP-2 id. */
export const eachChain = [EVM, NEAR].map((on) => [on.chain, on] as const)

export const INVOICES = 'invoice,currency,amount\nA-1,EUR,10.25\nA-2,EUR,0.75\nA-3,USD,3\n'

export interface Sealed {
  readonly order: WorkOrder
  readonly replyKey: SealingKey
}

/** An order as a client makes it. */
export async function sealOrder(
  encryptionKey: Hex,
  { input = INVOICES, observability = 'none' as Observability, jobId = JOB, on = EVM as Provided } = {},
): Promise<Sealed> {
  const replyKey = await createSealingKey()
  const text = JSON.stringify({ task: 'invoice-totals', input, replyTo: replyKey.publicKey, observability })
  return { order: await sealText(encryptionKey, text, { jobId, on }), replyKey }
}

/** As much of a chain as an order says. */
interface Provided {
  readonly chain: string
  readonly provider: string
}

export async function sealText(
  encryptionKey: Hex,
  text: string,
  { jobId = JOB, on: { chain, provider } = EVM as Provided } = {},
): Promise<WorkOrder> {
  return { chain, jobId, provider, request: await seal('parley/request/v1', encryptionKey, jobId, text) }
}

export interface Answer<Body> {
  readonly status: number
  readonly body: Body
}

export interface RefusalBody {
  readonly error: ErrorBody
}

export async function post<Body>(url: string, body: unknown): Promise<Answer<Body>> {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: text })
  return { status: response.status, body: (await response.json()) as Body }
}

export function work(url: string, order: unknown): Promise<Answer<WorkResult>> {
  return post(`${url}/v1/jobs`, order)
}

export function refusedWork(url: string, order: unknown): Promise<Answer<RefusalBody>> {
  return post(`${url}/v1/jobs`, order)
}
