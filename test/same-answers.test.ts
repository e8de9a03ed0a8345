/** The same deeds on both chains, followed by the indexer and asked of GraphQL: the answers differ in the names of accounts and jobs, and in nothing else. */

import { payoutTree } from '@parley/protocol'
import { createLog } from '@parley/service'
import { keccak256 } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createJobChanges } from '../graphql/src/job-changes.ts'
import { connectReadOnly } from '../graphql/src/read-only-pool.ts'
import { createGraphqlServer } from '../graphql/src/server.ts'
import { ask } from '../graphql/test/fixture.ts'
import { startDatabases, startIndexer, type TestDatabases, untilIndexed } from '../indexer/test/setup.ts'
import { termsOf } from './behaviour/arbitration-scenario.ts'
import { type Driver, hexOfJobId } from './behaviour/driver.ts'
import { openEvm } from './behaviour/evm-driver.ts'
import { openNear } from './behaviour/near-driver.ts'
import {
  acceptance,
  BODY_HASH,
  BUDGET,
  createJob,
  DAY,
  registerAgent,
  registerEnclave,
  setBudget,
  WORKLOAD,
} from './behaviour/scenario.ts'

let databases: TestDatabases
beforeAll(async () => {
  databases = await startDatabases()
})
afterAll(() => databases?.stop())

const LATER = 60n * DAY
const HASH = BODY_HASH

interface Played {
  readonly jobs: readonly bigint[]
  /** A token that pays nobody any more. */
  readonly bad: string
}

