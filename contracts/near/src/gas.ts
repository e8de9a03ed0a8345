/** Exact gas of every step of a canonical scenario on the sandbox: the same accounts, keys, times and bytes in every run. */
import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { type Hex, payoutTree } from '@parley/protocol'
import type { CostGasUsed, ExecutionOutcome } from '@parley/sandbox'
import { readArguments } from '@parley/service'
import { ALICE, BOB, CAROL, OPERATOR, OWNER, RELAYER } from '../test/actors.ts'
import { type Call, type Chain, keccak, openChain, type Receipt, TERA } from '../test/chain.ts'
import {
  acceptance,
  BUDGET,
  begin,
  createFundedJob,
  createPricedJob,
  createSubmittedJob,
  DAY,
  HASH,
  hiring,
  nextJobId,
  operationOf,
  registration,
  submit,
  WORKLOAD,
} from '../test/steps.ts'
import { type Burnt, type Gas, gasTable, gasText } from './gas-table.ts'

export const GAS = fileURLToPath(new URL('../gas.json', import.meta.url))

/** An IPFS address of a registration file, as on EVM. */
const URI = `ipfs://${'bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi'}`

export async function measureGas(): Promise<Gas> {
  const gas: Record<string, Burnt> = {}
  const chain = await openChain()
  const note = (name: string, { status }: Pick<Receipt, 'status'>) => Object.assign(gas, gasOf(chain, name, status))
  const measure: Measure = async (name, ...call) => {
    const receipt = await chain.send(...call)
    note(name, receipt)
    return receipt
  }
  await begin(chain)
  await measureAgents(chain, measure)
  await measureFeedback(chain, measure)
  await measureEnclaves(chain, measure)
  await measureHiring(chain, measure)
  await measureSteps(chain, measure)
  await measureEnds(chain, measure)
  await measureQuorum(chain, measure)
  await measureMilestones(chain, measure)
  await measureLedger(chain, measure)
  await measureGuardrails(chain, measure)
  await measureArbitration(chain, measure)
  await measureCrowd(chain, measure)
  await measureAwaited(chain, measure, note)
  await measureLedgerJob(chain, measure)
  await measureFees(chain, measure)
  await measureGovernance(note)
  return gas
}

type Measure = (name: string, ...call: Call) => Promise<Receipt>

/** What a transaction's receipts burn, refunds included, and each call of a method by itself. */
function gasOf({ node }: Chain, name: string, status: Receipt['status']): Gas {
  const outcomes = [status.transactionOutcome, ...status.receiptOutcomes].flatMap((outcome) => outcome ?? [])
  const total = outcomes.reduce((sum, { gasBurnt }) => sum + gasBurnt, 0n)
  const calls = status.receiptOutcomes.flatMap((outcome) => {
    const receipt = node.receipt(outcome.id)?.receipt
    const actions = receipt?.kind === 'Action' || receipt?.kind === 'PromiseYield' ? receipt.action.actions : []
    const methods = actions.flatMap((action) => (action.kind === 'FunctionCall' ? [action.methodName] : []))
    return methods.map(
      (method) => [`${name} > ${outcome.executorId.split('.')[0]}.${method}`, burntBy(outcome)] as const,
    )
  })
  return { [name]: { total: Number(total) }, ...Object.fromEntries(calls) }
}

function burntBy({ gasBurnt, metadata }: ExecutionOutcome): Burnt {
  const profile = metadata.version === 1 ? [] : metadata.gasProfile
  const sumOf = (isCounted: (row: CostGasUsed) => boolean) =>
    Number(profile.filter(isCounted).reduce((sum, { gasUsed }) => sum + gasUsed, 0n))
  const vm = sumOf(() => true)
  const loading = sumOf(({ cost }) => cost.startsWith('CONTRACT_LOADING'))
  const code = sumOf(({ cost }) => cost === 'WASM_INSTRUCTION')
  const promises = sumOf(({ costCategory }) => costCategory === 'ACTION_COST')
  return { total: Number(gasBurnt), vm, loading, code, host: vm - loading - code - promises, promises }
}

