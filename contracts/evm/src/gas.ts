/** Exact gas of every call of a canonical scenario: the same keys, addresses, times and bytes in every run. */
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { type EnclaveReport, fromHex, type Hex, type Payout, payoutTree } from '@parley/protocol'
import { readArguments } from '@parley/service'
import { encodeAbiParameters, parseAbiParameters } from 'viem'
import { agentRegistryAbi, agentRegistryBytecode, timelockControllerAbi } from '../generated/contracts.ts'
import {
  ALICE,
  addressOf,
  BOB,
  CAROL,
  type Chain,
  encodeCall,
  NOBODY,
  OPERATOR,
  OWNER,
  openChain,
  QUORUM,
  RELAYER,
  type Receipt,
  VERIFIERS,
  WORKLOAD,
} from '../test/chain.ts'
import {
  acceptance,
  BODY_HASH,
  BUDGET,
  createFundedJob,
  createJob,
  createSubmittedJob,
  DAY,
  giveDollars,
  hiringOf,
  issueChallenge,
  registerAgent,
  reportOf,
} from '../test/fixtures.ts'
import { callOf, forward, signReport } from '../test/signing.ts'
import { keccak } from './keccak.ts'

export type Gas = Readonly<Record<string, number>>

export const GAS = fileURLToPath(new URL('../gas.json', import.meta.url))

/** An IPFS address of a registration file, as ERC-8004's reference was measured with. */
const URI = `ipfs://${'bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi'}`

/** What others need for the same, or what the design wants. */
const GOALS: Readonly<Record<string, { readonly goal: number; readonly others: string }>> = {
  'agent: register with URI, first of its owner': { goal: 140_000, others: '183,431 (ERC-8004 reference)' },
  'feedback: first of an agent and of its client': { goal: 150_000, others: '213,668 (ERC-8004 reference)' },
  'feedback: first of an agent and of its client, with two tags that nobody had': {
    goal: 150_000,
    others: 'the same',
  },
  'job: core of ERC-8183, 5 direct transactions': {
    goal: 250_000,
    others: '540,000-557,000 (ERC-8183 base-contracts)',
  },
  'job in three: whole, hired': {
    goal: 250_000,
    others: '540,000-557,000 in five (ERC-8183 base-contracts, behind a proxy)',
  },
  'job in three: whole, by multicall': { goal: 250_000, others: 'the same' },
  'job: whole, 3 sponsored transactions': { goal: 250_000, others: 'nobody: enclave-checked and without gas' },
}

/** What one transaction may use (EIP-7825). */
const LARGEST_TRANSACTION = 2n ** 24n

export async function measureGas(): Promise<Gas> {
  const gas: Record<string, number> = {}
  const measure = async (name: string, sending: Promise<Receipt>) => {
    gas[name] = Number((await sending).gasUsed)
  }

  const chain = await openChain()
  await measureAgents(chain, measure)
  await measureFeedback(chain, measure)
  await measureEnclaves(chain, measure)
  await giveDollars(chain)
  // Token balances, job counts and nonce words are in use already, as they are in a live escrow.
  await createFundedJob(chain)
  await wholeJob(chain, ignore)
  await wholeJob(chain, measure)
  await coreJob(chain, measure)
  await jobInThree(chain, measure)
  await wholeSponsoredJob(chain, ignore, 0n)
  await wholeSponsoredJob(chain, measure, 10n)
  await measureRefunds(chain, measure)
  await measureQuorum(chain, measure)
  await measureMilestones(chain, measure)
  await measureLedger(chain, measure)
  await measureGuardrails(chain, measure)
  await measureArbitration(chain, measure)
  await measureCrowd(chain, measure)
  await measureLedgerJob(chain, measure)
  await measureFees(chain, measure)
  await measureGovernance(measure)

  const [few = 0, many = 0] = [gas['crowd: push 10'], gas['crowd: push 100']]
  const each = Math.ceil((many - few) / 90)
  gas['crowd: each payee of a push'] = each
  gas['crowd: payees that fit one transaction'] = Math.floor((Number(LARGEST_TRANSACTION) - few) / each) + 10
  const sum = (prefix: string) =>
    Object.entries(gas).reduce((total, [name, used]) => (name.startsWith(prefix) ? total + used : total), 0)
  gas['job: core of ERC-8183, 5 direct transactions'] = sum('job core:')
  const ends = ['submit', 'complete'].reduce((total, step) => total + (gas[`job in three: ${step}`] ?? 0), 0)
  gas['job in three: whole, hired'] = ends + (gas['job in three: hire'] ?? 0)
  gas['job in three: whole, by multicall'] = ends + (gas['job in three: multicall (create, budget, fund)'] ?? 0)
  gas['job: whole, 6 direct transactions'] = sum('job direct:')
  gas['job: whole, 3 sponsored transactions'] = sum('job sponsored:')
  return gas
}

