import { beforeAll, describe, expect, it } from 'vitest'
import { ALICE, CAROL, OPERATOR, OWNER } from './actors.ts'
import { type Chain, openChain, TERA } from './chain.ts'
import { begin, createSubmittedJob, DAY, govern, hiring, nextJobId } from './steps.ts'

const HASH = `0x${'77'.repeat(32)}`
const ADDRESS = `0x${'77'.repeat(20)}`

const wrongTypes = [undefined, null, 5, true, [], {}]
const notHex = ['', '77', '0x7', '0xzz', '0X77', `${HASH} `]
const notUint = ['', '-1', '+1', '1.5', '1e3', '0x10', ' 1', '01', 'NaN', '9'.repeat(79)]
const notAccount = [
  '',
  'a',
  'A.near',
  'a..near',
  '.near',
  'near.',
  'a b',
  'é.near',
  'a_-b',
  '\u0000\u0000',
  'a'.repeat(65),
]

/** What each kind of argument must not be. */
const malformed = {
  bytes32: [...wrongTypes, ...notHex, ADDRESS, `${HASH}00`],
  address: [...wrongTypes, ...notHex, HASH],
  bytes: [...wrongTypes, ...notHex],
  'bytes32?': [undefined, 5, true, [], {}, ...notHex, ADDRESS],
  base64: [...wrongTypes, 'A', 'AA', 'AA=', 'AB==', 'A A=', '-_==', HASH],
  int: [...wrongTypes, ...notUint.filter((text) => text !== '-1'), '-0', '--1', String(-(2n ** 127n))],
  uint: [...wrongTypes, ...notUint, String(2n ** 256n)],
  uint2: [...wrongTypes, ...notUint, '4'],
  uint8: [...wrongTypes, ...notUint, '256'],
  uint16: [...wrongTypes, ...notUint, '65536'],
  uint32: [...wrongTypes, ...notUint, String(2n ** 32n)],
  uint48: [...wrongTypes, ...notUint, String(2n ** 48n)],
  uint64: [...wrongTypes, ...notUint, String(2n ** 64n)],
  uint96: [...wrongTypes, ...notUint, String(2n ** 96n)],
  uint128: [...wrongTypes, ...notUint, String(2n ** 128n)],
  account: [...wrongTypes, ...notAccount],
  /** null and nothing stand for no account. */
  'account?': [...wrongTypes.slice(2), ...notAccount],
  text: wrongTypes,
  'text?': wrongTypes.slice(1),
  'text|null?': wrongTypes.slice(2),
  bool: [undefined, null, 5, 'true', [], {}],
  'bool?': [5, 'true', [], {}],
  list: [undefined, null, 5, true, {}, 'x'],
  'list?': [null, 5, true, {}, 'x'],
  object: [undefined, null, 5, true, [], 'x'],
  role: [...wrongTypes, '', 'admin', 'pending', '__proto__'],
} as const

const usual = {
  bytes32: HASH,
  address: ADDRESS,
  bytes: '0x',
  'bytes32?': HASH,
  base64: 'AA==',
  int: '-1',
  uint: '1',
  uint2: '1',
  uint8: '1',
  uint16: '1',
  uint32: '1',
  uint48: '1',
  uint64: '1',
  uint96: '1',
  uint128: '1',
  account: 'bob.test.near',
  'account?': 'bob.test.near',
  text: 'x',
  'text?': 'x',
  'text|null?': 'x',
  bool: true,
  'bool?': true,
  list: [],
  'list?': [],
  object: {},
  role: 'proposer',
} as const

type Kind = keyof typeof usual
type Parameters = Readonly<Record<string, Kind>>

