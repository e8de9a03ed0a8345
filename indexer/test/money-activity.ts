import { type Hex, payoutLeaf, toHex } from '@parley/protocol'
import { keccak256, toBytes } from 'viem'
import type { World } from './activity.ts'
import { type Actor, ALICE, BOB, CAROL, NOBODY, OWNER, type TestChain, VERIFIER } from './test-chain.ts'

/** Things that happen to money in the ledger, to jobs that others than enclaves judge, and to agents' names; as `deeds`. */
export const moneyDeeds = {
  useLedger,
  usePolicy,
  judgeTogether,
  payByMilestones,
  arbitrate,
  shareWithCrowd,
  backFeedback,
  speakOfAgent,
}

const BUDGET = 1_000n
const HOUR = 3_600n
const REASON: Hex = `0x${'4e'.repeat(32)}`

async function useLedger(chain: TestChain, world: World, pick: number): Promise<World> {
  const [from, to] = pick % 2 === 0 ? [ALICE, BOB] : [CAROL, ALICE]
  const token = chain.contracts.token.address
  await chain.send(from, 'ledger', 'deposit', [token, BUDGET + BigInt(pick), from.address])
  await chain.send(from, 'ledger', 'transfer', [to.address, BigInt(token), 1 + pick])
  await chain.send(from, 'ledger', 'setOperator', [to.address, pick % 3 !== 0])
  await chain.send(from, 'ledger', 'withdraw', [token, 7, to.address])
  return world
}

/** What CAROL may spend of ALICE's. */
async function usePolicy(chain: TestChain, world: World, pick: number): Promise<World> {
  const token = chain.contracts.token.address
  const [account, key] = [ALICE.address, CAROL.address]
  const confirmers = pick % 2 === 0 ? [] : [BOB.address]
  const { timestamp } = await chain.head()
  const expiresAt = BigInt(timestamp) + HOUR
  await chain.send(ALICE, 'ledger', 'deposit', [token, BUDGET, account])
  await chain.send(ALICE, 'ledger', 'setOperator', [chain.contracts.guardrails.address, true])
  await chain.send(ALICE, 'guardrails', 'setPolicy', [key, expiresAt, 7, pick % 3 === 0, confirmers, confirmers.length])
  await chain.send(ALICE, 'guardrails', 'setSpendLimit', [key, token, 500, HOUR, 100])
  await chain.send(ALICE, 'guardrails', 'setCounterparty', [key, BOB.address, pick % 5 !== 0])
  await chain.send(CAROL, 'guardrails', 'spendTransfer', [account, token, BOB.address, 10 + (pick % 50)])
  await chain.send(BOB, 'guardrails', 'confirmSpend', [account, key, REASON])
  if (pick % 4 === 3) await chain.send(ALICE, 'guardrails', 'revokePolicy', [key])
  return world
}

async function judgeTogether(chain: TestChain, world: World, pick: number): Promise<World> {
  const job = await open(chain, world, pick, chain.contracts.quorum.address)
  if (!job) return world
  const members = [OWNER, VERIFIER].map(({ address }) => address)
  await chain.send(job.client, 'quorum', 'setQuorumTerms', [job.id, members, 2])
  await fundAndSubmit(chain, job)
  for (const member of [OWNER, VERIFIER]) await chain.send(member, 'quorum', 'castVote', [job.id, pick % 4 > 0, REASON])
  return world
}

async function payByMilestones(chain: TestChain, world: World, pick: number): Promise<World> {
  const job = await open(chain, world, pick, chain.contracts.milestones.address)
  if (!job) return world
  const terms = { judge: OWNER.address, reviewSeconds: HOUR, amounts: [300n, 700n] }
  await chain.send(job.client, 'milestones', 'setMilestoneTerms', [job.id, terms])
  await fundAndSubmit(chain, job)
  await chain.send(OWNER, 'milestones', 'approveMilestone', [job.id, 0])
  if (pick % 3 === 0) return world
  await chain.send(job.provider, 'jobs', 'submit', [job.id, REASON, '0x'])
  await chain.send(OWNER, 'milestones', 'approveMilestone', [job.id, 1])
  return world
}

async function arbitrate(chain: TestChain, world: World, pick: number): Promise<World> {
  const job = await open(chain, world, pick, chain.contracts.arbitration.address)
  if (!job) return world
  const token = chain.contracts.token.address
  const terms = { reviewSeconds: HOUR, rulingSeconds: HOUR, silenceShareBP: 5_000, bond: 10n, stake: 20n }
  await chain.send(job.client, 'arbitration', 'setArbitrationTerms', [job.id, { arbiter: OWNER.address, ...terms }])
  await chain.send(job.client, 'ledger', 'deposit', [token, BUDGET, job.client.address])
  await chain.send(job.client, 'ledger', 'transfer', [job.provider.address, BigInt(token), 20])
  for (const party of [job.client, job.provider])
    await chain.send(party, 'ledger', 'setOperator', [chain.contracts.arbitration.address, true])
  await fundAndSubmit(chain, job, () =>
    chain.send(job.provider, 'arbitration', 'lockStake', [job.id, OWNER.address, terms.stake]),
  )
  await chain.send(job.client, 'arbitration', 'openDispute', [job.id, REASON])
  const [ruling, share] = pick % 2 === 0 ? [2, 4_000] : [3, 0]
  await chain.send(OWNER, 'arbitration', 'rule', [job.id, ruling, share, REASON])
  if (pick % 4 !== 3) return world
  await chain.send(job.provider, 'jobs', 'submit', [job.id, REASON, '0x'])
  await chain.request('evm_increaseTime', 7_200)
  await chain.send(BOB, 'arbitration', 'settleReview', [job.id])
  return world
}