/** What the enclaves' evaluator is told by a hiring. */
const TERMS = parseAbiParameters('bytes32 bodyHash, bytes32 workload, uint8 observability')

type Measure = (name: string, sending: Promise<Receipt>) => Promise<void>

const ignore: Measure = async (_name, sending) => {
  await sending
}

async function measureAgents(chain: Chain, measure: Measure) {
  await registerAgent(chain, BOB)
  await measure('agent: register, first of its owner', chain.send(OWNER, chain.agents, 'register', []))
  await measure('agent: register, repeated', chain.send(OWNER, chain.agents, 'register', []))
  await measure('agent: register with URI, first of its owner', chain.send(CAROL, chain.agents, 'register', [URI]))
  await measure('agent: register with URI, repeated', chain.send(CAROL, chain.agents, 'register', [URI]))
  await measure('agent: set URI, again', chain.send(CAROL, chain.agents, 'setAgentURI', [3n, URI.replace('z', 'y')]))
  await measure('agent: set metadata', chain.send(CAROL, chain.agents, 'setMetadata', [3n, 'a2a', '0x0123456789']))
  const transfer = [addressOf(CAROL), addressOf(OWNER), 3n] as const
  await measure('agent: transfer', chain.send(CAROL, chain.agents, 'transferFrom', transfer))
}

/** With texts as ERC-8004's examples have them. What many say has been said before, but for one time. */
async function measureFeedback(chain: Chain, measure: Measure) {
  const { reputation, validation } = chain
  const feedback = (agentId: bigint, tag: string, tag2 = 'week') =>
    [agentId, 87n, 0, tag, tag2, 'https://agent.example/price', URI, BODY_HASH] as const
  await chain.send(ALICE, reputation, 'giveFeedback', feedback(1n, 'starred'))
  const first = 'feedback: first of an agent and of its client'
  await measure(first, chain.send(ALICE, reputation, 'giveFeedback', feedback(0n, 'starred')))
  const both = feedback(2n, 'responseTime', 'of the last year')
  await measure(`${first}, with two tags that nobody had`, chain.send(ALICE, reputation, 'giveFeedback', both))
  await measure('feedback: first of a client', chain.send(OWNER, reputation, 'giveFeedback', feedback(0n, 'starred')))
  await measure('feedback: repeated', chain.send(OWNER, reputation, 'giveFeedback', feedback(0n, 'starred')))
  const newTag = chain.send(OWNER, reputation, 'giveFeedback', feedback(0n, 'never said before'))
  await measure('feedback: repeated, with a tag that nobody had', newTag)
  const others = chain.send(CAROL, reputation, 'giveFeedback', feedback(1n, 'not said either'))
  await measure('feedback: first of a client, with a tag that nobody had', others)
  await measure('feedback: revoke', chain.send(OWNER, reputation, 'revokeFeedback', [0n, 1n]))
  const response = [0n, addressOf(OWNER), 2n, URI, BODY_HASH] as const
  await measure('feedback: respond', chain.send(BOB, reputation, 'appendResponse', response))
  const request = (requestHash: Hex) => [addressOf(CAROL), 0n, URI, requestHash] as const
  await chain.send(BOB, validation, 'validationRequest', request(WORKLOAD))
  await chain.send(BOB, validation, 'requestValidation', request(WORKLOAD))
  await measure('validation: request', chain.send(BOB, validation, 'validationRequest', request(BODY_HASH)))
  await measure('validation: request by id', chain.send(BOB, validation, 'requestValidation', request(BODY_HASH)))
  const answer = [BODY_HASH, 100, URI, BODY_HASH, 'starred'] as const
  await measure('validation: respond', chain.send(CAROL, validation, 'validationResponse', answer))
}