/** Every kind of thing that the index knows but requests, each as people might do it. */
async function play(chain: Driver): Promise<Played> {
  const { alice, bob, carol, operator, relayer } = chain.accounts
  const jobs: bigint[] = []
  const send = chain.send
  const open = async (evaluator: string, { token = chain.dollar, duration = LATER } = {}) => {
    const jobId = await createJob(chain, { evaluator, duration })
    await setBudget(chain, jobId, 'alice', token)
    jobs.push(jobId)
    return jobId
  }
  const fund = (jobId: bigint) => chain.fund('alice', jobId, BUDGET)
  const submit = (jobId: bigint) => send('bob', 'submit', { jobId, deliverable: HASH })
  const complete = (jobId: bigint) => send('carol', 'complete', { jobId, reason: HASH })

  await send('owner', 'setPlatformFee', { feeBP: 200n, treasury: operator })
  await send('owner', 'setTokenPrice', { token: chain.dollar, price: 2n * 10n ** 18n })
  await send('owner', 'setWeightCap', { cap: 10n ** 12n })
  for (const who of ['bob', 'alice', 'carol'] as const) await registerAgent(chain, who)
  await send('bob', 'setAgentURI', { agentId: 0n, newURI: 'ipfs://bob' })
  await send('bob', 'setMetadata', { agentId: 0n, metadataKey: 'skills', metadataValue: '0x01' })
  await chain.transferAgent('carol', 2n, relayer)
  await chain.give(chain.dollar, 'alice', 100n * BUDGET)

  await chain.deposit('alice', chain.dollar, 50n * BUDGET)
  await chain.ledgerTransfer('alice', bob, chain.dollar, BUDGET)
  await chain.withdraw('alice', chain.dollar, 5n, carol)
  await send('alice', 'setOperator', { spender: carol, approved: true })
  await chain.ledgerTransfer('carol', bob, chain.dollar, 7n, alice)
  await send('alice', 'setOperator', { spender: carol, approved: false })
  for (const spender of new Set([chain.escrow, chain.guardrails, chain.evaluators.arbitrated]))
    for (const who of ['alice', 'bob'] as const) await send(who, 'setOperator', { spender, approved: true })

  const policy = { expiresAt: chain.now() + LATER, isAnyCounterparty: false, methods: 3n }
  const confirmers = { confirmers: [operator, relayer], confirmationsNeeded: 1n }
  for (const key of [bob, carol]) await send('alice', 'setPolicy', { key, ...policy, ...confirmers })
  const limit = { token: chain.dollar, limit: 500n, periodSeconds: 3600n, threshold: 200n }
  await send('alice', 'setSpendLimit', { key: bob, ...limit })
  await send('alice', 'setCounterparty', { key: bob, counterparty: carol, isAllowed: true })
  await send('bob', 'spendTransfer', { account: alice, token: chain.dollar, to: carol, amount: 40n })
  await send('operator', 'confirmSpend', { account: alice, key: bob, operationId: HASH })
  await send('alice', 'revokePolicy', { key: carol })

  await registerEnclave(chain)
  const sealed = await open(chain.evaluator)
  await send('alice', 'setTerms', { jobId: sealed, bodyHash: HASH, workload: WORKLOAD, observability: 1n })
  await fund(sealed)
  await submit(sealed)
  await send('relayer', 'acceptResult', { ...(await acceptance(chain, sealed, { observability: 1n })) })

  const voted = await open(chain.evaluators.quorum)
  await send('alice', 'setQuorumTerms', { jobId: voted, members: [carol, operator, relayer], threshold: 2n })
  await fund(voted)
  await submit(voted)
  for (const who of ['carol', 'operator'] as const)
    await send(who, 'castVote', { jobId: voted, isApproval: false, reason: HASH })

  const parted = await open(chain.evaluators.milestones)
  const amounts = [1_000_000n, BUDGET - 1_000_000n]
  await send('alice', 'setMilestoneTerms', { jobId: parted, terms: { judge: carol, reviewSeconds: DAY, amounts } })
  await fund(parted)
  await submit(parted)
  await send('carol', 'approveMilestone', { jobId: parted, milestone: 0n })

  const disputed = await open(chain.evaluators.arbitrated)
  const terms = termsOf(chain)
  await send('alice', 'setArbitrationTerms', { jobId: disputed, terms })
  await fund(disputed)
  await send('bob', 'lockStake', { jobId: disputed, arbiter: carol, amount: terms.stake })
  await submit(disputed)
  await send('alice', 'openDispute', { jobId: disputed, reason: HASH })
  await send('carol', 'rule', { jobId: disputed, ruling: 2n, shareBP: 3_000n, reason: HASH })

  const shared = await open(carol)
  await send('alice', 'fundFromLedger', { jobId: shared, expectedBudget: BUDGET })
  const keccak = (bytes: Uint8Array) => keccak256(bytes, 'bytes')
  const payouts = [0n, 1n].map((index) => ({ index, account: carol, amount: 900_000n + index }))
  const tree = payoutTree(payouts, keccak, chain.kind)
  await send('bob', 'setPayee', { jobId: shared, payee: chain.crowd })
  await send('bob', 'setPayees', { jobId: shared, root: tree.root, total: tree.total })
  await submit(shared)
  await complete(shared)
  await send('relayer', 'pushPayouts', { jobId: shared, ...tree.push([0, 1]) })
  await send('relayer', 'claimRemainder', { jobId: shared })
  await send('relayer', 'collectFees', { token: chain.dollar })

  const said = {
    value: 80n,
    valueDecimals: 1,
    tag1: 'starred',
    tag2: 'zero\0',
    endpoint: 'https://bob',
    feedbackURI: '',
  }
  await send('alice', 'giveBackedFeedback', { jobId: shared, agentId: 0n, ...said, feedbackHash: HASH })
  await send('carol', 'giveFeedback', { agentId: 0n, ...said, value: -3n, feedbackHash: HASH })
  await send('carol', 'revokeFeedback', { agentId: 0n, feedbackIndex: 1n })
  const response = { responseURI: 'ipfs://thanks', responseHash: HASH }
  await send('bob', 'appendResponse', { agentId: 0n, clientAddress: alice, feedbackIndex: 1n, ...response })
  const asked = { validatorAddress: carol, agentId: 0n, requestURI: 'ipfs://work', requestHash: HASH }
  await send('bob', 'validationRequest', asked)
  await send('carol', 'validationResponse', { requestHash: HASH, response: 77, ...response, tag: 'tee' })

  const bad = await chain.addToken()
  await chain.give(bad, 'alice', BUDGET)
  const owed = await open(carol, { token: bad })
  await fund(owed)
  await submit(owed)
  await chain.refuse(bad, true)
  await complete(owed)

  const refunded = await open(carol, { duration: DAY })
  await fund(refunded)
  await chain.warp(2n * DAY)
  await send('relayer', 'claimRefund', { jobId: refunded })

  for (const method of ['pause', 'unpause']) await send('guardian', method, {})
  return { jobs, bad }
}

