const SETTING = 'a constant of the contract: protocol declares it, no program asks the chain'
const TYPE_HASH = 'a constant: NEAR’s contract computes with protocol’s own messages'
const FORWARDING = 'accounts without gas sign delegate actions (NEP-366): the protocol of NEAR forwards them'
const ONE_CONTRACT = 'registry, escrow and evaluator are one contract on NEAR'
const APPROVALS =
  'ERC-721’s approvals: NEAR’s standard for them is NEP-178, with an id for each and none for all agents'
const NFT = 'ERC-721 by its own names: NEAR’s standard for tokens is NEP-171'
const WALLET = 'a wallet agrees by a call of its own: NEAR’s accounts sign transactions'
const UPGRADE = 'behind an ERC-1967 proxy: NEAR’s accounts hold their code themselves'
const STORAGE = 'state is paid for by deposits (NEP-145)'
const CALLBACK = 'what follows when another contract has answered'
const AWAITED = 'a contract on EVM has no result of a later transaction to wait for'
const PUSHED = 'a token of NEAR is pushed, not pulled'
const ALLOWANCES = 'NEP-245 has no allowances: an owner has operators, whom mt_transfer’s approval names'
const MULTI_TOKEN = 'the ledger by the names of NEP-245, NEAR’s standard for ERC-6909'
const TIMELOCK_STATE = 'of a timelock: get_operation_state says it'
const TIMELOCK_BATCH =
  'calls of other contracts are never all or nothing on NEAR: one by one, each with its predecessor'
const TIMELOCK_ROLE = 'a timelock’s roles have names on NEAR, and one administrator: itself'
const TOKEN_RECEIVER = 'OpenZeppelin’s own: a timelock that is given tokens'
const LIBRARY = 'OpenZeppelin’s own, for what NEAR’s contract does not have'