async function measureAgents({ agents }: Chain, measure: Measure): Promise<void> {
  await measure('agent: register', BOB, agents, 'register', {})
  await measure('agent: register with URI', CAROL, agents, 'register', { agent_uri: URI })
  await measure('agent: set URI', CAROL, agents, 'set_agent_uri', { agent_id: '2', new_uri: URI.replace('z', 'y') })
  const metadata = { agent_id: '2', metadata_key: 'a2a', metadata_value: '0x0123456789' }
  await measure('agent: set metadata', CAROL, agents, 'set_metadata', metadata)
  const transfer = { receiver_id: OWNER.accountId, token_id: '2' }
  await measure('agent: transfer', CAROL, agents, 'nft_transfer', transfer, { deposit: 1n })
  await measure(
    'storage: deposit',
    RELAYER,
    agents,
    'storage_deposit',
    { account_id: ALICE.accountId },
    { deposit: 10n ** 23n },
  )
}

const FEEDBACK = {
  agent_id: '0',
  value: '87',
  value_decimals: '0',
  tag1: 'starred',
  tag2: 'week',
  endpoint: 'https://agent.example/price',
  feedback_uri: URI,
  feedback_hash: HASH,
}

async function measureFeedback({ agents }: Chain, measure: Measure): Promise<void> {
  await measure('feedback: first of a client', ALICE, agents, 'give_feedback', FEEDBACK)
  await measure('feedback: repeated', ALICE, agents, 'give_feedback', FEEDBACK)
  await measure('feedback: revoke', ALICE, agents, 'revoke_feedback', { agent_id: '0', feedback_index: '1' })
  const response = { client_address: ALICE.accountId, feedback_index: '2', response_uri: URI, response_hash: HASH }
  await measure('feedback: respond', BOB, agents, 'append_response', { agent_id: '0', ...response })
  const request = { validator_address: CAROL.accountId, agent_id: '0', request_uri: URI }
  await measure('validation: request', BOB, agents, 'validation_request', { ...request, request_hash: HASH })
  await measure('validation: request by id', BOB, agents, 'request_validation', { ...request, request_digest: HASH })
  const answer = { request_hash: HASH, response: '100', response_uri: URI, response_hash: HASH, tag: 'starred' }
  await measure('validation: respond', CAROL, agents, 'validation_response', answer)
}

async function measureEnclaves(chain: Chain, measure: Measure): Promise<void> {
  const { parley } = chain
  await measure('enclave: set workload', OWNER, parley, 'set_workload', { workload: WORKLOAD, is_allowed: true })
  for (const name of ['enclave: register, quorum of 2', 'enclave: renew, quorum of 2']) {
    const { value } = await measure('enclave: issue challenge', OPERATOR, parley, 'issue_challenge', {})
    await measure(name, OPERATOR, parley, 'register_enclave', await registration(chain, value as Hex))
  }
}

/** What an agent and a client without gas do, and what anyone brings: the whole job in three transactions. */
async function measureHiring(chain: Chain, measure: Measure): Promise<void> {
  const { parley, dollar } = chain
  const job_id = await nextJobId(chain)
  await measure('job: hire', ...chain.transferCall(ALICE, dollar, BUDGET, hiring(chain, job_id)))
  await measure('job: submit', BOB, parley, 'submit', { job_id, deliverable: HASH })
  await measure('job: accept result', RELAYER, parley, 'accept_result', await acceptance(chain, job_id))
}