const parleyCalls: Readonly<Record<string, Parameters>> = {
  revoke_enclave: { enclave: 'address' },
  set_workload: { workload: 'bytes32', is_allowed: 'bool' },
  set_token: { token: 'account', is_trusted: 'bool' },
  transfer_ownership: { new_owner: 'account?' },
  set_guardian: { new_guardian: 'account?' },
  create_job: {
    provider: 'account?',
    evaluator: 'account?',
    expired_at: 'uint',
    description: 'text',
    hook: 'account?',
    provider_agent_id: 'uint',
  },
  set_token_price: { token: 'account', price: 'uint128' },
  set_weight_cap: { cap: 'uint48' },
  give_backed_feedback: { job_id: 'bytes32', agent_id: 'uint' },
  set_platform_fee: { fee_bp: 'uint', treasury: 'account?' },
  set_hook_whitelist: { hook: 'account', status: 'bool' },
  collect_fees: { token: 'account' },
  fund_from_ledger: { job_id: 'bytes32', expected_budget: 'uint' },
  hire: { hiring: 'object' },
  await_job: { hiring: 'object' },
  set_payee: { job_id: 'bytes32', payee: 'account?' },
  set_evaluation_period: { job_id: 'bytes32', period: 'uint' },
  release: { job_id: 'bytes32', amount: 'uint', reason: 'bytes32' },
  redo: { job_id: 'bytes32', reason: 'bytes32' },
  set_provider: { job_id: 'bytes32', provider: 'account?', agent_id: 'uint' },
  set_budget: { job_id: 'bytes32', token: 'account?', amount: 'uint' },
  fund: { job_id: 'bytes32', expected_budget: 'uint' },
  ft_on_transfer: { sender_id: 'account', amount: 'uint128' },
  submit: { job_id: 'bytes32', deliverable: 'bytes32' },
  complete: { job_id: 'bytes32', reason: 'bytes32' },
  reject: { job_id: 'bytes32', reason: 'bytes32' },
  claim_refund: { job_id: 'bytes32' },
  claim_payment: { job_id: 'bytes32' },
  set_terms: { job_id: 'bytes32', body_hash: 'bytes32', workload: 'bytes32', observability: 'uint8' },
  accept_result: { job_id: 'bytes32', result: 'object', enclave: 'address', signature: 'bytes', response: 'bytes' },
  set_quorum_terms: { job_id: 'bytes32', members: 'list', threshold: 'uint' },
  set_milestone_terms: { job_id: 'bytes32', terms: 'object' },
  approve_milestone: { job_id: 'bytes32', milestone: 'uint' },
  reject_milestone: { job_id: 'bytes32', milestone: 'uint', reason: 'bytes32' },
  set_arbitration_terms: { job_id: 'bytes32', terms: 'object' },
  lock_stake: { job_id: 'bytes32', arbiter: 'account', amount: 'uint' },
  accept_work: { job_id: 'bytes32' },
  open_dispute: { job_id: 'bytes32', reason: 'bytes32' },
  rule: { job_id: 'bytes32', ruling: 'uint2', share_bp: 'uint', reason: 'bytes32' },
  settle_review: { job_id: 'bytes32' },
  release_bond_and_stake: { job_id: 'bytes32' },
  set_payees: { job_id: 'bytes32', root: 'bytes32', total: 'uint' },
  claim_payout: { job_id: 'bytes32', payout: 'object', proof: 'list' },
  push_payouts: { job_id: 'bytes32', payouts: 'list', proof: 'list', proof_flags: 'list' },
  claim_remainder: { job_id: 'bytes32' },
  cast_vote: { job_id: 'bytes32', is_approval: 'bool', reason: 'bytes32' },
  register_enclave: { report: 'object', signatures: 'list' },
  storage_deposit: { account_id: 'account?', registration_only: 'bool?' },
  // Ledger
  withdraw: { token: 'account', amount: 'uint128', receiver: 'account' },
  set_policy: {
    key: 'account',
    expires_at: 'uint48',
    methods: 'uint8',
    is_any_counterparty: 'bool',
    confirmers: 'list',
    confirmations_needed: 'uint8',
  },
  set_spend_limit: {
    key: 'account',
    token: 'account',
    limit: 'uint128',
    period_seconds: 'uint32',
    threshold: 'uint128',
  },
  set_counterparty: { key: 'account', counterparty: 'account', is_allowed: 'bool' },
  revoke_policy: { key: 'account' },
  confirm_spend: { account: 'account', key: 'account', operation_id: 'bytes32' },
  spend_transfer: { account: 'account', token: 'account', to: 'account', amount: 'uint128' },
  spend_withdraw: { account: 'account', token: 'account', amount: 'uint128', receiver: 'account' },
  spend_hire: { account: 'account', hiring: 'object' },
  choose_token: { token: 'account', is_chosen: 'bool' },
  set_operator: { spender: 'account', approved: 'bool' },
}