async function measureEnclaves(chain: Chain, measure: Measure) {
  await chain.send(OPERATOR, chain.enclaves, 'issueChallenge', [])
  await measure('enclave: issue challenge', chain.send(OPERATOR, chain.enclaves, 'issueChallenge', []))
  await measure('enclave: set workload', chain.send(OWNER, chain.enclaves, 'setWorkload', [WORKLOAD, true]))
  for (const name of ['enclave: register, quorum of 2', 'enclave: renew, quorum of 2']) {
    const { report, signatures } = await reportWithoutZeros(chain)
    await measure(name, chain.send(OPERATOR, chain.enclaves, 'registerEnclave', [report, signatures]))
  }
}

/** A zero byte is cheaper, and a challenge contains a block's hash, so every comment in a contract: only reports without zeros compare. */
async function reportWithoutZeros(chain: Chain): Promise<{ report: EnclaveReport; signatures: readonly Hex[] }> {
  const report = reportOf(chain, await issueChallenge(chain))
  const signatures = await signReport(chain, VERIFIERS.slice(0, QUORUM), report)
  const hasZero = [report.challenge, ...signatures].some((hex) => fromHex(hex).includes(0))
  return hasZero ? reportWithoutZeros(chain) : { report, signatures }
}

async function wholeJob(chain: Chain, measure: Measure) {
  const { escrow, evaluator, dollar } = chain
  const jobId = await chain.read(escrow, 'nextJobId', [addressOf(ALICE)])
  const creation = creationOf(chain)
  await measure('job direct: createJob', chain.send(ALICE, escrow, 'createJob', creation))
  await measure('job direct: setBudget', chain.send(ALICE, escrow, 'setBudget', [jobId, dollar.address, BUDGET, '0x']))
  await measure('job direct: setTerms', chain.send(ALICE, evaluator, 'setTerms', [jobId, BODY_HASH, WORKLOAD, 0]))
  await measure('job direct: fund', chain.send(ALICE, escrow, 'fund', [jobId, BUDGET, '0x']))
  await measure('job direct: submit', chain.send(BOB, escrow, 'submit', [jobId, BODY_HASH, '0x']))
  const accepting = chain.send(RELAYER, evaluator, 'acceptResult', await acceptance(chain, jobId))
  await measure('job direct: acceptResult', accepting)
}

/** ERC-8183 alone, as its reference was measured: five transactions, an account as evaluator. */
async function coreJob(chain: Chain, measure: Measure) {
  const { escrow, dollar } = chain
  const jobId = await chain.read(escrow, 'nextJobId', [addressOf(ALICE)])
  const [provider, , ...rest] = creationOf(chain)
  await measure('job core: createJob', chain.send(ALICE, escrow, 'createJob', [provider, addressOf(CAROL), ...rest]))
  await measure('job core: setBudget', chain.send(ALICE, escrow, 'setBudget', [jobId, dollar.address, BUDGET, '0x']))
  await measure('job core: fund', chain.send(ALICE, escrow, 'fund', [jobId, BUDGET, '0x']))
  await measure('job core: submit', chain.send(BOB, escrow, 'submit', [jobId, BODY_HASH, '0x']))
  await measure('job core: complete', chain.send(CAROL, escrow, 'complete', [jobId, BODY_HASH, '0x']))
}

/** The same job, opened by one call, and by one batch of ERC-8183's own calls. */
async function jobInThree(chain: Chain, measure: Measure) {
  const { escrow, dollar } = chain
  const next = () => chain.read(escrow, 'nextJobId', [addressOf(ALICE)])
  const evaluator = addressOf(CAROL)
  const hired = await next()
  await measure('job in three: hire', chain.send(ALICE, escrow, 'hire', [hiringOf(chain, { evaluator })]))
  await measure('job in three: submit', chain.send(BOB, escrow, 'submit', [hired, BODY_HASH, '0x']))
  await measure('job in three: complete', chain.send(CAROL, escrow, 'complete', [hired, BODY_HASH, '0x']))

  const jobId = await next()
  const [provider, , ...rest] = creationOf(chain)
  const opening = [
    encodeCall(escrow.abi, 'createJob', [provider, evaluator, ...rest]),
    encodeCall(escrow.abi, 'setBudget', [jobId, dollar.address, BUDGET, '0x']),
    encodeCall(escrow.abi, 'fund', [jobId, BUDGET, '0x']),
  ]
  await measure('job in three: multicall (create, budget, fund)', chain.send(ALICE, escrow, 'multicall', [opening]))
}

