/** Steps that the behaviour of several contracts begins with. */

import type { Message, SigningDomain } from '@parley/protocol'
import { type Hex, requestHash, typedDataDomain, typedDataTypes } from '@parley/protocol'
import { keccak256 } from 'viem'
import { mnemonicToAccount } from 'viem/accounts'
import { type Driver, hexOfJobId, type Person } from './driver.ts'

export const BUDGET = 2_500_000n
export const BODY_HASH: Hex = `0x${'b0'.repeat(32)}`
export const RESPONSE: Hex = `0x${'c1'.repeat(120)}`
export const WORKLOAD: Hex = `0x${'77'.repeat(32)}`
export const OTHER_HASH: Hex = `0x${'78'.repeat(32)}`
export const DAY = 86_400n
export const MAX_AGE = 7n * DAY
export const QUORUM = 2
export const UNKNOWN_JOB = 5n << 200n

const account = (addressIndex: number) =>
  mnemonicToAccount('test test test test test test test test test test test junk', { addressIndex })
export type Key = ReturnType<typeof account>

export const ENCLAVE = account(6)
/** In ascending order of their addresses, which is the order that signatures must have. */
export const VERIFIERS = [account(7), account(8), account(9)].sort((a, b) => (addressOf(a) < addressOf(b) ? -1 : 1))
/** Not a verifier and not an enclave. */
export const STRANGER = account(10)

export function addressOf({ address }: Key): Hex {
  return address.toLowerCase() as Hex
}

/** What viem, not our code, signs: contracts and protocol must both agree with it. */
export function sign(key: Key, message: Message, value: object, domain: SigningDomain): Promise<Hex> {
  return key.signTypedData({
    domain: typedDataDomain(domain),
    types: typedDataTypes(message),
    primaryType: message.name,
    message: value as Record<string, unknown>,
  })
}

/** Bob's first agent has the id 0. */
export async function registerAgent(chain: Driver, owner: Person = 'bob'): Promise<void> {
  await chain.send(owner, 'register', { agentURI: '', metadata: [] })
}

export interface JobOptions {
  readonly provider?: string
  readonly evaluator?: string
  readonly duration?: bigint
}

/** A job of Alice for Bob's agent, judged by an enclave's word. */
export async function createJob(chain: Driver, options: JobOptions = {}): Promise<bigint> {
  const { provider = chain.accounts.bob, evaluator = chain.evaluator, duration = DAY } = options
  const jobId = await nextJobId(chain, 'alice')
  const times = { expiredAt: chain.now() + duration }
  const rest = { description: 'Translate', hook: `0x${'00'.repeat(20)}`, providerAgentId: 0n }
  await chain.send('alice', 'createJob', { provider, evaluator, ...times, ...rest })
  return jobId
}

export async function createFundedJob(chain: Driver, options: JobOptions = {}): Promise<bigint> {
  const jobId = await createJob(chain, options)
  await setBudget(chain, jobId)
  await chain.fund('alice', jobId, BUDGET)
  return jobId
}

export async function createSubmittedJob(chain: Driver, options: JobOptions = {}): Promise<bigint> {
  const jobId = await createFundedJob(chain, options)
  await chain.send('bob', 'submit', { jobId, deliverable: BODY_HASH })
  return jobId
}

export function setBudget(chain: Driver, jobId: bigint, who: Person = 'alice', token = chain.dollar, amount = BUDGET) {
  return chain.send(who, 'setBudget', { jobId, token, amount })
}

export async function nextJobId(chain: Driver, client: Person): Promise<bigint> {
  return (await chain.read('nextJobId', { client: chain.accounts[client] })) as bigint
}

export interface Job {
  readonly client: string
  readonly provider: string
  readonly evaluator: string
  readonly token: string
  readonly budget: bigint
  readonly status: bigint
  readonly expiredAt: bigint
  readonly submittedAt: bigint
}

export async function jobOf(chain: Driver, jobId: bigint): Promise<Job> {
  return (await chain.read('getJob', { jobId })) as Job
}

export async function issueChallenge(chain: Driver, who: Person = 'operator'): Promise<Hex> {
  const [issued] = await chain.send(who, 'issueChallenge', {})
  return issued?.args.challenge as Hex
}

export interface Report {
  readonly enclave: Hex
  readonly encryptionKey: Hex
  readonly operator: string
  readonly workload: Hex
  readonly quoteId: Hex
  readonly challenge: Hex
  readonly expiresAt: bigint
}

export function reportOf(chain: Driver, challenge: Hex, change: Partial<Report> = {}): Report {
  return {
    enclave: addressOf(ENCLAVE),
    encryptionKey: `0x${'e1'.repeat(32)}`,
    operator: chain.accounts.operator,
    workload: WORKLOAD,
    quoteId: `0x${'0a'.repeat(32)}`,
    challenge,
    expiresAt: chain.now() + 5n * DAY,
    ...change,
  }
}

export function signReport(chain: Driver, signers: readonly Key[], report: Report): Promise<Hex[]> {
  return Promise.all(signers.map((key) => sign(key, chain.messages.EnclaveReport, report, chain.domains.reports)))
}

/** Allows the workload and registers an enclave that runs it. */
export async function registerEnclave(chain: Driver, change: Partial<Report> = {}): Promise<void> {
  await chain.send('owner', 'setWorkload', { workload: change.workload ?? WORKLOAD, isAllowed: true })
  const report = reportOf(chain, await issueChallenge(chain), change)
  const signatures = await signReport(chain, VERIFIERS.slice(0, QUORUM), report)
  await chain.send('operator', 'registerEnclave', { report, signatures })
}

export function requestHashOf(chain: Driver, jobId: bigint, bodyHash = BODY_HASH): Hex {
  const request = { jobId: hexOfJobId(jobId), provider: chain.accounts.bob, bodyHash }
  return requestHash(request, (bytes) => keccak256(bytes, 'bytes'), chain.kind)
}

export interface Result {
  readonly requestHash: Hex
  readonly responseHash: Hex
  readonly workload: Hex
  readonly observability: bigint
  readonly producedAt: bigint
}

export function resultOf(chain: Driver, jobId: bigint, change: Partial<Result> = {}): Result {
  return {
    requestHash: requestHashOf(chain, jobId),
    responseHash: keccak256(RESPONSE),
    workload: WORKLOAD,
    observability: 0n,
    producedAt: chain.now(),
    ...change,
  }
}

export interface Acceptance {
  readonly jobId: bigint
  readonly result: Result
  readonly enclave: Hex
  readonly signature: Hex
  readonly response: Hex
}

/** Arguments of `acceptResult`, signed by the enclave. */
export async function acceptance(
  chain: Driver,
  jobId: bigint,
  change: Partial<Result> = {},
  response = RESPONSE,
): Promise<Acceptance> {
  const result = resultOf(chain, jobId, change)
  const signature = await sign(ENCLAVE, chain.messages.EnclaveResult, result, chain.domains.results)
  return { jobId, result, enclave: addressOf(ENCLAVE), signature, response }
}

/** The other s that is valid for the same r, with the other v. */
export function withHighS(signature: Hex): Hex {
  const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
  const s = (order - BigInt(`0x${signature.slice(66, 130)}`)).toString(16).padStart(64, '0')
  return `${signature.slice(0, 66) as Hex}${s}${signature.endsWith('1b') ? '1c' : '1b'}`
}
