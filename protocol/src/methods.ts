/**
 * What people call, by Solidity's contracts and names: the SDK offers it on both chains, and relayers pay for it. On NEAR the names are in
 * snake_case; the registries' methods are those of `agents`, all others those of `parley`. What owners, guardians and hooks call is not here.
 */
export const userMethods = {
  agentRegistry: ['register', 'setAgentURI', 'setMetadata', 'setAgentWallet', 'unsetAgentWallet'],
  reputationRegistry: ['giveFeedback', 'giveBackedFeedback', 'revokeFeedback', 'appendResponse'],
  validationRegistry: ['validationRequest', 'requestValidation', 'validationResponse'],
  ledger: ['withdraw', 'setOperator'],
  guardrails: [
    'setPolicy',
    'setSpendLimit',
    'setCounterparty',
    'revokePolicy',
    'confirmSpend',
    'spendTransfer',
    'spendWithdraw',
    'spendHire',
  ],
  jobEscrow: [
    'hire',
    'createJob',
    'setProvider',
    'setBudget',
    'setPayee',
    'setEvaluationPeriod',
    'fund',
    'fundFromLedger',
    'submit',
    'release',
    'redo',
    'complete',
    'reject',
    'claimRefund',
    'claimPayment',
  ],
  enclaveEvaluator: ['setTerms'],
  quorumEvaluator: ['setQuorumTerms', 'castVote'],
  milestoneEvaluator: ['setMilestoneTerms', 'approveMilestone', 'rejectMilestone'],
  arbitratedEvaluator: [
    'setArbitrationTerms',
    'lockStake',
    'acceptWork',
    'openDispute',
    'rule',
    'settleReview',
    'releaseBondAndStake',
  ],
  crowdPayout: ['setPayees', 'claimPayout', 'pushPayouts', 'claimRemainder'],
} as const

/** What people call on NEAR only, and what they call there by another name than Solidity's. */
export const nearUserMethods = {
  agents: ['accept_agent_wallet', 'nft_transfer'],
  parley: ['choose_token', 'mt_transfer'],
} as const

/** What moves tokens or lets others move them: on NEAR with one yoctoNEAR, which a function-call key cannot attach. */
export const oneYoctoMethods: readonly string[] = [
  'hire',
  'fund_from_ledger',
  'set_payee',
  'set_payees',
  'withdraw',
  'set_operator',
  'mt_transfer',
  'nft_transfer',
  'set_policy',
  'set_spend_limit',
  'set_counterparty',
  'confirm_spend',
  'lock_stake',
  'open_dispute',
]

const registries = ['agentRegistry', 'reputationRegistry', 'validationRegistry'] as const

/** Which of NEAR's two contracts has what this contract has in Solidity. Feedback that stands on a job is given to the escrow's. */
export function nearContractOf(contract: keyof typeof userMethods, method: string): 'agents' | 'parley' {
  const isRegistrys = registries.some((registry) => registry === contract)
  return isRegistrys && method !== 'giveBackedFeedback' && method !== 'hasFeedbackRight' ? 'agents' : 'parley'
}
