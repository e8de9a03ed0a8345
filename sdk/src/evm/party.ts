import { type Deployment, jobEscrowAbi } from '@parley/evm'
import type { Call, Hex } from '@parley/protocol'
import { getAddress, type LocalAccount, type PublicClient } from 'viem'
import { type JobTerms, type Party, performSteps, type Steps } from '../party.ts'
import type { Relayer } from '../relayer.ts'
import { claimRefundCalls, hireCalls, registerCalls, signPermit, stepGas, submitCalls } from './calls.ts'
import { createNonces, type SignedForwardRequest, signForwardRequest } from './forward-request.ts'
import { createEvmVoice } from './market.ts'

export interface EvmPartyOptions {
  readonly account: LocalAccount
  /** Reads the chain; sends nothing. */
  readonly reader: PublicClient
  readonly deployment: Deployment
  readonly relayer: Relayer
}

export interface EvmParty extends Party {
  readonly address: Hex
  readonly sign: Steps<SignedForwardRequest>
  /** Signs any calls, which may use `gas`; good for an hour of the chain's time. */
  readonly signCalls: (calls: readonly Call[], gas: bigint) => Promise<SignedForwardRequest>
}

/** For how long a signature of ours is good. */
const GOOD_FOR_SECONDS = 3600n

/** Gives an account of an EVM chain what it takes to act through a relayer: it signs forward requests. */
export function createEvmParty({ account, reader, deployment, relayer }: EvmPartyOptions): EvmParty {
  const { chainId, forwarder, jobEscrow, enclaveEvaluator: evaluator } = deployment
  const address = account.address.toLowerCase() as Hex
  const nonces = createNonces()

  const now = async () => (await reader.getBlock()).timestamp
  const signCalls = async (calls: readonly Call[], gas: bigint) => {
    const deadline = (await now()) + GOOD_FOR_SECONDS
    return signForwardRequest({ account, chainId, forwarder, calls, gas, nonce: nonces.next().value, deadline })
  }
  const signHire = async (terms: JobTerms) => {
    const token = getAddress(terms.token)
    const deadline = (await now()) + GOOD_FOR_SECONDS
    const { amountAtoms } = terms
    const permit = await signPermit(reader, account, { token, spender: jobEscrow, amountAtoms, deadline })
    return signCalls(hireCalls(deployment, terms, permit), stepGas.hire)
  }
  const sign: Steps<SignedForwardRequest> = {
    register: (agentURI, metadata) => signCalls(registerCalls(deployment, agentURI, metadata), stepGas.register),
    hire: signHire,
    submit: (jobId, deliverable) => signCalls(submitCalls(deployment, jobId, deliverable), stepGas.submit),
    claimRefund: (jobId) => signCalls(claimRefundCalls(deployment, jobId), stepGas.claimRefund),
  }

  const nextJobId = async (): Promise<Hex> => {
    const escrow = { address: jobEscrow, abi: jobEscrowAbi } as const
    const id = await reader.readContract({ ...escrow, functionName: 'nextJobId', args: [address] })
    return `0x${id.toString(16).padStart(64, '0')}`
  }
  const steps = performSteps(sign, async (signed) => relayer.perform('transactions', await signed()))
  const market = createEvmVoice(account, { chainId, verifyingContract: jobEscrow })
  return { ...steps, chain: `eip155:${chainId}`, address, now, nextJobId, sign, signCalls, evaluator, market }
}
