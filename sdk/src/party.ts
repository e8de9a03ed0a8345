import type { Deployment } from '@parley/evm'
import type { Call, Hex } from '@parley/protocol'
import type { LocalAccount, PublicClient } from 'viem'
import { createNonces, type SignedForwardRequest, signForwardRequest } from './forward-request.ts'
import type { RelayedRequest, Relayer } from './relayer.ts'

export interface PartyOptions {
  readonly account: LocalAccount
  /** Reads the chain; sends nothing. */
  readonly reader: PublicClient
  readonly deployment: Deployment
  readonly relayer: Relayer
}

/** Somebody with a key and without gas: what it signs, the relayer sends. */
export interface Party extends PartyOptions {
  /** Lower-case. */
  readonly address: Hex
  /** Signs calls that may use `gas`, good for an hour of the chain's time. */
  readonly sign: (calls: readonly Call[], gas: bigint) => Promise<SignedForwardRequest>
  /** Signs, and resolves when it has happened on chain. Throws the refusal or the failure, a ParleyError. */
  readonly perform: (calls: readonly Call[], gas: bigint) => Promise<RelayedRequest>
}

const REQUEST_SECONDS = 3600n

/** Gives an account what it takes to act through a relayer. */
export function createParty(options: PartyOptions): Party {
  const { account, reader, deployment, relayer } = options
  const nonces = createNonces()
  const sign = async (calls: readonly Call[], gas: bigint) => {
    const { timestamp } = await reader.getBlock()
    const { chainId, forwarder } = deployment
    const deadline = timestamp + REQUEST_SECONDS
    return signForwardRequest({ account, chainId, forwarder, calls, gas, nonce: nonces.next().value, deadline })
  }
  const perform = async (calls: readonly Call[], gas: bigint) => relayer.perform('transactions', await sign(calls, gas))
  return { ...options, address: account.address.toLowerCase() as Hex, sign, perform }
}

/**
 * An argument of an event that a request's transaction emitted, the last of its name: what others did in the same transaction stands
 * before it. Throws when there is none.
 */
export function eventArgument({ transaction, events }: RelayedRequest, event: string, name: string): string {
  const value = events?.findLast((emitted) => emitted.name === event)?.args[name]
  if (value === undefined) throw new Error(`transaction ${transaction} has no ${event} event with ${name}`)
  return value
}