/** All in which NEAR’s contracts are not Solidity’s, with the reason. An entry that is no longer true fails its test. */
export const differences = {
  methodsOfSolidity: {
    approve: APPROVALS,
    get_approved: APPROVALS,
    is_approved_for_all: APPROVALS,
    set_approval_for_all: APPROVALS,
    balance_of: NFT,
    name: NFT,
    symbol: NFT,
    supports_interface: NFT,
    transfer_from: `${NFT}: nft_transfer`,
    safe_transfer_from: `${NFT}: nft_transfer`,
    proxiable_uuid: UPGRADE,
    upgrade_interface_version: UPGRADE,
    upgrade_to_and_call: UPGRADE,
    get_identity_registry: 'identities, reputation and validation are one contract on NEAR',
    get_version: 'the version of an interface that is Solidity’s',
    challenge_age: SETTING,
    evaluation_grace_period: SETTING,
    max_duration: SETTING,
    max_evaluation_period: SETTING,
    max_platform_fee_bp: SETTING,
    hook_gas: SETTING,
    multicall: 'a transaction of NEAR has several actions, and `hire` opens a job by one',
    payout_gas: SETTING,
    min_duration: SETTING,
    eip712_domain: 'the domain follows from the chain’s and the contract’s names: protocol’s nearDomain',
    enclave_report_typehash: TYPE_HASH,
    enclave_result_typehash: TYPE_HASH,
    job_request_typehash: TYPE_HASH,
    enclaves: ONE_CONTRACT,
    escrow: ONE_CONTRACT,
    is_trusted_forwarder: FORWARDING,
    trusted_forwarder: FORWARDING,
    renounce_ownership: 'a contract without an owner can allow no workload: nobody would want it',
    ledger: ONE_CONTRACT,
    // Ledger
    allowance: ALLOWANCES,
    deposit: `${PUSHED}: ft_on_transfer credits what it brings`,
    transfer: MULTI_TOKEN,
    transfer_batch: 'who pays many is a module of the same contract: crowd payouts',
    // Timelock
    is_operation: TIMELOCK_STATE,
    is_operation_done: TIMELOCK_STATE,
    is_operation_pending: TIMELOCK_STATE,
    is_operation_ready: TIMELOCK_STATE,
    execute_batch: TIMELOCK_BATCH,
    hash_operation_batch: TIMELOCK_BATCH,
    schedule_batch: TIMELOCK_BATCH,
    canceller_role: TIMELOCK_ROLE,
    default_admin_role: TIMELOCK_ROLE,
    executor_role: TIMELOCK_ROLE,
    get_role_admin: TIMELOCK_ROLE,
    proposer_role: TIMELOCK_ROLE,
    renounce_role: 'of a timelock: revoke_role of one’s own',
    on_erc1155_batch_received: TOKEN_RECEIVER,
    on_erc1155_received: TOKEN_RECEIVER,
    on_erc721_received: TOKEN_RECEIVER,
    use_permit: `${PUSHED}: no allowance to permit`,
  },
  methodsOfNear: {
    init: 'Solidity has constructors',
    nft_transfer: 'NEP-171’s name for ERC-721’s transferFrom',
    // Ledger
    choose_token: 'an account’s record holds the tokens that it chose: others’ dust must not make it dear',
    mt_transfer: MULTI_TOKEN,
    mt_transfer_call: MULTI_TOKEN,
    mt_batch_transfer: MULTI_TOKEN,
    mt_batch_transfer_call: MULTI_TOKEN,
    mt_resolve_transfer: MULTI_TOKEN,
    mt_balance_of: MULTI_TOKEN,
    mt_batch_balance_of: MULTI_TOKEN,
    mt_token: MULTI_TOKEN,
    on_withdraw: CALLBACK,
    nft_transfer_call: 'NEP-171’s name for ERC-721’s safeTransferFrom',
    nft_resolve_transfer: CALLBACK,
    nft_token: 'NEP-171’s own: owner, file and approvals in one answer',
    nft_metadata: 'NEP-177’s name for ERC-721’s name and symbol',
    nft_approve: APPROVALS,
    nft_revoke: APPROVALS,
    nft_revoke_all: APPROVALS,
    nft_is_approved: APPROVALS,
    accept_agent_wallet: WALLET,
    keep_backed_feedback:
      'reputation and jobs are two contracts on NEAR: parley takes the right, agents keeps the feedback',
    on_backed_feedback: CALLBACK,
    get_validation_summary: 'Solidity has two functions of the name get_summary in two contracts, NEAR one contract',
    storage_deposit: STORAGE,
    storage_withdraw: STORAGE,
    storage_unregister: STORAGE,
    storage_balance_of: STORAGE,
    storage_balance_bounds: STORAGE,
    await_job: AWAITED,
    on_awaited: AWAITED,
    on_create_job: CALLBACK,
    on_set_provider: CALLBACK,
    on_submit: CALLBACK,
    on_payout: CALLBACK,
    on_collect_fees: CALLBACK,
    on_execute: CALLBACK,
    on_upgrade: CALLBACK,
    approve_upgrade: UPGRADE,
    upgrade: UPGRADE,
    get_operations: 'all that is pending in a timelock; on EVM its events tell',
    ft_on_transfer: `${PUSHED} (NEP-141): fund and hire`,
    set_token: 'a token says who sends: only one that the owner trusts may hire and fund in somebody’s name',
    is_token_trusted: 'a token says who sends: only one that the owner trusts may hire and fund in somebody’s name',
    check_report: 'a relayer asks before it sends; on EVM it simulates the call',
    check_result: 'a relayer asks before it sends; on EVM it simulates the call',
  },
  parameters: {
    on_hire: { near: [], why: 'evaluators are modules of the same contract: it is the callback of a hiring' },
    set_agent_wallet: { near: ['agent_id', 'new_wallet', 'deadline'], why: WALLET },
    schedule: {
      near: ['target', 'method', 'args', 'deposit', 'predecessor', 'salt', 'delay'],
      why: 'a call on NEAR has a method, arguments and a deposit',
    },
    hash_operation: {
      near: ['target', 'method', 'args', 'deposit', 'predecessor', 'salt'],
      why: 'a call on NEAR has a method, arguments and a deposit',
    },
    execute: { near: ['id'], why: 'the whole operation is stored on NEAR, for all to see' },
    owner_of: { near: ['agent_id'], why: 'ERC-721 says token_id for what ERC-8004 calls the agent’s id' },
    token_uri: { near: ['agent_id'], why: 'ERC-721 says token_id for what ERC-8004 calls the agent’s id' },
  },
  events: {
    transfer: 'NEP-171’s nft_mint and nft_transfer, which protocol reads as Transfer',
    request_executed: FORWARDING,
    request_failed: FORWARDING,
    hook_failed: 'a hook is told aside, in a receipt of its own: whether it failed, its outcome says',
    ledger_transfer: `${MULTI_TOKEN}: mt_mint, mt_burn and mt_transfer`,
  },
  fields: {
    new_feedback: {
      field: 'indexed_tag1',
      why: 'Solidity’s hash for filters: readers compute it from the tag',
    },
    metadata_set: {
      field: 'indexed_metadata_key',
      why: 'Solidity’s hash for filters: readers compute it from the key',
    },
    result_accepted: {
      field: 'response',
      why: 'a byte of log costs 0.3 Ggas: readers take it from the call’s arguments',
    },
  },
  errorsOfSolidity: {
    AddressEmptyCode: UPGRADE,
    ERC1967InvalidImplementation: UPGRADE,
    ERC1967NonPayable: UPGRADE,
    FailedCall: UPGRADE,
    UUPSUnauthorizedCallContext: UPGRADE,
    UUPSUnsupportedProxiableUUID: UPGRADE,
    ValidatorInvalid: 'there is no zero address on NEAR: a malformed account is InputInvalid',
    TextTooLong: 'a URI is kept as code, whose length is limited: on NEAR a longer one is InputInvalid',
    TextNotStored: 'a URI is kept as code, which may fail to be created: on NEAR it is a part of the record',
    ERC721IncorrectOwner: APPROVALS,
    ERC721InvalidApprover: APPROVALS,
    ERC721InvalidOperator: APPROVALS,
    ERC721InvalidOwner: 'there is no zero address on NEAR: a malformed account is InputInvalid',
    ERC721InvalidReceiver: 'there is no zero address on NEAR: a malformed account is InputInvalid',
    ERC721InvalidSender: 'there is no zero address on NEAR: a malformed account is InputInvalid',
    OwnableInvalidOwner: 'there is no zero address on NEAR: a malformed account is InputInvalid',
    EscrowOnly: ONE_CONTRACT,
    GasTooLow: 'a promise has all the gas that it is given, or the call fails by itself',
    AccessControlBadConfirmation: LIBRARY,
    TimelockInvalidOperationLength: TIMELOCK_BATCH,
    InvalidShortString: LIBRARY,
    MerkleProofInvalidMultiproof: 'OpenZeppelin’s own, which nobody meets: what it checks is ProofInvalid before',
    StringTooLong: LIBRARY,
    ReentrancyGuardReentrantCall: 'no call of another contract happens within a call on NEAR',
    SafeERC20FailedOperation: 'what a token refuses to move stays owed',
  },
  errorsOfNear: {
    InputInvalid: 'Solidity’s compiler checks what arguments are; JSON may be anything',
    SelfOnly: 'callbacks are exported like any method; on EVM it is the forwarder’s',
    StorageDepositTooLow: STORAGE,
    // Guardrails
    PolicyFull: 'a policy is one record that each spending reads: 16 tokens and 32 counterparties',
    TokensFull: 'an account’s record holds the tokens that it chose: others’ dust must not make it dear',
    CodeNotApproved: UPGRADE,
    TimelockFull: 'all that is pending is in the state that every call of the timelock reads: so much and no more',
  },
} as const
