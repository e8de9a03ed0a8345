import type { ChainEvent, ChainPosition, EventArguments, EventName, Hex } from '@parley/protocol'
import { describe, expect, test } from 'vitest'
import { fromEventRow, toEventRow } from '../src/event-row.ts'
import { fold } from '../src/fold.ts'
import { changesOf } from '../src/handlers.ts'
import { positionOf } from '../src/origin.ts'

const ALICE: Hex = `0x${'a1'.repeat(20)}`
const BOB: Hex = `0x${'b0'.repeat(20)}`
const CAROL: Hex = `0x${'ca'.repeat(20)}`
const NOBODY: Hex = `0x${'00'.repeat(20)}`
const HASH: Hex = `0x${'4a'.repeat(32)}`
const JOB = `jobs:0x${'00'.repeat(31)}07`
const ARBITRATION = JOB.replace('jobs', 'arbitrations')
const CROWD = JOB.replace('jobs', 'crowds')
const PAYOUT = JOB.replace('jobs', 'crowd_payouts')
const MILESTONE = JOB.replace('jobs', 'milestones')
const jobId = 7n

const registered = event('Registered', { agentId: 3n, agentURI: 'ipfs://a', owner: ALICE })
const attested = event('EnclaveRegistered', {
  enclave: BOB,
  operator: ALICE,
  workload: HASH,
  encryptionKey: HASH,
  quoteId: HASH,
  expiresAt: 99n,
})
const created = event('JobCreated', {
  jobId,
  client: ALICE,
  provider: NOBODY,
  evaluator: CAROL,
  expiredAt: 88n,
  hook: NOBODY,
})

const FEEDBACK = `feedback:3:${BOB}:1`
const VALIDATION = `validations:${HASH}:${BOB}:3`
const feedback = event('NewFeedback', {
  ...{ agentId: 3n, clientAddress: BOB, feedbackIndex: 1n, value: -5n, valueDecimals: 2n, indexedTag1: HASH },
  ...{ tag1: 'starred', tag2: '', endpoint: '', feedbackURI: 'ipfs://f', feedbackHash: HASH },
})

const POLICY = `policies:${ALICE}:${BOB}`
const policySet = event('PolicySet', {
  ...{ account: ALICE, key: BOB, expiresAt: 99n, methods: 7n },
  ...{ isAnyCounterparty: false, confirmers: [CAROL], confirmationsNeeded: 1n },
})

const crowd = event('PayeesSet', { jobId, root: HASH, total: 5n })
const disputable = event('ArbitrationTermsSet', {
  ...{ jobId, arbiter: CAROL, reviewSeconds: 60n, rulingSeconds: 70n, silenceShareBP: 5000n },
  ...{ bond: 1n, stake: 2n },
})

interface Case<Name extends EventName> {
  readonly given?: readonly ChainEvent[]
  readonly args: EventArguments<Name>
  /** Subjects and what is in their rows, but for chain and origin. */
  readonly rows: Readonly<Record<string, object>>
}