const parleyViews: Readonly<Record<string, Parameters>> = {
  require_active: { enclave: 'address' },
  get_enclave: { enclave: 'address' },
  is_verifier: { verifier: 'address' },
  is_workload_allowed: { workload: 'bytes32' },
  challenge_issued_at: { challenge: 'bytes32' },
  is_token_trusted: { token: 'account' },
  get_job: { job_id: 'bytes32' },
  next_job_id: { client: 'account' },
  terms_of: { job_id: 'bytes32' },
  owed: { job_id: 'bytes32' },
  get_arbitration: { job_id: 'bytes32' },
  payee_of: { job_id: 'bytes32' },
  payment_of: { job_id: 'bytes32' },
  fee_of: { job_id: 'bytes32' },
  has_feedback_right: { job_id: 'bytes32', party: 'account' },
  token_price: { token: 'account' },
  hook_of: { job_id: 'bytes32' },
  whitelisted_hooks: { hook: 'account' },
  accrued_fees: { token: 'account' },
  get_quorum: { job_id: 'bytes32' },
  get_milestones: { job_id: 'bytes32' },
  get_crowd: { job_id: 'bytes32' },
  is_payout_made: { job_id: 'bytes32', index: 'uint' },
  standing_of: { job_id: 'bytes32', account: 'account' },
  storage_balance_of: { account_id: 'account' },
  // Ledger
  get_policy: { account: 'account', key: 'account' },
  confirmers_of: { account: 'account', key: 'account' },
  get_spend_limit: { account: 'account', key: 'account', token: 'account' },
  is_counterparty_allowed: { account: 'account', key: 'account', counterparty: 'account' },
  next_operation_id: {
    account: 'account',
    key: 'account',
    method: 'uint8',
    token: 'account',
    counterparty: 'account',
    amount: 'uint128',
    details: 'bytes32',
  },
  hash_hiring: { hiring: 'object' },
  is_operator: { owner: 'account', spender: 'account' },
  mt_balance_of: { account_id: 'account', token_id: 'text' },
  mt_batch_balance_of: { token_ids: 'list' },
  mt_token: { token_ids: 'list' },
}

const operation: Parameters = {
  target: 'account',
  method: 'text',
  args: 'text',
  deposit: 'uint128',
  predecessor: 'bytes32',
  salt: 'bytes32',
}

const timelockMethods: Readonly<Record<string, Parameters>> = {
  schedule: { ...operation, delay: 'uint48' },
  hash_operation: operation,
  cancel: { id: 'bytes32' },
  execute: { id: 'bytes32' },
  update_delay: { new_delay: 'uint48' },
  grant_role: { role: 'role', account: 'account?' },
  revoke_role: { role: 'role', account: 'account?' },
  has_role: { role: 'role', account: 'account?' },
  get_timestamp: { id: 'bytes32' },
  get_operation_state: { id: 'bytes32' },
}

/** What feedback says, which `agents` reads, whoever gives it. */
const said: Parameters = {
  value: 'int',
  value_decimals: 'uint8',
  tag1: 'text',
  tag2: 'text',
  endpoint: 'text',
  feedback_uri: 'text',
  feedback_hash: 'bytes32',
}