/** One request hires; one submits; anyone brings the result. */
async function wholeSponsoredJob(chain: Chain, measure: Measure, nonce: bigint) {
  const { escrow, evaluator } = chain
  const jobId = await chain.read(escrow, 'nextJobId', [addressOf(ALICE)])
  const terms = encodeAbiParameters(TERMS, [BODY_HASH, WORKLOAD, 0])
  const hiring = [callOf(escrow, 'hire', [hiringOf(chain, { terms })])]
  await measure('job sponsored: hire', forward(chain, RELAYER, ALICE, hiring, { nonce }))
  const submission = [callOf(escrow, 'submit', [jobId, BODY_HASH, '0x'])]
  await measure('job sponsored: submit', forward(chain, RELAYER, BOB, submission, { nonce }))
  const accepting = chain.send(RELAYER, evaluator, 'acceptResult', await acceptance(chain, jobId))
  await measure('job sponsored: acceptResult', accepting)
}

/** Paid from the ledger, into the ledger. The escrow is Alice's operator there already. */
async function measureLedgerJob(chain: Chain, measure: Measure) {
  const { escrow } = chain
  const jobId = await chain.read(escrow, 'nextJobId', [addressOf(ALICE)])
  const hiring = hiringOf(chain, { evaluator: addressOf(CAROL), budget: 10n, isInLedger: true })
  await measure('job from the ledger: hire', chain.send(ALICE, escrow, 'hire', [hiring]))
  await measure('job from the ledger: submit', chain.send(BOB, escrow, 'submit', [jobId, BODY_HASH, '0x']))
  await measure('job from the ledger: complete', chain.send(CAROL, escrow, 'complete', [jobId, BODY_HASH, '0x']))
}

/** Jobs that pay the protocol 2 %, and what their client says on it. */
async function measureFees(chain: Chain, measure: Measure) {
  const { escrow, reputation, dollar } = chain
  await chain.send(OWNER, escrow, 'setPlatformFee', [200n, addressOf(OPERATOR)])
  await measure(
    'feedback: set token price',
    chain.send(OWNER, reputation, 'setTokenPrice', [dollar.address, 10n ** 18n]),
  )
  await chain.send(OWNER, reputation, 'setWeightCap', [1_000_000])
  for (const first of [', first of the token', '']) {
    const jobId = await createSubmittedJob(chain, { evaluator: addressOf(CAROL) })
    const completing = chain.send(CAROL, escrow, 'complete', [jobId, BODY_HASH, '0x'])
    await measure(`job with a fee: complete${first}`, completing)
    const feedback = [jobId, 0n, 87n, 0, 'starred', 'week', 'https://agent.example/price', URI, BODY_HASH] as const
    const giving = chain.send(ALICE, reputation, 'giveBackedFeedback', feedback)
    await measure(`feedback: backed${first && ', first of a client in a month'}`, giving)
  }
  await measure('job with a fee: collect', chain.send(RELAYER, escrow, 'collectFees', [dollar.address]))
}

/** On a chain of its own, whose contracts a timelock owns. */
async function measureGovernance(measure: Measure) {
  const chain = await openChain({ timelockDelay: DAY })
  const timelock = chain.contract(timelockControllerAbi, chain.owner)
  const { address: later } = await chain.deployContract(agentRegistryAbi, agentRegistryBytecode, [
    chain.owner,
    chain.forwarder.address,
  ])
  const operations = [
    ['a policy', chain.enclaves.address, encodeCall(chain.enclaves.abi, 'setWorkload', [WORKLOAD, true])],
    ['an upgrade', chain.agents.address, encodeCall(agentRegistryAbi, 'upgradeToAndCall', [later, '0x'])],
  ] as const
  for (const [name, target, data] of operations) {
    const operation = [target, 0n, data, NO_OPERATION, NO_OPERATION] as const
    await measure(`timelock: schedule ${name}`, chain.send(OWNER, timelock, 'schedule', [...operation, DAY]))
    chain.warp(DAY)
    // It passes ether on, so it is payable.
    await measure(`timelock: execute ${name}`, chain.send(RELAYER, timelock, 'execute' as never, operation as never))
  }
}

const NO_OPERATION: Hex = `0x${'00'.repeat(32)}`