const cases: { readonly [Name in EventName]: Case<Name> } = {
  RequestExecuted: {
    args: { requestId: HASH, from: ALICE, nonce: 1n },
    rows: { [`forwarded_requests:${HASH}`]: { requestId: HASH, account: ALICE, nonce: 1n, hasSucceeded: true } },
  },
  RequestFailed: {
    args: { requestId: HASH, from: ALICE, nonce: 1n, reason: 'JobUnknown: 7' },
    rows: { [`forwarded_requests:${HASH}`]: { hasSucceeded: false, error: 'JobUnknown', reason: 'JobUnknown: 7' } },
  },
  Registered: {
    args: registered.args,
    rows: { 'agents:3': { agentId: 3n, uri: 'ipfs://a', owner: ALICE } },
  },
  MetadataSet: {
    args: { agentId: 3n, indexedMetadataKey: HASH, metadataKey: 'skills', metadataValue: '0x01' },
    rows: { [`agent_metadata:3:${HASH}`]: { agentId: 3n, keyHash: HASH, key: 'skills', value: '0x01' } },
  },
  URIUpdated: {
    given: [registered],
    args: { agentId: 3n, newURI: 'ipfs://b', updatedBy: ALICE },
    rows: { 'agents:3': { uri: 'ipfs://b', owner: ALICE } },
  },
  Transfer: {
    given: [registered],
    args: { from: ALICE, to: BOB, tokenId: 3n },
    rows: { 'agents:3': { uri: 'ipfs://a', owner: BOB } },
  },
  // Reputation and validation
  NewFeedback: {
    args: feedback.args,
    rows: {
      [FEEDBACK]: {
        ...{ agentId: 3n, client: BOB, feedbackIndex: 1n, value: -5n, valueDecimals: 2, isRevoked: false },
        ...{ tag1: 'starred', tag2: '', endpoint: '', uri: 'ipfs://f', hash: HASH },
      },
    },
  },
  FeedbackRevoked: {
    given: [feedback],
    args: { agentId: 3n, clientAddress: BOB, feedbackIndex: 1n },
    rows: { [FEEDBACK]: { value: -5n, isRevoked: true } },
  },
  ResponseAppended: {
    args: {
      ...{ agentId: 3n, clientAddress: BOB, feedbackIndex: 1n },
      ...{ responder: ALICE, responseURI: 'ipfs://a', responseHash: HASH },
    },
    rows: {
      'feedback_responses:6:1': { agentId: 3n, client: BOB, feedbackIndex: 1n, responder: ALICE, uri: 'ipfs://a' },
    },
  },
  FeedbackBacked: {
    given: [feedback],
    args: { agentId: 3n, clientAddress: BOB, feedbackIndex: 1n, jobId: 7n, weight: 5n },
    rows: { [FEEDBACK]: { value: -5n, jobId: JOB.replace('jobs:', ''), weight: 5n } },
  },
  ValidationRequest: {
    args: { validatorAddress: BOB, agentId: 3n, requestURI: 'ipfs://a', requestHash: HASH },
    rows: { [VALIDATION]: { validator: BOB, agentId: 3n, requestURI: 'ipfs://a', requestHash: HASH } },
  },
  ValidationResponse: {
    given: [
      event('ValidationRequest', {
        ...{ validatorAddress: BOB, agentId: 3n, requestURI: 'ipfs://a', requestHash: HASH },
      }),
    ],
    args: {
      ...{ validatorAddress: BOB, agentId: 3n, requestHash: HASH },
      ...{ response: 100n, responseURI: 'ipfs://r', responseHash: HASH, tag: 'tested' },
    },
    rows: {
      [VALIDATION]: { requestURI: 'ipfs://a', response: 100, responseURI: 'ipfs://r', tag: 'tested' },
    },
  },
  // Ledger
  LedgerTransfer: {
    args: { caller: ALICE, from: ALICE, to: BOB, token: CAROL, amount: 5n },
    rows: {
      'ledger_transfers:6:1': { caller: ALICE, from: ALICE, to: BOB, token: CAROL, amount: 5n },
      [`ledger_balances:${ALICE}:${CAROL}`]: { account: ALICE, token: CAROL, balance: -5n },
      [`ledger_balances:${BOB}:${CAROL}`]: { account: BOB, token: CAROL, balance: 5n },
    },
  },
  OperatorSet: {
    args: { owner: ALICE, spender: BOB, approved: true },
    rows: { [`ledger_operators:${ALICE}:${BOB}`]: { owner: ALICE, spender: BOB, isApproved: true } },
  },
  // Guardrails
  PolicySet: {
    given: [policySet, event('PolicyRevoked', { account: ALICE, key: BOB })],
    args: { ...policySet.args, methods: 3n },
    rows: {
      [POLICY]: {
        ...{ expiresAt: 99, methods: 3, isAnyCounterparty: false, confirmers: [CAROL], confirmationsNeeded: 1 },
        ...{ isRevoked: false, revokedPosition: positionOf(at(5)) },
      },
    },
  },
  PolicyRevoked: {
    given: [policySet],
    args: { account: ALICE, key: BOB },
    rows: { [POLICY]: { methods: 7, isRevoked: true, revokedPosition: positionOf(at(6)) } },
  },
  SpendLimitSet: {
    args: { account: ALICE, key: BOB, token: CAROL, limit: 5n, periodSeconds: 60n, threshold: 4n },
    rows: {
      [`spend_limits:${ALICE}:${BOB}:${CAROL}`]: {
        ...{ limit: 5n, periodSeconds: 60, threshold: 4n, setPosition: positionOf(at(6)) },
      },
    },
  },
  CounterpartySet: {
    args: { account: ALICE, key: BOB, counterparty: CAROL, isAllowed: true },
    rows: {
      [`counterparties:${ALICE}:${BOB}:${CAROL}`]: { isAllowed: true, setPosition: positionOf(at(6)) },
    },
  },
  SpendConfirmed: {
    args: { account: ALICE, key: BOB, operationId: HASH, confirmer: CAROL },
    rows: {
      [`spend_confirmations:${ALICE}:${BOB}:${CAROL}`]: { operationId: HASH, setPosition: positionOf(at(6)) },
    },
  },
  SpendExecuted: {
    args: { account: ALICE, key: BOB, method: 1n, counterparty: CAROL, token: CAROL, amount: 5n },
    rows: { 'spends:6:1': { account: ALICE, key: BOB, method: 1, counterparty: CAROL, token: CAROL, amount: 5n } },
  },
  ChallengeIssued: { args: { challenge: HASH, issuedAt: 1n }, rows: {} },
  // Settings
  WorkloadSet: {
    args: { workload: HASH, isAllowed: true },
    rows: { [`settings:${CAROL}:isWorkloadAllowed:${HASH}`]: { contract: CAROL, subject: HASH, value: 'true' } },
  },
  GuardianSet: {
    args: { guardian: ALICE },
    rows: { [`settings:${CAROL}:guardian:`]: { name: 'guardian', subject: '', value: ALICE } },
  },
  PauseSet: {
    args: { isPaused: true, setBy: ALICE },
    rows: { [`settings:${CAROL}:isPaused:`]: { name: 'isPaused', value: 'true' } },
  },
  EnclaveRegistered: {
    args: attested.args,
    rows: { [`enclaves:${BOB}`]: { enclave: BOB, operator: ALICE, workload: HASH, expiresAt: 99, isRevoked: false } },
  },
  EnclaveRevoked: {
    given: [attested],
    args: { enclave: BOB, revokedBy: ALICE },
    rows: { [`enclaves:${BOB}`]: { operator: ALICE, expiresAt: 99, isRevoked: true } },
  },
  JobCreated: {
    args: { ...created.args, provider: BOB },
    rows: { [JOB]: { status: 'Open', client: ALICE, provider: BOB, evaluator: CAROL, expiredAt: 88, hook: null } },
  },
  JobDescribed: {
    given: [created],
    args: { jobId, description: 'Add up' },
    rows: { [JOB]: { status: 'Open', provider: null, description: 'Add up' } },
  },
  ProviderSet: {
    given: [created],
    args: { jobId, provider: BOB, agentId: 3n },
    rows: { [JOB]: { provider: BOB, agentId: 3n } },
  },
  BudgetSet: {
    given: [created],
    args: { jobId, token: CAROL, amount: 5n },
    rows: { [JOB]: { token: CAROL, budget: 5n } },
  },
  TermsSet: {
    given: [created],
    args: { jobId, requestHash: HASH, workload: HASH, observability: 2n },
    rows: {
      [JOB]: {
        ...{ termsKind: 'Enclave', evaluatorTerms: `Enclave workload=${HASH} observability=2` },
        ...{ requestHash: HASH, workload: HASH, observability: 2 },
      },
    },
  },
  JobFunded: {
    given: [created],
    args: { jobId, client: ALICE, amount: 5n },
    rows: {
      [JOB]: { status: 'Funded', funded: 5n },
      'payments:6:1': { kind: 'Funded', account: ALICE, amount: 5n, blockNumber: 6, logIndex: 1 },
    },
  },
  JobSubmitted: {
    given: [created],
    args: { jobId, provider: BOB, deliverable: HASH },
    rows: { [JOB]: { status: 'Submitted', deliverable: HASH } },
  },
  ResultAccepted: {
    given: [created],
    args: { jobId, enclave: BOB, resultId: HASH, responseHash: HASH, producedAt: 2n ** 64n - 1n, response: '0xc0' },
    rows: { [JOB]: { enclave: BOB, resultId: HASH, response: '0xc0', producedAt: Number.MAX_SAFE_INTEGER } },
  },
  JobCompleted: {
    given: [created],
    args: { jobId, evaluator: CAROL, reason: HASH },
    rows: { [JOB]: { status: 'Completed', reason: HASH } },
  },
  PaymentReleased: {
    given: [created],
    args: { jobId, provider: BOB, amount: 5n },
    rows: {
      [JOB]: { paid: 5n },
      'payments:6:1': { contract: CAROL, kind: 'Released', account: BOB, amount: 5n },
    },
  },
  JobRejected: {
    given: [created],
    args: { jobId, rejector: CAROL, reason: HASH },
    rows: { [JOB]: { status: 'Rejected', reason: HASH } },
  },
  Refunded: {
    given: [created],
    args: { jobId, client: ALICE, amount: 5n },
    rows: { [JOB]: { refunded: 5n }, 'payments:6:1': { kind: 'Refunded', account: ALICE, amount: 5n } },
  },
  JobExpired: { given: [created], args: { jobId }, rows: { [JOB]: { status: 'Expired' } } },
  PayeeSet: { given: [created], args: { jobId, payee: ALICE }, rows: { [JOB]: { payee: ALICE } } },
  EvaluationPeriodSet: {
    given: [created],
    args: { jobId, period: 60n },
    rows: { [JOB]: { evaluationSeconds: 60 } },
  },
  JobPartReleased: {
    given: [created, event('JobPartReleased', { jobId, amount: 2n, reason: HASH })],
    args: { jobId, amount: 5n, reason: HASH },
    rows: { [JOB]: { released: 7n } },
  },
  // CrowdPayout
  PayeesSet: { args: crowd.args, rows: { [CROWD]: { root: HASH, total: 5n } } },
  PayoutsMade: {
    args: { jobId, indexes: [0n, 7n] },
    rows: {
      [`${PAYOUT}:0`]: { index: 0n, transferLogIndex: 2 },
      [`${PAYOUT}:7`]: { index: 7n, transferLogIndex: 3 },
    },
  },
  RemainderClaimed: {
    given: [crowd],
    args: { jobId, provider: BOB, amount: 1n },
    rows: { [CROWD]: { total: 5n, remainder: 1n } },
  },
  // ArbitratedEvaluator
  ArbitrationTermsSet: {
    given: [created],
    args: disputable.args,
    rows: {
      [JOB]: { termsKind: 'Arbitration', judges: [CAROL], reviewSeconds: 60 },
      [ARBITRATION]: { rulingSeconds: 70, silenceShareBP: 5000, bond: 1n, stake: 2n, isStakeLocked: false },
    },
  },
  StakeLocked: {
    given: [disputable],
    args: { jobId, provider: BOB, amount: 2n },
    rows: { [ARBITRATION]: { isStakeLocked: true } },
  },
  DisputeOpened: {
    given: [disputable, event('RulingGiven', { jobId, arbiter: CAROL, ruling: 3n, shareBP: 0n, reason: HASH })],
    args: { jobId, client: ALICE, reason: HASH },
    rows: { [ARBITRATION]: { disputedAt: 1006, disputeReason: HASH, ruling: null, hasRedone: true } },
  },
  RulingGiven: {
    given: [disputable, event('DisputeOpened', { jobId, client: ALICE, reason: HASH })],
    args: { jobId, arbiter: CAROL, ruling: 2n, shareBP: 4000n, reason: HASH },
    rows: {
      [ARBITRATION]: { disputedAt: 1005, ruling: 2, shareBP: 4000, rulingReason: HASH, hasRedone: false },
    },
  },
  ReviewSettled: {
    given: [disputable],
    args: { jobId, shareBP: 5000n },
    rows: { [ARBITRATION]: { shareBP: 5000 } },
  },
  BondReleased: {
    given: [disputable],
    args: { jobId, receiver: ALICE, amount: 1n },
    rows: { [ARBITRATION]: { bondReceiver: ALICE } },
  },
  StakeReleased: {
    given: [disputable],
    args: { jobId, receiver: BOB, amount: 2n },
    rows: { [ARBITRATION]: { isStakeLocked: false, stakeReceiver: BOB } },
  },
  JobReopened: {
    given: [created],
    args: { jobId, reason: HASH },
    rows: { [JOB]: { status: 'Funded', deliverable: null } },
  },
  PaymentOwed: {
    args: { jobId, payee: ALICE, amount: 5n },
    rows: { 'payments:6:1': { contract: CAROL, kind: 'Owed', account: ALICE, amount: 5n } },
  },
  PlatformFeePaid: {
    given: [created],
    args: { jobId, platformTreasury: ALICE, amount: 5n },
    rows: { [JOB]: { fee: 5n }, 'payments:6:1': { kind: 'Fee', account: ALICE, amount: 5n } },
  },
  TokenPriceSet: {
    args: { token: BOB, price: 5n },
    rows: { [`settings:${CAROL}:tokenPrice:${BOB}`]: { subject: BOB, value: '5' } },
  },
  WeightCapSet: { args: { cap: 5n }, rows: { [`settings:${CAROL}:weightCap:`]: { value: '5' } } },
  PlatformFeeSet: {
    args: { feeBP: 5n, treasury: ALICE },
    rows: {
      [`settings:${CAROL}:platformFeeBP:`]: { value: '5' },
      [`settings:${CAROL}:platformTreasury:`]: { value: ALICE },
    },
  },
  FeesCollected: {
    args: { token: BOB, treasury: ALICE, direct: 5n, inLedger: 0n },
    rows: { 'fee_collections:6:1': { token: BOB, treasury: ALICE, direct: 5n, inLedger: 0n } },
  },
  HookWhitelistUpdated: {
    args: { hook: ALICE, status: true },
    rows: { [`settings:${CAROL}:isHookAllowed:${ALICE}`]: { subject: ALICE, value: 'true' } },
  },
  HookFailed: {
    given: [created, event('HookFailed', { jobId, hook: ALICE, selector: '0x01020304' })],
    args: { jobId, hook: ALICE, selector: '0x01020304' },
    rows: { [JOB]: { hookFailures: 2n } },
  },
  // QuorumEvaluator
  QuorumTermsSet: {
    given: [created],
    args: { jobId, members: [ALICE, CAROL], threshold: 2n },
    rows: {
      [JOB]: {
        ...{ termsKind: 'Quorum', judges: [ALICE, CAROL], threshold: 2 },
        evaluatorTerms: `Quorum threshold=2 members=${ALICE},${CAROL}`,
      },
    },
  },
  VoteCast: {
    args: { jobId, member: ALICE, isApproval: true, reason: HASH },
    rows: { [`${JOB.replace('jobs', 'votes')}:${ALICE}`]: { isApproval: true, reason: HASH } },
  },
  // MilestoneEvaluator
  MilestoneTermsSet: {
    given: [created],
    args: { jobId, judge: CAROL, reviewSeconds: 3600n, amounts: [2n, 3n] },
    rows: {
      [JOB]: { termsKind: 'Milestones', judges: [CAROL], reviewSeconds: 3600 },
      [`${MILESTONE}:0`]: { milestone: 0, amount: 2n },
      [`${MILESTONE}:1`]: { milestone: 1, amount: 3n },
    },
  },
  MilestoneApproved: {
    given: [event('MilestoneTermsSet', { jobId, judge: CAROL, reviewSeconds: 3600n, amounts: [2n] })],
    args: { jobId, milestone: 0n, approver: CAROL },
    rows: { [`${MILESTONE}:0`]: { amount: 2n, approver: CAROL } },
  },
}

