/** The calls of each step of a job, ready to be signed as a delegate action. */
import { type Hex, observabilityLevels } from '@parley/protocol'
import type { JobTerms } from '../party.ts'
import type { ContractCalls } from './delegate.ts'

/** Where Parley's contracts are on one NEAR chain: what a party must know of a deployment. */
export interface NearContracts {
  /** As NEAR names it: `localnet`, `testnet`, `mainnet`. */
  readonly chainId: string
  readonly agents: string
  readonly parley: string
}

const TERAGAS = 10n ** 12n

/** What the calls of each step may use, with all the calls that follow from them. */
const stepGas = {
  register: 50n * TERAGAS,
  hire: 250n * TERAGAS,
  submit: 100n * TERAGAS,
  claimRefund: 100n * TERAGAS,
} as const

/** Tokens want it as a sign that a key of full access has signed (NEP-141). */
const ONE_YOCTO = 1n

/** Registers the signer as owner of a new agent (ERC-8004). */
export function registerCall(
  { agents }: NearContracts,
  agentURI: string,
  metadata: Readonly<Record<string, Hex>> = {},
): ContractCalls {
  const entries = Object.entries(metadata).map(([metadata_key, metadata_value]) => ({ metadata_key, metadata_value }))
  const args = { agent_uri: agentURI, metadata: entries }
  return { receiverId: agents, calls: [{ method: 'register', args, gas: stepGas.register }] }
}

/** Hands the budget to the escrow, together with the job that it is for: the token gives it back when there is no such job. */
export function hireCall({ parley }: NearContracts, job: JobTerms): ContractCalls {
  const hire = {
    job_id: job.jobId,
    provider: job.provider,
    provider_agent_id: String(job.agentId),
    expired_at: String(job.expiredAt),
    description: job.description,
    terms: {
      enclave: {
        body_hash: job.bodyHash,
        workload: job.workload,
        observability: String(observabilityLevels.indexOf(job.observability)),
      },
    },
  }
  const args = { receiver_id: parley, amount: String(job.amountAtoms), msg: JSON.stringify({ hire }) }
  return {
    receiverId: job.token,
    calls: [{ method: 'ft_transfer_call', args, gas: stepGas.hire, deposit: ONE_YOCTO }],
  }
}

/** The provider says that the work is done. `deliverable` is its hash. */
export function submitCall({ parley }: NearContracts, jobId: Hex, deliverable: Hex): ContractCalls {
  const args = { job_id: jobId, deliverable }
  return { receiverId: parley, calls: [{ method: 'submit', args, gas: stepGas.submit }] }
}

/** Returns the budget of an expired job to its client. */
export function claimRefundCall({ parley }: NearContracts, jobId: Hex): ContractCalls {
  return { receiverId: parley, calls: [{ method: 'claim_refund', args: { job_id: jobId }, gas: stepGas.claimRefund }] }
}