const agentsCalls: Readonly<Record<string, Parameters>> = {
  register: { agent_uri: 'text?', metadata: 'list?' },
  set_agent_uri: { agent_id: 'uint', new_uri: 'text' },
  set_metadata: { agent_id: 'uint', metadata_key: 'text', metadata_value: 'bytes' },
  set_agent_wallet: { agent_id: 'uint', new_wallet: 'account', deadline: 'uint' },
  accept_agent_wallet: { agent_id: 'uint' },
  unset_agent_wallet: { agent_id: 'uint' },
  give_feedback: { agent_id: 'uint', ...said },
  revoke_feedback: { agent_id: 'uint', feedback_index: 'uint64' },
  append_response: {
    agent_id: 'uint',
    client_address: 'account',
    feedback_index: 'uint64',
    response_uri: 'text',
    response_hash: 'bytes32',
  },
  validation_request: { validator_address: 'account', agent_id: 'uint', request_uri: 'text', request_hash: 'bytes32' },
  request_validation: {
    validator_address: 'account',
    agent_id: 'uint',
    request_uri: 'text',
    request_digest: 'bytes32',
  },
  validation_response: {
    request_hash: 'bytes32',
    response: 'uint8',
    response_uri: 'text',
    response_hash: 'bytes32',
    tag: 'text',
  },
}

/** With the yoctoNEAR that a token asks for. */
const tokenCalls: Readonly<Record<string, Parameters>> = {
  nft_transfer: { receiver_id: 'account', token_id: 'uint', memo: 'text|null?' },
  nft_transfer_call: { receiver_id: 'account', token_id: 'uint', memo: 'text|null?', msg: 'text' },
  nft_approve: { token_id: 'uint', account_id: 'account', msg: 'text|null?' },
  nft_revoke: { token_id: 'uint', account_id: 'account' },
  nft_revoke_all: { token_id: 'uint' },
}

const upgrading: Readonly<Record<string, Parameters>> = {
  approve_upgrade: { code_hash: 'bytes32?' },
  upgrade: { code: 'base64' },
}

const agentsViews: Readonly<Record<string, Parameters>> = {
  owner_of: { agent_id: 'uint' },
  token_uri: { agent_id: 'uint' },
  get_metadata: { agent_id: 'uint', metadata_key: 'text' },
  get_agent_wallet: { agent_id: 'uint' },
  is_authorized_or_owner: { spender: 'account', agent_id: 'uint' },
  get_summary: { agent_id: 'uint', client_addresses: 'list', tag1: 'text', tag2: 'text' },
  get_backed_summary: { agent_id: 'uint', client_addresses: 'list', tag1: 'text', tag2: 'text' },
  read_feedback: { agent_id: 'uint', client_address: 'account', feedback_index: 'uint64' },
  read_all_feedback: {
    agent_id: 'uint',
    client_addresses: 'list',
    tag1: 'text',
    tag2: 'text',
    include_revoked: 'bool',
  },
  get_response_count: { agent_id: 'uint', client_address: 'account?', feedback_index: 'uint64', responders: 'list' },
  get_clients: { agent_id: 'uint' },
  get_last_index: { agent_id: 'uint', client_address: 'account' },
  get_validation_status: { request_hash: 'bytes32' },
  get_validation_summary: { agent_id: 'uint', validator_addresses: 'list', tag: 'text' },
  get_agent_validations: { agent_id: 'uint' },
  get_validator_requests: { validator_address: 'account' },
  storage_balance_of: { account_id: 'account' },
  nft_token: { token_id: 'uint' },
  nft_is_approved: { token_id: 'uint', approved_account_id: 'account' },
}

/** Fields inside of an object argument. */
const report: Parameters = {
  enclave: 'address',
  encryption_key: 'bytes32',
  operator: 'account',
  workload: 'bytes32',
  quote_id: 'bytes32',
  challenge: 'bytes32',
  expires_at: 'uint64',
}
const payout: Parameters = { index: 'uint', account: 'account', amount: 'uint' }
const result: Parameters = {
  request_hash: 'bytes32',
  response_hash: 'bytes32',
  workload: 'bytes32',
  observability: 'uint8',
  produced_at: 'uint64',
}
const arbitration: Parameters = {
  arbiter: 'account?',
  review_seconds: 'uint32',
  ruling_seconds: 'uint32',
  silence_share_bp: 'uint16',
  bond: 'uint96',
  stake: 'uint96',
}