describe.each(Object.entries(cases))('%s', (name, { given = [], args, rows }) => {
  const happened = event(name as EventName, args as never, 6)

  test('makes the rows what they must be', () => {
    const folded = fold(new Map(), [...given, happened])

    const values = Object.fromEntries([...folded].map(([subject, row]) => [subject, row.values]))
    expect(values).toMatchObject(rows)
    expect(Object.keys(values).sort()).toEqual(Object.keys(rows).sort())
  })

  test('is the same after it was stored', () => {
    const stored = JSON.parse(JSON.stringify(toEventRow(happened)))

    expect(fromEventRow(stored)).toEqual(happened)
    expect(stored.subjects).toEqual(Object.keys(rows))
  })

  test('is handled without side effects', () => {
    expect(changesOf(Object.freeze(happened))).toEqual(changesOf(happened))
  })
})

describe('the error of a request that failed', () => {
  test.each([
    ['is the name before the colon', 'JobUnknown: 7', 'JobUnknown'],
    ['is the reason where that is a name', 'NotEnoughBalance', 'NotEnoughBalance'],
    ['is none of 8,000 characters', 'x'.repeat(8_000), 'TransactionReverted'],
    ['is no long word either', `${'x'.repeat(65)}: 7`, 'TransactionReverted'],
    ['is no sentence', 'who knows: why', 'TransactionReverted'],
    ['is there though nothing was said', '', 'TransactionReverted'],
  ])('%s', (_, reason, error) => {
    const [change] = changesOf(event('RequestFailed', { requestId: HASH, from: ALICE, nonce: 1n, reason }))

    expect(change?.values).toMatchObject({ error, reason })
  })
})