async function measureRefunds(chain: Chain, measure: Measure) {
  const open = await createJob(chain)
  const funded = await createFundedJob(chain)
  const judged = await createFundedJob(chain, { evaluator: addressOf(CAROL) })
  await measure('job: reject while open', chain.send(ALICE, chain.escrow, 'reject', [open, BODY_HASH, '0x']))
  await measure('job: reject with refund', chain.send(CAROL, chain.escrow, 'reject', [judged, BODY_HASH, '0x']))
  chain.warp(DAY)
  await measure('job: claimRefund', chain.send(CAROL, chain.escrow, 'claimRefund', [funded]))
}

/** Two of three, with the third's silence. */
async function measureQuorum(chain: Chain, measure: Measure) {
  const { quorum, escrow } = chain
  const jobId = await createJob(chain, { evaluator: quorum.address })
  const members = [addressOf(ALICE), addressOf(CAROL), addressOf(OPERATOR)]
  await measure('quorum: set terms, 3 members', chain.send(ALICE, quorum, 'setQuorumTerms', [jobId, members, 2n]))
  await chain.send(ALICE, escrow, 'setBudget', [jobId, chain.dollar.address, BUDGET, '0x'])
  await chain.send(ALICE, escrow, 'fund', [jobId, BUDGET, '0x'])
  await chain.send(BOB, escrow, 'submit', [jobId, BODY_HASH, '0x'])
  await measure('quorum: vote', chain.send(CAROL, quorum, 'castVote', [jobId, true, BODY_HASH]))
  await measure('quorum: vote that completes', chain.send(OPERATOR, quorum, 'castVote', [jobId, true, BODY_HASH]))
}

async function measureLedger(chain: Chain, measure: Measure) {
  const { ledger, dollar } = chain
  const [alice, bob] = [addressOf(ALICE), addressOf(BOB)]
  const id = BigInt(dollar.address)
  const deposit = [dollar.address, BUDGET, alice] as const
  await chain.send(ALICE, dollar, 'approve', [ledger.address, 2n ** 256n - 1n])
  await measure('ledger: deposit, first of the token', chain.send(ALICE, ledger, 'deposit', deposit))
  await measure('ledger: deposit', chain.send(ALICE, ledger, 'deposit', deposit))
  await measure('ledger: transfer, first to its receiver', chain.send(ALICE, ledger, 'transfer', [bob, id, 10n]))
  await measure('ledger: transfer', chain.send(ALICE, ledger, 'transfer', [bob, id, 10n]))
  await measure('ledger: set operator', chain.send(BOB, ledger, 'setOperator', [alice, true]))
  const fromBob = [bob, alice, id, 10n] as const
  await measure('ledger: transfer by an operator', chain.send(ALICE, ledger, 'transferFrom', fromBob))
  const many = Array.from({ length: 10 }, (_, n) => numberedAddress(n))
  const batch = [dollar.address, many, many.map(() => 10n)] as const
  await measure('ledger: transfer to 10, first of each', chain.send(ALICE, ledger, 'transferBatch', batch))
  await measure('ledger: transfer to 10', chain.send(ALICE, ledger, 'transferBatch', batch))
  await measure('ledger: withdraw', chain.send(ALICE, ledger, 'withdraw', [dollar.address, 10n, alice]))
}