/** All but what is of a chain by its nature: times, hashes of accounts and jobs, and contracts that act as operators where NEAR has one contract. */
const queriesOf = ({ alice, carol }: Driver['accounts']) => ({
  agents: `agents(first: 5, orderBy: CREATED_ASC) { nodes {
    agentId owner uri wallet metadata { key }
    feedback(orderBy: CREATED_ASC) { totalCount nodes {
      client feedbackIndex value valueDecimals tag1 tag2 endpoint uri hash isRevoked weight job { jobId } responses { responder uri hash }
    } }
    feedbackSummary(clients: ["${alice}", "${carol}"]) { count weight value valueDecimals }
    backedSummary(clients: ["${alice}"]) { count weight value valueDecimals }
    validations { nodes { requestHash validator requestUri response responseUri responseHash tag } }
    validationSummary { count average }
  } }`,
  jobs: `jobs(first: 8, orderBy: CREATED_ASC) { totalCount nodes {
    jobId status client provider agent { agentId } evaluator description token budget funded released paid fee refunded unpaid payee hook
    hookFailures isInLedger evaluationSeconds termsKind evaluatorTerms workload observability deliverable
    quorum { members threshold votes { member isApproval reason } }
    milestonePlan { judge reviewSeconds milestones { milestone amount approver } }
    arbitration {
      arbiter reviewSeconds rulingSeconds silenceShareBP bond bondReceiver stake isStakeLocked stakeReceiver disputeReason ruling rulingReason
      shareBP hasRedone
    }
    crowd { total remainder payouts(orderBy: CREATED_ASC) { totalCount nodes { index account amount } } }
    enclave { address operator workload encryptionKey quoteId isRevoked } result { responseHash response }
  } }`,
  payments: 'payments(first: 100) { nodes { kind job { jobId } token account amount } }',
  balances: 'ledgerBalances { nodes { account token balance } }',
  transfers: 'ledgerTransfers(first: 100) { nodes { kind from to token amount } }',
  operators: `ledgerOperators(filter: { spender: "${carol}" }) { nodes { owner spender isApproved } }`,
  policies: `policies(orderBy: CREATED_ASC) { nodes {
    account key methods isAnyCounterparty counterparties limits { token limit periodSeconds threshold } confirmers confirmationsNeeded
    confirmations { confirmer operationId } isRevoked spends { nodes { method counterparty token amount } }
  } }`,
  fees: 'feeCollections { nodes { token treasury direct inLedger } }',
  settings: 'settings(first: 100) { nodes { name subject value } }',
})

/** Within a transaction the chains tell in an order of their own, and EVM's contracts each have a guardian. */
const SETS = ['payments', 'balances', 'transfers', 'settings']

test('the same deeds have the same answers', async () => {
  const [evm, near] = [await answersOf(openEvm), await answersOf(openNear)]

  expect(near).toEqual(evm)
  const { nodes } = evm.jobs as { readonly nodes: readonly { readonly status: string }[] }
  const statuses = ['COMPLETED', 'REJECTED', 'FUNDED', 'REJECTED', 'COMPLETED', 'COMPLETED', 'EXPIRED']
  expect(nodes.map(({ status }) => status)).toEqual(statuses)
}, 120_000)

async function answersOf(open: () => Promise<Driver>): Promise<Record<string, unknown>> {
  const chain = await open()
  const played = await play(chain)
  const { url: rpcUrl, deployment, head, stop } = await chain.serve()
  const database = await databases.create()
  const indexer = startIndexer({ rpcUrl, databaseUrl: database.url, deployment })
  await untilIndexed(database, { head })
  await indexer.stop()
  await stop()

  const log = createLog('graphql', { level: 'silent' })
  const reader = connectReadOnly(database.url)
  const jobChanges = createJobChanges({ ...reader, log })
  const server = createGraphqlServer({ db: reader.db, jobChanges, log, clock: () => Number(chain.now()) * 1000 })
  const answers: Record<string, unknown> = {}
  for (const [name, query] of Object.entries(queriesOf(chain.accounts))) {
    const { data, errors } = await ask(server, `{ ${query} }`)
    expect(errors).toBeUndefined()
    const [{ nodes, ...rest }] = Object.values(withNames(data, chain, played)) as [
      { readonly nodes: readonly object[] },
    ]
    const texts = nodes.map((node) => JSON.stringify(node))
    answers[name] = SETS.includes(name) ? [...new Set(texts)].toSorted() : { nodes, ...rest }
  }
  await reader.close()
  return answers
}

/** Accounts, tokens and jobs by what they are here. */
function withNames(answer: unknown, chain: Driver, { jobs, bad }: Played): object {
  const { escrow, ledger, guardrails, crowd, evaluator, evaluators } = chain
  const contracts = [escrow, ledger, guardrails, crowd, evaluator, ...Object.values(evaluators)]
  const names = [
    ...Object.entries(chain.accounts),
    ...contracts.map((contract) => ['parley', contract]),
    ...[
      ['dollar', chain.dollar],
      ['bad', bad],
    ],
    ...jobs.map((jobId, at) => [`job ${at}`, hexOfJobId(jobId)]),
  ]
  let text = JSON.stringify(answer)
  for (const [name = '', account = ''] of names)
    text = text.replaceAll(new RegExp(`(?<=[",=])${account}(?=[", ])`, 'g'), name)
  return JSON.parse(text)
}