describe('where a row comes from', () => {
  test('stays the same when the row changes, and where it changed last does not', () => {
    const [row] = fold(new Map(), [attested, { ...attested, ...at(9) }]).values()

    expect(row?.values).toMatchObject({
      chain: 'eip155:31337',
      position: positionOf(at(5)),
      createdBlock: 5,
      createdTransaction: '0x05',
      createdAt: 1005,
      updatedBlock: 9,
      updatedTransaction: '0x09',
      updatedAt: 1009,
    })
  })

  test('sorts as text like time, then chain, then block, then log', () => {
    const inOrder = [
      { ...at(9), timestamp: 999n },
      { ...at(2), chain: 'eip155:1' },
      { ...at(2), chain: 'eip155:10' },
      { ...at(2), chain: 'eip155:10', blockNumber: 10n },
      { ...at(2), chain: 'eip155:10', blockNumber: 10n, logIndex: 12 },
    ].map((position) => positionOf({ ...position, timestamp: position.timestamp < 1000n ? 999n : 1000n }))

    expect([...inOrder].sort()).toEqual(inOrder)
    expect(new Set(inOrder.map((position) => position.length)).size).toBe(1)
  })
})

test('a mint changes nothing: Registered says who the owner is', () => {
  expect(changesOf(event('Transfer', { from: NOBODY, to: ALICE, tokenId: 3n }))).toEqual([])
})

