import type { Hex } from '@parley/protocol'
import type { Act } from '../actions.ts'
import type { Answer, ViewName } from '../arguments.ts'
import type { Hiring } from '../hiring.ts'
import { type Party, type Read, type SignedRequest, type Steps, stepsOf } from '../party.ts'
import type { RelayedRequest, Relayer } from '../relayer.ts'
import { callOf, callsOf, fromLedger, type NearContracts, tokenId } from './calls.ts'
import { decodeAnswer, encodeCall } from './codec.ts'
import { type ContractCalls, createDelegateSigner, type NearSecretKey } from './delegate.ts'
import { createNearVoice } from './market.ts'
import type { NearReader } from './rpc.ts'
import { createNearWallets } from './wallets.ts'

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
  const { parley } = deployment
  const chain = `near:${deployment.chainId}`
  const signDelegate = createDelegateSigner(accountId, secretKey, reader)

  const read = (async (name: ViewName, args: { readonly hiring?: Hiring }) => {
    const hiring = args.hiring && { hiring: fromLedger(args.hiring, args.hiring.client ?? accountId) }
    const asked = encodeCall(deployment, name, { ...args, ...hiring })
    return decodeAnswer(name, await reader.view(asked.contract, asked.method, asked.args))
  }) as Read

  const caller = {
    accountId,
    contracts: deployment,
    getJob: (jobId: Hex): Promise<Answer<'getJob'>> => read('getJob', { jobId }),
  }
  const signCalls = async (calls: ContractCalls) => ({ chain, delegate: await signDelegate(calls) })
  const sign: Act<SignedDelegate> = async (name, args) => signCalls(await callsOf(caller, name, args))

  // One is handed in when the one before it was promised: a nonce that a later one has overtaken is lost.
  let previous: Promise<unknown> = Promise.resolve()
  const perform = async (signed: () => Promise<SignedRequest>): Promise<RelayedRequest> => {
    const accepted = previous.then(async () => relayer.accept('transactions', await signed()))
    previous = accepted.catch(() => {})
    return relayer.outcomeOf((await accepted).id)
  }
  const act: Act<RelayedRequest> = (name, args) => perform(() => sign(name, args))

  const now = () => reader.now()
  const nextJobId = () => reader.view<Hex>(parley, 'next_job_id', { client: accountId })
  const balanceOf = async (token: string, owner = accountId) => {
    const asked = { account_id: owner, token_id: tokenId(token) }
    return BigInt(await reader.view<string>(parley, 'mt_balance_of', asked))
  }
  const registry = (method: string, args: object) => perform(() => signCalls(callOf(deployment.agents, method, args)))

  return {
    ...stepsOf(act),
    chain,
    address: accountId,
    now,
    nextJobId,
    sign: stepsOf(sign),
    signCalls,
    read,
    balanceOf,
    evaluator: parley,
    evaluators: { enclave: parley, quorum: parley, milestones: parley, arbitration: parley },
    crowdPayee: parley,
    wallets: createNearWallets(accountId, { now, registry }),
    market: createNearVoice(secretKey, deployment),
  }
}
