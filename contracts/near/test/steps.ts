/** Steps that the tests of NEAR's own behaviour begin with. */
import { type Hex, nearMessages, requestHash, typedDataDomain, typedDataTypes } from '@parley/protocol'
import { keccak256 } from 'viem'
import { mnemonicToAccount } from 'viem/accounts'
import { type Actor, ALICE, BOB, CAROL, OPERATOR, OWNER } from './actors.ts'
import { type Chain, jsonOf, keccak, VERIFIERS } from './chain.ts'

export const BUDGET = 2_500_000n
export const DAY = 86_400n
export const HASH: Hex = `0x${'b0'.repeat(32)}`
export const WORKLOAD: Hex = `0x${'77'.repeat(32)}`
export const RESPONSE: Hex = `0x${'c1'.repeat(120)}`
const ENCLAVE = mnemonicToAccount('test test test test test test test test test test test junk', { addressIndex: 6 })

/** Bob has an agent, Alice money. */
export async function begin(chain: Chain): Promise<void> {
  await chain.send(BOB, chain.agents, 'register', {})
  await chain.send(
    OWNER,
    chain.dollar,
    'ft_transfer',
    { receiver_id: ALICE.accountId, amount: 100n * BUDGET },
    { deposit: 1n },
  )
}

export function nextJobId(chain: Chain, client: Actor = ALICE): Promise<Hex> {
  return chain.view<Hex>(chain.parley, 'next_job_id', { client: client.accountId })
}

const ENCLAVE_TERMS = { body_hash: HASH, workload: WORKLOAD, observability: '0' }

/** What a hiring's message says, for Bob's agent. */
export function hiring(chain: Chain, job_id: Hex, change: object = {}) {
  const hire = {
    job_id,
    provider: BOB.accountId,
    provider_agent_id: '0',
    expired_at: chain.now() + DAY,
    description: 'Translate',
    terms: { enclave: ENCLAVE_TERMS },
    ...change,
  }
  return { hire }
}

/** A job of Alice's that Carol judges, funded in the demo's token. */
export async function createFundedJob(chain: Chain): Promise<Hex> {
  const job_id = await createPricedJob(chain, chain.dollar)
  await chain.send(...chain.transferCall(ALICE, chain.dollar, BUDGET, { fund: { job_id, expected_budget: BUDGET } }))
  return job_id
}

export async function createPricedJob(
  chain: Chain,
  token: string,
  { evaluator = CAROL.accountId, duration = DAY } = {},
): Promise<Hex> {
  const job_id = await nextJobId(chain)
  const creation = {
    provider: BOB.accountId,
    evaluator,
    provider_agent_id: '0',
    description: 'Translate',
  }
  await chain.send(ALICE, chain.parley, 'create_job', { ...creation, expired_at: chain.now() + duration })
  await chain.send(ALICE, chain.parley, 'set_budget', { job_id, token, amount: BUDGET })
  return job_id
}

export function submit(chain: Chain, job_id: Hex) {
  return chain.send(BOB, chain.parley, 'submit', { job_id, deliverable: HASH })
}

export async function createSubmittedJob(chain: Chain): Promise<Hex> {
  const job_id = await createFundedJob(chain)
  await submit(chain, job_id)
  return job_id
}

export interface JobView {
  readonly status: number
  readonly owed_to_provider?: string
  readonly client: string
  readonly terms: Hex | null
}

export function jobOf(chain: Chain, job_id: Hex): Promise<JobView | null> {
  return chain.view<JobView | null>(chain.parley, 'get_job', { job_id })
}

export async function balanceOf(chain: Chain, accountId: string): Promise<bigint> {
  return BigInt(await chain.view<string>(chain.dollar, 'ft_balance_of', { account_id: accountId }))
}

/** The arguments of `register_enclave` for an enclave that two verifiers vouch for. */
export async function registration(chain: Chain, challenge: Hex) {
  const report = {
    enclave: ENCLAVE.address.toLowerCase() as Hex,
    encryptionKey: `0x${'e1'.repeat(32)}` as Hex,
    operator: OPERATOR.accountId,
    workload: WORKLOAD,
    quoteId: `0x${'0a'.repeat(32)}` as Hex,
    challenge,
    expiresAt: chain.now() + 5n * DAY,
  }
  const {
    enclave,
    encryptionKey: encryption_key,
    operator,
    workload,
    quoteId: quote_id,
    expiresAt: expires_at,
  } = report
  const signatures = await Promise.all(
    VERIFIERS.slice(0, 2).map((verifier) => sign(chain, verifier, nearMessages.EnclaveReport, report)),
  )
  return { report: { enclave, encryption_key, operator, workload, quote_id, challenge, expires_at }, signatures }
}

/** What a timelock schedules: `deposit` in yoctoNEAR. */
export function operationOf(
  { target, method, args, deposit = 0n }: { target: string; method: string; args: unknown; deposit?: bigint },
  { predecessor = NO_OPERATION, salt = NO_OPERATION }: { readonly predecessor?: Hex; readonly salt?: Hex } = {},
) {
  return { target, method, args: typeof args === 'string' ? args : jsonOf(args), deposit, predecessor, salt }
}

const NO_OPERATION: Hex = `0x${'00'.repeat(32)}`

/** Schedules and executes in a timelock without delay. */
export async function govern(chain: Chain, call: Parameters<typeof operationOf>[0]): Promise<void> {
  const { value: id } = await chain.send(OWNER, chain.owner, 'schedule', { ...operationOf(call), delay: 0n })
  await chain.send(OWNER, chain.owner, 'execute', { id }, { deposit: call.deposit ?? 0n })
}

export async function registerEnclave(chain: Chain): Promise<void> {
  await chain.send(OWNER, chain.parley, 'set_workload', { workload: WORKLOAD, is_allowed: true })
  const { value } = await chain.send(OPERATOR, chain.parley, 'issue_challenge', {})
  await chain.send(OPERATOR, chain.parley, 'register_enclave', await registration(chain, value as Hex))
}

/** The arguments of `accept_result` for a job that was hired, signed by the enclave. */
export async function acceptance(chain: Chain, job_id: Hex) {
  const request_hash = requestHash({ jobId: job_id, provider: BOB.accountId, bodyHash: HASH }, keccak, 'near')
  const response_hash = keccak256(RESPONSE)
  const produced_at = chain.now()
  const result = {
    requestHash: request_hash,
    responseHash: response_hash,
    workload: WORKLOAD,
    observability: 0n,
    producedAt: produced_at,
  }
  return {
    job_id,
    result: { request_hash, response_hash, workload: WORKLOAD, observability: '0', produced_at },
    enclave: ENCLAVE.address.toLowerCase() as Hex,
    signature: await sign(chain, ENCLAVE, nearMessages.EnclaveResult, result),
    response: RESPONSE,
  }
}

type Message = (typeof nearMessages)[keyof typeof nearMessages]

function sign(chain: Chain, key: typeof ENCLAVE, message: Message, value: object): Promise<Hex> {
  return key.signTypedData({
    domain: typedDataDomain(chain.domain),
    types: typedDataTypes(message),
    primaryType: message.name,
    message: value as Record<string, unknown>,
  })
}