/** Carol is Alice's key. */
async function measureGuardrails(chain: Chain, measure: Measure) {
  const { guardrails, ledger, dollar } = chain
  const [alice, bob, key] = [addressOf(ALICE), addressOf(BOB), addressOf(CAROL)]
  const confirmers = [addressOf(OPERATOR), addressOf(RELAYER)]
  await chain.send(ALICE, ledger, 'setOperator', [guardrails.address, true])
  const policy = [key, Number(chain.now() + DAY), 3, false, confirmers, 1] as const
  await measure('guardrails: set policy, 2 confirmers', chain.send(ALICE, guardrails, 'setPolicy', policy))
  const limit = [key, dollar.address, 1000n, 3600, 100n] as const
  await measure('guardrails: set spend limit', chain.send(ALICE, guardrails, 'setSpendLimit', limit))
  await measure('guardrails: set counterparty', chain.send(ALICE, guardrails, 'setCounterparty', [key, bob, true]))
  const small = [alice, dollar.address, bob, 10n] as const
  await chain.send(CAROL, guardrails, 'spendTransfer', small)
  await measure('guardrails: spend by transfer', chain.send(CAROL, guardrails, 'spendTransfer', small))
  const withdrawal = [alice, dollar.address, 10n, bob] as const
  await measure('guardrails: spend by withdrawal', chain.send(CAROL, guardrails, 'spendWithdraw', withdrawal))
  await chain.send(ALICE, ledger, 'setOperator', [chain.escrow.address, true])
  await chain.send(ALICE, guardrails, 'setPolicy', [key, Number(chain.now() + DAY), 7, false, confirmers, 1])
  const hiring = {
    jobId: 0n,
    client: alice,
    provider: bob,
    providerAgentId: 0n,
    evaluator: addressOf(OPERATOR),
    expiredAt: chain.now() + DAY,
    description: 'Translate',
    hook: NOBODY,
    token: dollar.address,
    budget: 10n,
    isInLedger: true,
    terms: '0x',
  } as const
  await measure('guardrails: spend by hiring', chain.send(CAROL, guardrails, 'spendHire', [alice, hiring]))
  const operation = [alice, key, 1, dollar.address, bob, 500n, `0x${'00'.repeat(32)}`] as const
  const operationId = await chain.read(guardrails, 'nextOperationId', operation)
  await measure('guardrails: confirm', chain.send(OPERATOR, guardrails, 'confirmSpend', [alice, key, operationId]))
  const large = [alice, dollar.address, bob, 500n] as const
  await measure('guardrails: spend what was confirmed', chain.send(CAROL, guardrails, 'spendTransfer', large))
  await measure('guardrails: revoke policy', chain.send(ALICE, guardrails, 'revokePolicy', [key]))
}

/** Every way in which an arbitrated job ends, with bond and stake. */
async function measureArbitration(chain: Chain, measure: Measure) {
  const { arbitrated, escrow, ledger, dollar } = chain
  const windows = { reviewSeconds: 3600, rulingSeconds: 3600, silenceShareBP: 5000 }
  const terms = { arbiter: addressOf(CAROL), ...windows, bond: 1000n, stake: 2000n }
  await chain.send(ALICE, ledger, 'deposit', [dollar.address, BUDGET, addressOf(BOB)])
  for (const actor of [ALICE, BOB]) await chain.send(actor, ledger, 'setOperator', [arbitrated.address, true])

  async function createDisputed(note: Measure): Promise<bigint> {
    const jobId = await createJob(chain, { evaluator: arbitrated.address, duration: 5n * DAY })
    await chain.send(ALICE, escrow, 'setBudget', [jobId, dollar.address, BUDGET, '0x'])
    await note('arbitration: set terms', chain.send(ALICE, arbitrated, 'setArbitrationTerms', [jobId, terms]))
    await chain.send(ALICE, escrow, 'fund', [jobId, BUDGET, '0x'])
    const staking = chain.send(BOB, arbitrated, 'lockStake', [jobId, terms.arbiter, terms.stake])
    await note('arbitration: lock stake', staking)
    await chain.send(BOB, escrow, 'submit', [jobId, BODY_HASH, '0x'])
    await note('arbitration: open dispute', chain.send(ALICE, arbitrated, 'openDispute', [jobId, BODY_HASH]))
    return jobId
  }
  const rule = (jobId: bigint, ruling: number, shareBP = 0n) =>
    chain.send(CAROL, arbitrated, 'rule', [jobId, ruling, shareBP, BODY_HASH])

  // The evaluator's balance in the ledger is there already, as it is in a live one.
  await createDisputed(ignore)
  const redone = await createDisputed(measure)
  await measure('arbitration: rule redo', rule(redone, 3))
  await measure('arbitration: rule refund', rule(await createDisputed(ignore), 0))
  await measure('arbitration: rule split', rule(await createDisputed(ignore), 2, 5000n))
  await chain.send(BOB, escrow, 'submit', [redone, BODY_HASH, '0x'])
  chain.warp(3600n)
  await measure('arbitration: settle review', chain.send(RELAYER, arbitrated, 'settleReview', [redone]))
}

function numberedAddress(n: number): Hex {
  return `0x${(n + 1).toString(16).padStart(2, '0').repeat(20)}`
}