/** The same one by one. */
async function measureSteps(chain: Chain, measure: Measure): Promise<void> {
  const { parley, dollar } = chain
  const job_id = await nextJobId(chain)
  const creation = {
    evaluator: parley,
    expired_at: chain.now() + DAY,
    description: 'Translate',
    provider_agent_id: '0',
  }
  await measure('job: create', ALICE, parley, 'create_job', { ...creation, provider: BOB.accountId })
  await measure('job: set budget', ALICE, parley, 'set_budget', { job_id, token: dollar, amount: BUDGET })
  const terms = { job_id, body_hash: HASH, workload: WORKLOAD, observability: '0' }
  await measure('job: set terms', ALICE, parley, 'set_terms', terms)
  const funding = { fund: { job_id, expected_budget: BUDGET } }
  await measure('job: fund', ...chain.transferCall(ALICE, dollar, BUDGET, funding))
  const open = await nextJobId(chain)
  await measure('job: create without provider', ALICE, parley, 'create_job', creation)
  const chosen = { job_id: open, provider: BOB.accountId, agent_id: '0' }
  await measure('job: set provider', ALICE, parley, 'set_provider', chosen)
}

async function measureEnds(chain: Chain, measure: Measure): Promise<void> {
  const { parley, dollar } = chain
  const [open, funded] = [await createPricedJob(chain, dollar), await createFundedJob(chain)]
  const [submitted, expiring] = [await createSubmittedJob(chain), await createFundedJob(chain)]
  await measure('job: reject while open', ALICE, parley, 'reject', { job_id: open, reason: HASH })
  await measure('job: reject with refund', CAROL, parley, 'reject', { job_id: funded, reason: HASH })
  await measure('job: complete', CAROL, parley, 'complete', { job_id: submitted, reason: HASH })
  chain.warp(DAY)
  await measure('job: claim refund', RELAYER, parley, 'claim_refund', { job_id: expiring })
}

/** Paid from the ledger, into the ledger, where both have a place already. */
async function measureLedgerJob(chain: Chain, measure: Measure): Promise<void> {
  const { parley, dollar } = chain
  const job_id = await nextJobId(chain)
  const { hire } = hiring(chain, job_id, { evaluator: CAROL.accountId, terms: null, token: dollar, budget: '10' })
  await measure('job from the ledger: hire', ALICE, parley, 'hire', { hiring: hire }, { deposit: 1n })
  await measure('job from the ledger: submit', BOB, parley, 'submit', { job_id, deliverable: HASH })
  await measure('job from the ledger: complete', CAROL, parley, 'complete', { job_id, reason: HASH })
}

/** Jobs that pay the protocol 2 %, and what their client says on it. */
async function measureFees(chain: Chain, measure: Measure): Promise<void> {
  const { parley, dollar } = chain
  await chain.send(OWNER, parley, 'set_platform_fee', { fee_bp: '200', treasury: OPERATOR.accountId })
  await measure('feedback: set token price', OWNER, parley, 'set_token_price', { token: dollar, price: 10n ** 18n })
  await chain.send(OWNER, parley, 'set_weight_cap', { cap: '1000000' })
  for (const first of [', first of the token', '']) {
    const job_id = await createSubmittedJob(chain)
    await measure(`job with a fee: complete${first}`, CAROL, parley, 'complete', { job_id, reason: HASH })
    const giving = { job_id, ...FEEDBACK }
    const which = first && ', first of a client in a month'
    await measure(`feedback: backed${which}`, ALICE, parley, 'give_backed_feedback', giving, { gas: 60n * TERA })
  }
  await measure('job with a fee: collect', RELAYER, parley, 'collect_fees', { token: dollar })
}

/** On a chain of its own, whose contracts a timelock owns. */
async function measureGovernance(note: (name: string, transaction: Pick<Receipt, 'status'>) => void): Promise<void> {
  const chain = await openChain({ timelockDelay: DAY })
  const { agents, owner, parley, node } = chain
  const code = node.query({ kind: 'latest' })?.viewCode(agents)?.code ?? new Uint8Array()
  const code_hash = `0x${createHash('sha256').update(code).digest('hex')}`
  const operations = [
    ['a policy', { target: parley, method: 'set_workload', args: { workload: WORKLOAD, is_allowed: true } }],
    ['an upgrade', { target: agents, method: 'approve_upgrade', args: { code_hash } }],
  ] as const
  for (const [name, operation] of operations) {
    const scheduled = await chain.send(OWNER, owner, 'schedule', { ...operationOf(operation), delay: DAY })
    note(`timelock: schedule ${name}`, scheduled)
    chain.warp(DAY)
    note(`timelock: execute ${name}`, await chain.send(RELAYER, owner, 'execute', { id: scheduled.value }))
  }
  const bringing = { code: Buffer.from(code).toString('base64') }
  note('upgrade of agents', await chain.send(RELAYER, agents, 'upgrade', bringing, { gas: 300n * TERA }))
}

