import {
  type Call,
  ForwardRequest,
  type Hex,
  type Json,
  toJson,
  typedDataDomain,
  typedDataTypes,
} from '@parley/protocol'
import type { LocalAccount } from 'viem'
import type { SignedRequest } from '../party.ts'

export interface Forwarding {
  readonly account: LocalAccount
  readonly chainId: number
  readonly forwarder: Hex
  readonly calls: readonly Call[]
  /** What the calls may use, in gas. What they do not use costs nobody anything. */
  readonly gas: bigint
  /** Any 256-bit number that the account has not used. See `createNonces`. */
  readonly nonce: bigint
  /** Seconds; until when the request may be sent. An hour from now unless given. */
  readonly deadline?: bigint
}

/** The body of `POST /v1/transactions` for an EVM chain. */
export interface SignedForwardRequest extends SignedRequest {
  readonly request: { readonly [name: string]: Json }
  readonly signature: Hex
}

/** Signs calls for somebody else to send and pay for (EIP-712). */
export async function signForwardRequest(forwarding: Forwarding): Promise<SignedForwardRequest> {
  const { account, chainId, calls, gas, nonce, deadline = BigInt(Math.floor(Date.now() / 1000) + 3600) } = forwarding
  const from = account.address.toLowerCase() as Hex
  const message: ForwardRequest = { from, calls, gas, nonce, deadline }
  const signature = await account.signTypedData({
    domain: typedDataDomain({ chainId, verifyingContract: forwarding.forwarder }),
    types: typedDataTypes(ForwardRequest),
    primaryType: 'ForwardRequest',
    message: { ...message },
  })
  return { chain: `eip155:${chainId}`, request: toJson(ForwardRequest, message), signature }
}

/**
 * Nonces for one process: 256 to a storage word, so that all but the first of them are cheap, from a random word, so that two processes of the
 * same account do not meet.
 */
export function* createNonces(): Generator<bigint, never> {
  for (;;) {
    let word = 0n
    for (const byte of crypto.getRandomValues(new Uint8Array(31))) word = (word << 8n) | BigInt(byte)
    for (let bit = 0n; bit < 256n; bit++) yield (word << 8n) | bit
  }
}
