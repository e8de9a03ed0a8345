import * as contracts from '../generated/contracts.ts'

const abi = [
  ...contracts.forwarderAbi,
  ...contracts.agentRegistryAbi,
  ...contracts.reputationRegistryAbi,
  ...contracts.validationRegistryAbi,
  ...contracts.enclaveRegistryAbi,
  ...contracts.jobEscrowAbi,
  ...contracts.enclaveEvaluatorAbi,
  ...contracts.ledgerAbi,
  ...contracts.guardrailsAbi,
  ...contracts.quorumEvaluatorAbi,
  ...contracts.milestoneEvaluatorAbi,
  ...contracts.arbitratedEvaluatorAbi,
  ...contracts.crowdPayoutAbi,
  ...contracts.demoDollarAbi,
]

/** Every event of our contracts, and those that they inherit. */
export const eventAbi = abi.filter((item) => item.type === 'event')

/** Every error of our contracts, and those that come through them from libraries and tokens. */
export const errorAbi = [...abi, ...contracts.timelockControllerAbi].filter((item) => item.type === 'error')

/** What people call, by the names that a deployment has for the contracts. */
export const userAbis = {
  agentRegistry: contracts.agentRegistryAbi,
  reputationRegistry: contracts.reputationRegistryAbi,
  validationRegistry: contracts.validationRegistryAbi,
  ledger: contracts.ledgerAbi,
  guardrails: contracts.guardrailsAbi,
  jobEscrow: contracts.jobEscrowAbi,
  enclaveEvaluator: contracts.enclaveEvaluatorAbi,
  quorumEvaluator: contracts.quorumEvaluatorAbi,
  milestoneEvaluator: contracts.milestoneEvaluatorAbi,
  arbitratedEvaluator: contracts.arbitratedEvaluatorAbi,
  crowdPayout: contracts.crowdPayoutAbi,
} as const