/** Two of three, with the third's silence. */
async function measureQuorum(chain: Chain, measure: Measure): Promise<void> {
  const { parley, dollar } = chain
  const job_id = await createPricedJob(chain, dollar, { evaluator: parley })
  const members = [ALICE, CAROL, OPERATOR].map(({ accountId }) => accountId)
  await measure('quorum: set terms, 3 members', ALICE, parley, 'set_quorum_terms', { job_id, members, threshold: '2' })
  await chain.send(...chain.transferCall(ALICE, dollar, BUDGET, { fund: { job_id, expected_budget: BUDGET } }))
  await submit(chain, job_id)
  const vote = { job_id, is_approval: true, reason: HASH }
  await measure('quorum: vote', CAROL, parley, 'cast_vote', vote)
  await measure('quorum: vote that completes', OPERATOR, parley, 'cast_vote', vote)
}

async function measureLedger(chain: Chain, measure: Measure): Promise<void> {
  const { parley, dollar } = chain
  const oneYocto = { deposit: 1n }
  const token_id = `nep141:${dollar}`
  const transfer = { receiver_id: BOB.accountId, token_id, amount: '10' }
  await measure('ledger: deposit, first of the token', ...chain.transferCall(ALICE, dollar, BUDGET, ''))
  await measure('ledger: deposit', ...chain.transferCall(ALICE, dollar, BUDGET, ''))
  await measure('ledger: transfer, first to its receiver', ALICE, parley, 'mt_transfer', transfer, oneYocto)
  await measure('ledger: transfer', ALICE, parley, 'mt_transfer', transfer, oneYocto)
  const operator = { spender: ALICE.accountId, approved: true }
  await measure('ledger: set operator', BOB, parley, 'set_operator', operator, oneYocto)
  const fromBob = { receiver_id: ALICE.accountId, token_id, amount: '10', approval: [BOB.accountId, 0] }
  await measure('ledger: transfer by an operator', ALICE, parley, 'mt_transfer', fromBob, oneYocto)
  await measure('ledger: choose token', BOB, parley, 'choose_token', { token: dollar, is_chosen: true })
  const withdrawal = { token: dollar, amount: '10', receiver: ALICE.accountId }
  await measure('ledger: withdraw', ALICE, parley, 'withdraw', withdrawal, oneYocto)
}

/** One after the other of three, on the judge's word. */
async function measureMilestones(chain: Chain, measure: Measure): Promise<void> {
  const { parley, dollar } = chain
  const job_id = await createPricedJob(chain, dollar, { evaluator: parley, duration: 10n * DAY })
  const amounts = [500_000n, 500_000n, BUDGET - 1_000_000n]
  const terms = { judge: CAROL.accountId, review_seconds: '7200', amounts }
  await measure('milestones: set terms, 3', ALICE, parley, 'set_milestone_terms', { job_id, terms })
  await chain.send(...chain.transferCall(ALICE, dollar, BUDGET, { fund: { job_id, expected_budget: BUDGET } }))
  for (const [milestone, name] of ['first', 'second', 'last'].entries()) {
    await submit(chain, job_id)
    const approval = { job_id, milestone: String(milestone) }
    await measure(`milestones: approve the ${name}`, CAROL, parley, 'approve_milestone', approval)
  }
}