const hire: Parameters = {
  provider: 'account?',
  provider_agent_id: 'uint',
  evaluator: 'account?',
  expired_at: 'uint',
  description: 'text',
  hook: 'account?',
}
const enclaveTerms: Parameters = { body_hash: 'bytes32', workload: 'bytes32', observability: 'uint8' }

const ONE_YOCTO = [
  ...Object.keys(tokenCalls),
  'withdraw',
  'lock_stake',
  'open_dispute',
  'hire',
  'await_job',
  'fund_from_ledger',
  'set_payee',
  'set_payees',
  'set_operator',
  'set_policy',
  'set_spend_limit',
  'set_counterparty',
  'confirm_spend',
]

let chain: Chain

beforeAll(async () => {
  chain = await openChain({ timelockDelay: 0n })
  await begin(chain)
  const trusting = { target: chain.parley, method: 'set_token', args: { token: ALICE.accountId, is_trusted: true } }
  await govern(chain, trusting)
})

function valuesOf(parameters: Parameters): Record<string, unknown> {
  const inside: Readonly<Record<string, Parameters>> = { report, result, payout }
  return Object.fromEntries(
    Object.entries(parameters).map(([name, kind]) => [name, inside[name] ? valuesOf(inside[name]) : usual[kind]]),
  )
}

/** Every call with one argument that is not what it should be. */
function mutantsOf(parameters: Parameters) {
  return Object.entries(parameters).flatMap(([name, kind]) =>
    malformed[kind].map((value) => ({ name, args: { ...valuesOf(parameters), [name]: value } })),
  )
}

/** Views look at arguments as calls do, and leave nothing behind. */
async function expectRefused(contract: string, method: string, args: object, field: string): Promise<void> {
  const deposit = ONE_YOCTO.includes(method) ? 1n : 0n
  const { failure } = chain.attempt(OWNER, contract, method, args, { deposit })
  expect(failure, JSON.stringify(args)).toMatch(new RegExp(`^InputInvalid: ${field} `))
}

describe.each([
  ['parley', { ...parleyCalls, ...parleyViews }],
  ['agents', { ...agentsCalls, ...tokenCalls, ...agentsViews, ...upgrading }],
  ['owner', timelockMethods],
] as const)('%s refuses', (contract, methods) => {
  it.each(Object.keys(methods))('malformed arguments of %s, and says which', async (method) => {
    const parameters = (methods as Readonly<Record<string, Parameters>>)[method] ?? {}

    for (const { name, args } of mutantsOf(parameters)) await expectRefused(chain[contract], method, args, name)
  })
})