test('what is paid in parts adds up', () => {
  const parts = [4n, 5n].map((amount, at) => event('PaymentReleased', { jobId, provider: BOB, amount }, 6 + at))

  const rows = fold(new Map(), [created, ...parts])

  expect(rows.get(JOB)?.values).toMatchObject({ paid: 9n })
  expect([...rows.keys()]).toEqual([JOB, 'payments:6:1', 'payments:7:1'])
})

test('what an account gives itself changes nothing, and what nobody gives comes from nowhere', () => {
  const move = (from: Hex, to: Hex, block: number) =>
    event('LedgerTransfer', { caller: BOB, from, to, token: CAROL, amount: 5n }, block)

  const rows = fold(new Map(), [move(NOBODY, ALICE, 6), move(ALICE, ALICE, 7), move(ALICE, NOBODY, 8)])

  const balances = [...rows].filter(([subject]) => subject.startsWith('ledger_balances'))
  expect(balances).toEqual([[`ledger_balances:${ALICE}:${CAROL}`, expect.anything()]])
  expect(balances[0]?.[1].values).toMatchObject({ balance: 0n, createdBlock: 6 })
})

test('a change of what was never created is ignored', () => {
  expect(fold(new Map(), [event('JobDescribed', { jobId, description: 'of nothing' })])).toEqual(new Map())
})

function event<Name extends EventName>(name: Name, args: EventArguments<Name>, block = 5) {
  return { ...at(block), contract: CAROL, name, args } as Extract<ChainEvent, { readonly name: Name }>
}

function at(block: number): ChainPosition {
  return {
    chain: 'eip155:31337',
    blockNumber: BigInt(block),
    blockHash: HASH,
    timestamp: BigInt(1000 + block),
    transaction: `0x0${block}`,
    logIndex: 1,
  }
}