/** Carol is Alice's key. */
async function measureGuardrails(chain: Chain, measure: Measure): Promise<void> {
  const { parley, dollar } = chain
  const oneYocto = { deposit: 1n }
  const [account, key, receiver] = [ALICE, CAROL, BOB].map(({ accountId }) => accountId)
  const policy = {
    key,
    expires_at: chain.now() + DAY,
    methods: '3',
    is_any_counterparty: false,
    confirmers: [OPERATOR.accountId, RELAYER.accountId],
    confirmations_needed: '1',
  }
  await measure('guardrails: set policy, 2 confirmers', ALICE, parley, 'set_policy', policy, oneYocto)
  const limit = { key, token: dollar, limit: '1000', period_seconds: '3600', threshold: '100' }
  await measure('guardrails: set spend limit', ALICE, parley, 'set_spend_limit', limit, oneYocto)
  const counterparty = { key, counterparty: receiver, is_allowed: true }
  await measure('guardrails: set counterparty', ALICE, parley, 'set_counterparty', counterparty, oneYocto)
  const spending = { account, token: dollar, amount: '10' }
  await measure('guardrails: spend by transfer', CAROL, parley, 'spend_transfer', { ...spending, to: receiver })
  await measure('guardrails: spend by withdrawal', CAROL, parley, 'spend_withdraw', { ...spending, receiver })
  await chain.send(ALICE, parley, 'set_policy', { ...policy, methods: '7' }, oneYocto)
  const hiring = {
    ...{ provider: receiver, provider_agent_id: '0', evaluator: OPERATOR.accountId },
    ...{ token: dollar, budget: '10', expired_at: chain.now() + DAY, description: 'Translate' },
  }
  await measure('guardrails: spend by hiring', CAROL, parley, 'spend_hire', { account, hiring })
  const large = { account, token: dollar, amount: '500' }
  const operation = { ...large, key, method: '1', counterparty: receiver, details: `0x${'00'.repeat(32)}` }
  const operation_id = await chain.view<Hex>(parley, 'next_operation_id', operation)
  const word = { account, key, operation_id }
  await measure('guardrails: confirm', OPERATOR, parley, 'confirm_spend', word, oneYocto)
  await measure('guardrails: spend what was confirmed', CAROL, parley, 'spend_transfer', { ...large, to: receiver })
  await measure('guardrails: revoke policy', ALICE, parley, 'revoke_policy', { key })
}

/** A crowd of 2,000 who have never been paid in the token before: each needs a place in the ledger. */
async function measureCrowd(chain: Chain, measure: Measure): Promise<void> {
  const { parley, dollar } = chain
  const oneYocto = { deposit: 1n }
  const payouts = Array.from({ length: 2000 }, (_, n) => ({
    index: BigInt(n),
    account: `worker-number-${n}.near`,
    amount: 1000n,
  }))
  const { root, total, claim, push } = payoutTree(payouts, keccak, 'near')
  const job_id = await createPricedJob(chain, dollar)
  await chain.send(...chain.transferCall(ALICE, dollar, BUDGET, ''))
  await chain.send(ALICE, parley, 'fund_from_ledger', { job_id, expected_budget: BUDGET }, oneYocto)
  await measure('crowd: set payee', BOB, parley, 'set_payee', { job_id, payee: parley }, oneYocto)
  await measure('crowd: set payees', BOB, parley, 'set_payees', { job_id, root, total }, oneYocto)
  await submit(chain, job_id)
  await chain.send(CAROL, parley, 'complete', { job_id, reason: HASH })

  for (const [n, name] of ['claim, first of the job', 'claim'].entries())
    await measure(`crowd: ${name}`, RELAYER, parley, 'claim_payout', { job_id, ...claim(n) })
  for (const count of [1, 10, 100]) {
    const { proofFlags: proof_flags, ...batch } = push(Array.from({ length: count }, (_, n) => 5 * count + n))
    await measure(`crowd: push ${count}`, RELAYER, parley, 'push_payouts', { job_id, ...batch, proof_flags })
  }
  await measure('crowd: claim remainder', RELAYER, parley, 'claim_remainder', { job_id })
}