describe('parley refuses inside of an object', () => {
  it('malformed fields of a report', async () => {
    for (const { name, args } of mutantsOf(report)) {
      const brought = { report: args, signatures: [] }
      await expectRefused(chain.parley, 'register_enclave', brought, `report.${name}`)
      await expectRefused(chain.parley, 'check_report', brought, `report.${name}`)
    }
  })

  it('malformed fields of a result', async () => {
    for (const { name, args } of mutantsOf(result)) {
      const rest = { job_id: HASH, enclave: ADDRESS, signature: '0x', response: '0x' }
      await expectRefused(chain.parley, 'accept_result', { ...rest, result: args }, `result.${name}`)
      await expectRefused(chain.parley, 'check_result', { ...rest, result: args }, `result.${name}`)
    }
  })

  it('malformed terms of an arbitration', async () => {
    for (const { name, args } of mutantsOf(arbitration)) {
      const setting = { job_id: HASH, terms: args }
      await expectRefused(chain.parley, 'set_arbitration_terms', setting, `terms.${name}`)
    }
  })

  it('malformed fields of a hiring and of its terms', async () => {
    const ofTerms = mutantsOf(enclaveTerms).map(({ name, args }) => {
      return { name: `terms.enclave.${name}`, args: { ...valuesOf(hire), terms: { enclave: args } } }
    })
    for (const { name, args } of [...mutantsOf(hire), ...ofTerms]) {
      const msg = JSON.stringify({ hire: args })
      const call = { sender_id: 'bob.test.near', amount: '1', msg }
      const { failure } = chain.attempt(ALICE, chain.parley, 'ft_on_transfer', call)
      expect(failure, msg).toMatch(new RegExp(`^InputInvalid: msg.hire.${name} `))
      const hiring = { ...args, token: 'bob.test.near', budget: '1' }
      await expectRefused(chain.parley, 'hire', { hiring }, `hiring.${name}`)
    }
  })

  it('malformed signatures', async () => {
    for (const signature of malformed.bytes) {
      await expectRefused(
        chain.parley,
        'register_enclave',
        { report: valuesOf(report), signatures: [signature] },
        'signatures',
      )
    }
  })
})

it('agents refuses malformed feedback that stands on a job, and its right stays', async () => {
  const policies = [
    ['set_platform_fee', { fee_bp: '200', treasury: OPERATOR.accountId }],
    ['set_token_price', { token: chain.dollar, price: 10n ** 18n }],
    ['set_weight_cap', { cap: '1000000' }],
  ] as const
  for (const [method, args] of policies) await govern(chain, { target: chain.parley, method, args })
  const job_id = await createSubmittedJob(chain)
  await chain.send(CAROL, chain.parley, 'complete', { job_id, reason: HASH })

  for (const { name, args } of mutantsOf(said)) {
    const giving = { job_id, agent_id: '0', ...args }
    const { failure } = chain.attempt(ALICE, chain.parley, 'give_backed_feedback', giving, { gas: 60n * TERA })
    expect(failure, JSON.stringify(args)).toMatch(new RegExp(`^InputInvalid: ${name} `))
  }
  const right = { job_id, party: ALICE.accountId }
  expect(await chain.view(chain.parley, 'has_feedback_right', right)).toBe(true)
})

it.each(malformed.account)('parley refuses %j as the member of a quorum', async (member) => {
  const terms = { job_id: HASH, members: ['bob.test.near', member], threshold: '1' }
  await expectRefused(chain.parley, 'set_quorum_terms', terms, 'members')
})

it('parley refuses malformed terms of milestones', async () => {
  for (const { name, args } of mutantsOf({ judge: 'account?', review_seconds: 'uint32', amounts: 'list' }))
    await expectRefused(chain.parley, 'set_milestone_terms', { job_id: HASH, terms: args }, `terms.${name}`)
  for (const amount of malformed.uint96) {
    const terms = { judge: 'bob.test.near', review_seconds: '3600', amounts: ['1', amount] }
    await expectRefused(chain.parley, 'set_milestone_terms', { job_id: HASH, terms }, 'terms.amounts')
  }
})

it('parley refuses malformed payouts and proofs', async () => {
  const usualPayout = valuesOf(payout)
  for (const { name, args } of mutantsOf(payout)) {
    const claim = { job_id: HASH, payout: args, proof: [] }
    await expectRefused(chain.parley, 'claim_payout', claim, `payout.${name}`)
    const push = { job_id: HASH, payouts: [usualPayout, args], proof: [], proof_flags: [] }
    await expectRefused(chain.parley, 'push_payouts', push, `payouts.${name}`)
  }
  for (const hash of malformed.bytes32)
    await expectRefused(chain.parley, 'claim_payout', { job_id: HASH, payout: usualPayout, proof: [hash] }, 'proof')
  for (const flag of malformed.bool) {
    const push = { job_id: HASH, payouts: [usualPayout], proof: [], proof_flags: [flag] }
    await expectRefused(chain.parley, 'push_payouts', push, 'proof_flags')
  }
})

