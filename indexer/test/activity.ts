import {
  EnclaveReport,
  EnclaveResult,
  ForwardRequest,
  type Hex,
  type Message,
  requestHash,
  typedDataTypes,
  type ValueOf,
} from '@parley/protocol'
import { encodeFunctionData, keccak256, toBytes } from 'viem'
import { moneyDeeds } from './money-activity.ts'
import {
  type Actor,
  ALICE,
  BOB,
  CAROL,
  ENCLAVES,
  NOBODY,
  OWNER,
  type TestChain,
  VERIFIER,
  WORKLOAD,
} from './test-chain.ts'

/** What there is on the chain, as far as choosing the next call needs it. A value: a reorg goes back to an older one. */
export interface World {
  readonly agentOwners: readonly Actor[]
  readonly jobs: readonly TestJob[]
  readonly requestCount: number
}

interface TestJob {
  readonly id: bigint
  readonly client: Actor
  readonly provider: Actor
  readonly isForEnclave: boolean
  readonly stage: 'open' | 'funded' | 'submitted' | 'ended'
}

export const emptyWorld: World = { agentOwners: [], jobs: [], requestCount: 0 }

export type Perform = (chain: TestChain, world: World, pick: number) => Promise<World>

/** Things that happen, by name. `pick`, any number, says to whom; what is impossible at the moment does nothing. */
export const deeds = {
  registerAgent,
  changeAgent,
  createJob,
  advanceJob,
  rejectJob,
  expireJob,
  attestEnclave,
  revokeEnclave,
  forwardRequest,
  ...moneyDeeds,
} satisfies Record<string, Perform>

export type Deed = keyof typeof deeds

const BUDGET = 1_000n
const RESPONSE: Hex = '0xc0ffee'
const BODY_HASH: Hex = `0x${'b0'.repeat(32)}`
const REASON: Hex = `0x${'4e'.repeat(32)}`
const FULL = 2

async function registerAgent(chain: TestChain, world: World, pick: number): Promise<World> {
  const owner = pickOf([ALICE, BOB, CAROL], pick)
  const metadata = [{ metadataKey: pickOf(['skills', 'long'.repeat(2_000), 'zero\0'], pick), metadataValue: '0x01' }]
  await chain.send(owner, 'agents', 'register', [`ipfs://${pick}\0`, metadata])
  return { ...world, agentOwners: [...world.agentOwners, owner] }
}

async function changeAgent(chain: TestChain, world: World, pick: number): Promise<World> {
  const agentId = pick % Math.max(1, world.agentOwners.length)
  const owner = world.agentOwners[agentId]
  if (!owner) return world
  const to = pickOf([ALICE, BOB, CAROL], pick)
  await chain.send(owner, 'agents', 'setAgentURI', [agentId, `ipfs://changed-${pick}`])
  await chain.send(owner, 'agents', 'setMetadata', [
    agentId,
    'skills',
    `0x${(pick % 256).toString(16).padStart(2, '0')}`,
  ])
  await chain.send(owner, 'agents', 'transferFrom', [owner.address, to.address, agentId])
  return { ...world, agentOwners: world.agentOwners.with(agentId, to) }
}

async function createJob(chain: TestChain, world: World, pick: number): Promise<World> {
  const agentId = pick % Math.max(1, world.agentOwners.length)
  const provider = world.agentOwners[agentId]
  if (!provider) return world
  const client = pickOf([ALICE, CAROL], pick)
  const isForEnclave = pick % 3 === 0
  const evaluator = isForEnclave ? chain.deployment.enclaveEvaluator : OWNER.address
  const id = await chain.read<bigint>('jobs', 'nextJobId', [client.address])
  const { timestamp } = await chain.head()
  const details = [BigInt(timestamp) + 3_600n, `job ${pick}`, NOBODY] as const

  if (pick % 2 === 0) {
    await chain.send(client, 'jobs', 'createJob', [provider.address, evaluator, ...details, agentId])
  } else {
    await chain.send(client, 'jobs', 'createJob', [NOBODY, evaluator, ...details, 0])
    await chain.send(client, 'jobs', 'setProvider', [id, provider.address, agentId])
  }
  await chain.send(client, 'jobs', 'setBudget', [id, chain.contracts.token.address, BUDGET, '0x'])
  return { ...world, jobs: [...world.jobs, { id, client, provider, isForEnclave, stage: 'open' }] }
}

async function advanceJob(chain: TestChain, world: World, pick: number): Promise<World> {
  const at = pick % Math.max(1, world.jobs.length)
  const job = world.jobs[at]
  if (!job) return world
  switch (job.stage) {
    case 'open':
      if (job.isForEnclave) await chain.send(job.client, 'evaluator', 'setTerms', [job.id, BODY_HASH, WORKLOAD, FULL])
      await chain.send(job.client, 'jobs', 'fund', [job.id, BUDGET, '0x'])
      return withStage(world, at, 'funded')
    case 'funded':
      await chain.send(job.provider, 'jobs', 'submit', [job.id, REASON, '0x'])
      return withStage(world, at, 'submitted')
    case 'submitted':
      if (job.isForEnclave) await acceptResult(chain, job, pick)
      else await chain.send(OWNER, 'jobs', 'complete', [job.id, REASON, '0x'])
      return withStage(world, at, 'ended')
    case 'ended':
      return world
  }
}

