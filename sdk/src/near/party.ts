import type { Hex } from '@parley/protocol'
import { type Party, performSteps, type SignedRequest, type Steps } from '../party.ts'
import type { RelayedRequest, Relayer } from '../relayer.ts'
import { claimRefundCall, hireCall, type NearContracts, registerCall, submitCall } from './calls.ts'
import { type ContractCalls, createDelegateSigner, type NearSecretKey } from './delegate.ts'
import { createNearVoice } from './market.ts'
import type { NearReader } from './rpc.ts'

export interface NearPartyOptions {
  readonly accountId: string
  /** A full access key of the account, ed25519. One party a key: two would use the same nonces. */
  readonly secretKey: NearSecretKey
  /** Reads the chain; sends nothing. */
  readonly reader: NearReader
  readonly deployment: NearContracts
  readonly relayer: Relayer
}

export interface NearParty extends Party {
  /** Signs any calls of one contract; good for about an hour. */
  readonly signCalls: (calls: ContractCalls) => Promise<SignedDelegate>
  readonly sign: Steps<SignedDelegate>
}

/** The body of `POST /v1/transactions` for NEAR. */
export interface SignedDelegate extends SignedRequest {
  /** SignedDelegateAction (NEP-366) in borsh, as base64. */
  readonly delegate: string
}

/** Gives an account of NEAR what it takes to act through a relayer: it signs delegate actions. */
export function createNearParty(options: NearPartyOptions): NearParty {
  const { accountId, secretKey, reader, deployment, relayer } = options
  const chain = `near:${deployment.chainId}`
  const signDelegate = createDelegateSigner(accountId, secretKey, reader)

  const signCalls = async (calls: ContractCalls) => ({ chain, delegate: await signDelegate(calls) })
  const sign: Steps<SignedDelegate> = {
    register: (agentURI, metadata) => signCalls(registerCall(deployment, agentURI, metadata)),
    hire: (terms) => signCalls(hireCall(deployment, terms)),
    submit: (jobId, deliverable) => signCalls(submitCall(deployment, jobId, deliverable)),
    claimRefund: (jobId) => signCalls(claimRefundCall(deployment, jobId)),
  }

  // One is handed in when the one before it was promised: a nonce that a later one has overtaken is lost.
  let previous: Promise<unknown> = Promise.resolve()
  const perform = async (signed: () => Promise<SignedRequest>): Promise<RelayedRequest> => {
    const accepted = previous.then(async () => relayer.accept('transactions', await signed()))
    previous = accepted.catch(() => {})
    return relayer.outcomeOf((await accepted).id)
  }

  const now = () => reader.now()
  const nextJobId = () => reader.view<Hex>(deployment.parley, 'next_job_id', { client: accountId })
  const market = createNearVoice(secretKey, deployment)
  const evaluator = deployment.parley
  return {
    ...performSteps(sign, perform),
    chain,
    address: accountId,
    now,
    nextJobId,
    sign,
    signCalls,
    evaluator,
    market,
  }
}