describe('texts', () => {
  it.each([
    [
      'parley',
      'create_job',
      { ...valuesOf(parleyCalls.create_job ?? {}), description: 'x'.repeat(4097) },
      'description',
    ],
    ['agents', 'register', { agent_uri: 'x'.repeat(4097) }, 'agent_uri'],
    ['agents', 'set_metadata', { agent_id: '0', metadata_key: 'k'.repeat(257), metadata_value: '0x' }, 'metadata_key'],
    [
      'agents',
      'set_metadata',
      { agent_id: '0', metadata_key: 'k', metadata_value: `0x${'00'.repeat(4096)}` },
      'metadata_value',
    ],
  ] as const)('that are too long for a log are refused by %s.%s', async (contract, method, args, field) => {
    await expectRefused(chain[contract], method, args, field)
  })

  it('of the greatest length are taken, whatever is in them', async () => {
    const agent_uri = '\u0001'.repeat(2000)

    const { events } = await chain.send(ALICE, chain.agents, 'register', { agent_uri })

    expect(events[1]?.args).toMatchObject({ agentURI: agent_uri })
  })

  it.each(['\u0001', '\ud800', '\u0000"'])(
    'that %j makes too long for a log are refused, and no id is used up',
    async (part) => {
      const description = part.repeat(4096 / part.length)
      const evaluator = CAROL.accountId
      const job = { ...valuesOf(parleyCalls.create_job ?? {}), evaluator, hook: null, expired_at: chain.now() + DAY }
      const before = await nextJobId(chain)

      const { failure } = chain.attempt(ALICE, chain.parley, 'create_job', { ...job, description })
      expect(failure).toMatch(/^InputInvalid: description takes [0-9]+ bytes in a log, more than 12288/)
      const hired = chain.attempt(
        ...chain.transferCall(ALICE, chain.dollar, 5n, hiring(chain, before, { description })),
      )
      expect(hired.failure).toMatch(/^InputInvalid: msg.hire.description takes [0-9]+ bytes in a log/)

      expect(await nextJobId(chain)).toBe(before)
      await expectRefused(chain.agents, 'register', { agent_uri: description }, 'agent_uri')
    },
  )
})

describe('the metadata of a registration', () => {
  const entries = (count: number, bytes: number) =>
    Array.from({ length: count }, (_, n) => ({ metadata_key: `k${n}`, metadata_value: `0x${'00'.repeat(bytes)}` }))
  const register = (metadata: object, agent_uri = '') =>
    chain.attempt(ALICE, chain.agents, 'register', { agent_uri, metadata })

  it.each([
    ['too many entries', entries(98, 0), ''],
    ['too long values', entries(3, 4000), ''],
    ['long values beside a long URI', entries(1, 1500), '€'.repeat(4000)],
  ])('with %s for the logs is refused', (_, metadata, uri) => {
    expect(register(metadata, uri).failure).toMatch(
      /^InputInvalid: metadata takes [0-9]+ bytes in logs, more than 14336/,
    )
  })

  it.each([
    ['many entries', entries(60, 0), ''],
    ['a long value', entries(1, 4000), ''],
    ['the longest URI', entries(3, 100), '€'.repeat(4095)],
  ])('with %s is logged', (_, metadata, uri) => {
    const { failure, events } = register(metadata, uri)

    expect(failure).toBeUndefined()
    expect(events).toHaveLength(3 + metadata.length)
  })
})

it.each(['', 'nonsense', 'null', '[]', '5', '"text"', '{"job_id":'])(
  'arguments that are %j are refused',
  async (args) => {
    for (const [contract, method] of [
      [chain.parley, 'submit'],
      [chain.agents, 'set_agent_uri'],
    ] as const) {
      const { failure } = chain.attempt(ALICE, contract, method, args)
      expect(failure).toBeDefined()
    }
  },
)