/** One after the other of three, on the judge's word. */
async function measureMilestones(chain: Chain, measure: Measure) {
  const { milestones, escrow } = chain
  const jobId = await createJob(chain, { evaluator: milestones.address, duration: 10n * DAY })
  await chain.send(ALICE, escrow, 'setBudget', [jobId, chain.dollar.address, BUDGET, '0x'])
  const terms = { judge: addressOf(CAROL), reviewSeconds: 7200, amounts: [500_000n, 500_000n, BUDGET - 1_000_000n] }
  await measure('milestones: set terms, 3', chain.send(ALICE, milestones, 'setMilestoneTerms', [jobId, terms]))
  await chain.send(ALICE, escrow, 'fund', [jobId, BUDGET, '0x'])
  for (const [milestone, name] of ['first', 'second', 'last'].entries()) {
    await chain.send(BOB, escrow, 'submit', [jobId, BODY_HASH, '0x'])
    const approving = chain.send(CAROL, milestones, 'approveMilestone', [jobId, BigInt(milestone)])
    await measure(`milestones: approve the ${name}`, approving)
  }
}

/** A crowd of 2,000 who have never been paid in the token before: each needs a slot of the ledger. */
async function measureCrowd(chain: Chain, measure: Measure) {
  const { crowd, escrow, ledger, dollar } = chain
  const tree = payoutTree(
    Array.from({ length: 2000 }, (_, n) => ({ index: BigInt(n), account: payeeAt(n), amount: 1000n })),
    keccak,
    'evm',
  )
  await chain.send(ALICE, ledger, 'setOperator', [escrow.address, true])
  const jobId = await createJob(chain, { evaluator: addressOf(CAROL) })
  await chain.send(ALICE, escrow, 'setBudget', [jobId, dollar.address, BUDGET, '0x'])
  await chain.send(ALICE, escrow, 'fundFromLedger', [jobId, BUDGET])
  await measure('crowd: set payee', chain.send(BOB, escrow, 'setPayee', [jobId, crowd.address]))
  await measure('crowd: set payees', chain.send(BOB, crowd, 'setPayees', [jobId, tree.root, tree.total]))
  await chain.send(BOB, escrow, 'submit', [jobId, BODY_HASH, '0x'])
  await chain.send(CAROL, escrow, 'complete', [jobId, BODY_HASH, '0x'])

  const claims = ['claim, first of the job', 'claim'].entries()
  for (const [n, name] of claims) {
    const { payout, proof } = tree.claim(n)
    const args = [jobId, { ...payout, account: payout.account as Hex }, proof] as const
    await measure(`crowd: ${name}`, chain.send(RELAYER, crowd, 'claimPayout', args))
  }
  for (const count of [1, 10, 100]) {
    const { payouts, proof, proofFlags } = tree.push(Array.from({ length: count }, (_, n) => 5 * count + n))
    const args = [jobId, payouts as readonly (Payout & { account: Hex })[], proof, proofFlags] as const
    await measure(`crowd: push ${count}`, chain.send(RELAYER, crowd, 'pushPayouts', args, LARGEST_TRANSACTION))
  }
  await measure('crowd: claim remainder', chain.send(RELAYER, crowd, 'claimRemainder', [jobId]))
}

function payeeAt(n: number): Hex {
  return `0x${(n + 1).toString(16).padStart(4, '0').repeat(10)}`
}

function creationOf(chain: Chain) {
  return [addressOf(BOB), chain.evaluator.address, chain.now() + DAY, 'Translate', NOBODY, 0n] as const
}

export function gasText(gas: Gas): string {
  return `${JSON.stringify(gas, null, 2)}\n`
}

function table(gas: Gas, before: Gas): string {
  const rows = Object.entries(gas).map(([name, used]) => {
    const goal = GOALS[name]
    const change = before[name] === undefined || before[name] === used ? '' : ` (committed: ${before[name]})`
    const comparison = goal ? `  goal <= ${goal.goal.toLocaleString('en')}, others ${goal.others}` : ''
    return `${name.padEnd(52)} ${used.toLocaleString('en').padStart(9)}${change}${comparison}`
  })
  return rows.join('\n')
}

const HELP = `npm run gas:evm [-- OPTIONS]

Prints the exact gas of every call of a canonical scenario, beside contracts/evm/gas.json where it has changed.

  --write   write it into gas.json, with which a test compares it
  --help    this text`

if (import.meta.main) {
  const { write } = readArguments(HELP, { write: { type: 'boolean' } }).values
  const gas = await measureGas()
  const committed = JSON.parse(await readFile(GAS, 'utf8').catch(() => '{}')) as Gas
  console.log(table(gas, committed))
  if (write) await writeFile(GAS, gasText(gas))
}