/** A job that is hired from the ledger in one call, pays a fee, and whose provider shares the rest. */
async function shareWithCrowd(chain: TestChain, world: World, pick: number): Promise<World> {
  const agentId = pick % Math.max(1, world.agentOwners.length)
  const provider = world.agentOwners[agentId]
  if (!provider) return world
  const client = provider === ALICE ? CAROL : ALICE
  const { jobs, token, crowd } = chain.contracts
  await chain.send(OWNER, 'jobs', 'setPlatformFee', [pick % 500, BOB.address])
  await chain.send(OWNER, 'jobs', 'setHookWhitelist', [VERIFIER.address, pick % 2 === 0])
  await chain.send(client, 'ledger', 'deposit', [token.address, BUDGET, client.address])
  await chain.send(client, 'ledger', 'setOperator', [jobs.address, true])
  const id = await chain.read<bigint>('jobs', 'nextJobId', [client.address])
  const { timestamp } = await chain.head()
  const parties = { client: client.address, provider: provider.address, providerAgentId: agentId }
  const rest = {
    evaluator: OWNER.address,
    expiredAt: BigInt(timestamp) + HOUR,
    description: '',
    hook: NOBODY,
    terms: '0x',
  }
  const money = { token: token.address, budget: BUDGET, isInLedger: true }
  await chain.send(client, 'jobs', 'hire', [{ jobId: id, ...parties, ...rest, ...money }])
  const payout = { index: BigInt(pick), account: CAROL.address, amount: 500n }
  const leaf = payoutLeaf(payout, (bytes) => keccak256(bytes, 'bytes'), 'evm')
  await chain.send(provider, 'jobs', 'setPayee', [id, crowd.address])
  await chain.send(provider, 'crowd', 'setPayees', [id, toHex(leaf), 500])
  await chain.send(provider, 'jobs', 'submit', [id, REASON, '0x'])
  await chain.send(OWNER, 'jobs', 'complete', [id, REASON, '0x'])
  await chain.send(BOB, 'crowd', 'claimPayout', [id, payout, []])
  await chain.send(BOB, 'crowd', 'claimRemainder', [id])
  await chain.send(BOB, 'jobs', 'collectFees', [token.address])
  return world
}

/** What a client says of an agent whose job paid a fee. */
async function backFeedback(chain: TestChain, world: World, pick: number): Promise<World> {
  const price = [chain.contracts.token.address, 10n ** 18n]
  await chain.send(OWNER, 'jobs', 'setPlatformFee', [200, BOB.address])
  await chain.send(OWNER, 'reputation', 'setTokenPrice', price)
  await chain.send(OWNER, 'reputation', 'setWeightCap', [1 + (pick % 50)])
  const job = await open(chain, world, pick, OWNER.address)
  if (!job) return world
  await fundAndSubmit(chain, job)
  await chain.send(OWNER, 'jobs', 'complete', [job.id, REASON, '0x'])
  const said = [pick, 0, `tag-${pick}`, '', '', '', REASON]
  await chain.send(job.client, 'reputation', 'giveBackedFeedback', [job.id, job.agentId, ...said])
  return world
}

/** What an odd number is said with is long, and no text that PostgreSQL takes. */
async function speakOfAgent(chain: TestChain, world: World, pick: number): Promise<World> {
  const agentId = pick % Math.max(1, world.agentOwners.length)
  const owner = world.agentOwners[agentId]
  if (!owner) return world
  const client = owner === CAROL ? BOB : CAROL
  const text = pick % 2 === 0 ? `tag-${pick}` : `\0${'long'.repeat(500)}`
  await chain.send(client, 'reputation', 'giveFeedback', [agentId, -5 - pick, pick % 19, text, '', text, text, REASON])
  await chain.send(owner, 'reputation', 'appendResponse', [agentId, client.address, 1, text, REASON])
  if (pick % 3 === 0) await chain.send(client, 'reputation', 'revokeFeedback', [agentId, 1])
  const requestHash = keccak256(toBytes(pick))
  await chain.send(owner, 'validation', 'validationRequest', [client.address, agentId, text, requestHash])
  await chain.send(client, 'validation', 'validationResponse', [requestHash, pick % 101, text, REASON, text])
  return world
}

interface OpenJob {
  readonly id: bigint
  readonly client: Actor
  readonly provider: Actor
  readonly agentId: number
}

async function open(chain: TestChain, world: World, pick: number, judge: Hex): Promise<OpenJob | undefined> {
  const agentId = pick % Math.max(1, world.agentOwners.length)
  const provider = world.agentOwners[agentId]
  if (!provider) return undefined
  const client = provider === ALICE ? CAROL : ALICE
  const id = await chain.read<bigint>('jobs', 'nextJobId', [client.address])
  const { timestamp } = await chain.head()
  const details = [BigInt(timestamp) + 240n * HOUR, `job ${pick}`, NOBODY, agentId]
  await chain.send(client, 'jobs', 'createJob', [provider.address, judge, ...details])
  await chain.send(client, 'jobs', 'setBudget', [id, chain.contracts.token.address, BUDGET, '0x'])
  return { id, client, provider, agentId }
}

async function fundAndSubmit(chain: TestChain, { id, client, provider }: OpenJob, between?: () => Promise<unknown>) {
  await chain.send(client, 'jobs', 'fund', [id, BUDGET, '0x'])
  await between?.()
  await chain.send(provider, 'jobs', 'submit', [id, REASON, '0x'])
}