async function rejectJob(chain: TestChain, world: World, pick: number): Promise<World> {
  const at = pick % Math.max(1, world.jobs.length)
  const job = world.jobs[at]
  if (!job || job.stage === 'ended') return world
  await chain.send(job.stage === 'open' ? job.client : OWNER, 'jobs', 'reject', [job.id, REASON, '0x'])
  return job.isForEnclave && job.stage !== 'open' ? world : withStage(world, at, 'ended')
}

async function expireJob(chain: TestChain, world: World, pick: number): Promise<World> {
  const at = pick % Math.max(1, world.jobs.length)
  const job = world.jobs[at]
  if (!job || job.stage === 'ended') return world
  await chain.request('evm_increaseTime', 7_200)
  await chain.send(BOB, 'jobs', 'claimRefund', [job.id])
  return withStage(world, at, 'ended')
}

async function attestEnclave(chain: TestChain, world: World, pick: number): Promise<World> {
  const transaction = await chain.send(BOB, 'enclaves', 'issueChallenge', [])
  const { logs } = await chain.request<{ logs: { topics: Hex[] }[] }>('eth_getTransactionReceipt', transaction)
  const { timestamp } = await chain.head()
  const report: EnclaveReport = {
    enclave: pickOf(ENCLAVES, pick).address,
    encryptionKey: keccak256(toBytes(pick)),
    operator: BOB.address,
    workload: WORKLOAD,
    quoteId: keccak256(toBytes(pick + 1)),
    challenge: logs[0]?.topics[1] ?? '0x',
    expiresAt: BigInt(timestamp) + 50_000n,
  }
  const signature = await sign(VERIFIER, EnclaveReport, report, chain.deployment.enclaveRegistry)
  await chain.send(BOB, 'enclaves', 'registerEnclave', [report, [signature]])
  return world
}

async function revokeEnclave(chain: TestChain, world: World): Promise<World> {
  // Never the first: there would be no results any more.
  await chain.send(BOB, 'enclaves', 'revokeEnclave', [ENCLAVES[1].address])
  return world
}

async function acceptResult(chain: TestChain, { id, provider }: TestJob, pick: number): Promise<void> {
  await attestEnclave(chain, emptyWorld, 0)
  const jobId: Hex = `0x${id.toString(16).padStart(64, '0')}`
  const { timestamp } = await chain.head()
  const request = { jobId, provider: provider.address, bodyHash: BODY_HASH }
  const result: EnclaveResult = {
    requestHash: requestHash(request, (bytes) => keccak256(bytes, 'bytes')),
    responseHash: keccak256(RESPONSE),
    workload: WORKLOAD,
    observability: BigInt(FULL),
    // Nobody checks it, so an enclave may say anything.
    producedAt: pick % 2 === 0 ? BigInt(timestamp) : 2n ** 64n - 1n,
  }
  const enclave = ENCLAVES[0]
  const signature = await sign(enclave, EnclaveResult, result, chain.deployment.enclaveEvaluator)
  await chain.send(CAROL, 'evaluator', 'acceptResult', [id, result, enclave.address, signature, RESPONSE])
}

async function forwardRequest(chain: TestChain, world: World, pick: number): Promise<World> {
  const { jobs, agents } = chain.contracts
  const refused = { to: jobs.address, data: encode(jobs, 'claimRefund', [123n]) }
  const accepted = { to: agents.address, data: encode(agents, 'register', []) }
  const isRefused = pick % 2 === 0
  const { timestamp } = await chain.head()
  const request: ForwardRequest = {
    from: ALICE.address,
    calls: isRefused ? [accepted, refused] : [accepted],
    gas: 1_000_000n,
    nonce: BigInt(world.requestCount),
    deadline: BigInt(timestamp) + 600n,
  }
  const signature = await sign(ALICE, ForwardRequest, request, chain.deployment.forwarder)
  await chain.send(BOB, 'forwarder', 'execute', [request, signature])
  const agentOwners = isRefused ? world.agentOwners : [...world.agentOwners, ALICE]
  return { ...world, agentOwners, requestCount: world.requestCount + 1 }
}

function sign<M extends Message>(signer: Actor, message: M, value: ValueOf<M>, verifyingContract: Hex): Promise<Hex> {
  return signer.signTypedData({
    domain: { name: 'Parley', version: '1', chainId: 31337, verifyingContract },
    types: typedDataTypes(message),
    primaryType: message.name,
    message: value as Record<string, unknown>,
  })
}

function encode({ abi }: TestChain['contracts']['jobs'], functionName: string, args: readonly unknown[]): Hex {
  return encodeFunctionData({ abi, functionName, args })
}

function withStage(world: World, at: number, stage: TestJob['stage']): World {
  return { ...world, jobs: world.jobs.map((job, index) => (index === at ? { ...job, stage } : job)) }
}

function pickOf<Item>(items: readonly [Item, ...Item[]], pick: number): Item {
  return items[pick % items.length] ?? items[0]
}