/** Every way in which an arbitrated job ends, with bond and stake. */
async function measureArbitration(chain: Chain, measure: Measure): Promise<void> {
  const { parley, dollar } = chain
  const oneYocto = { deposit: 1n }
  const windows = { review_seconds: '3600', ruling_seconds: '3600', silence_share_bp: '5000' }
  const terms = { arbiter: CAROL.accountId, ...windows, bond: '1000', stake: '2000' }
  await chain.send(...chain.transferCall(ALICE, dollar, BUDGET, { deposit: { receiver_id: BOB.accountId } }))

  async function createDisputed(note: Measure): Promise<Hex> {
    const job_id = await createPricedJob(chain, dollar, { evaluator: parley, duration: 5n * DAY })
    await note('arbitration: set terms', ALICE, parley, 'set_arbitration_terms', { job_id, terms })
    await chain.send(...chain.transferCall(ALICE, dollar, BUDGET, { fund: { job_id, expected_budget: BUDGET } }))
    const stake = { job_id, arbiter: CAROL.accountId, amount: '2000' }
    await note('arbitration: lock stake', BOB, parley, 'lock_stake', stake, oneYocto)
    await submit(chain, job_id)
    await note('arbitration: open dispute', ALICE, parley, 'open_dispute', { job_id, reason: HASH }, oneYocto)
    return job_id
  }

  // The evaluator's and the parties' places in the ledger are there already, as they are in a live one.
  await createDisputed((_name, ...call) => chain.send(...call))
  const redone = await createDisputed(measure)
  const rule = (ruling: string, share_bp = '0') => ({ ruling, share_bp, reason: HASH })
  await measure('arbitration: rule redo', CAROL, parley, 'rule', { job_id: redone, ...rule('3') })
  for (const [name, ruling] of [['refund', rule('0')] as const, ['split', rule('2', '5000')] as const]) {
    const job_id = await createDisputed((_name, ...call) => chain.send(...call))
    await measure(`arbitration: rule ${name}`, CAROL, parley, 'rule', { job_id, ...ruling })
  }
  await submit(chain, redone)
  chain.warp(3600n)
  await measure('arbitration: settle review', RELAYER, parley, 'settle_review', { job_id: redone })
}

/** One job that is judged, and one that nobody ends: its on_awaited is the last of all, which refunds. */
async function measureAwaited(
  chain: Chain,
  measure: Measure,
  note: (name: string, transaction: Pick<Receipt, 'status'>) => void,
): Promise<void> {
  const { parley, dollar, node } = chain
  const { hire } = hiring(chain, HASH, { job_id: null, evaluator: CAROL.accountId, terms: null })
  const order = { hiring: { ...hire, token: dollar, budget: '10' } }
  for (const name of ['awaited: hire, to the answer', 'awaited: hire, to the last timeout']) {
    const job_id = await nextJobId(chain)
    const { status } = await chain.send(ALICE, parley, 'await_job', order, { gas: 45n * TERA, deposit: 1n })
    if (name.endsWith('answer')) {
      await submit(chain, job_id)
      await measure('awaited: complete', CAROL, parley, 'complete', { job_id, reason: HASH })
    }
    let transaction = node.transactionStatus(status.transactionHash)
    while (transaction?.isComplete === false) {
      node.fastForward(200)
      transaction = node.transactionStatus(status.transactionHash)
    }
    if (transaction) note(name, { status: transaction })
  }
}

const HELP = `npm run gas:near [-- OPTIONS]

Prints the exact gas of every call of a canonical scenario, beside contracts/near/gas.json where it has changed.

  --write   write it into gas.json, with which a test compares it
  --help    this text`

if (import.meta.main) {
  const { write } = readArguments(HELP, { write: { type: 'boolean' } }).values
  const gas = await measureGas()
  const committed = JSON.parse(await readFile(GAS, 'utf8').catch(() => '{}'))
  console.log(gasTable(gas, committed))
  if (write) await writeFile(GAS, gasText(gas))
}
