import { KeyPair, transactions } from 'near-api-js'
import { sha256 } from 'viem'
import { toBase64 } from './base64.ts'
import type { NearReader } from './rpc.ts'

/** `ed25519:` and base58, as NEAR's tools write it. */
export type NearSecretKey = Parameters<typeof KeyPair.fromString>[0]

/** A call of one method of a contract. */
interface ContractCall {
  readonly method: string
  readonly args: object
  /** What the call, and what it calls in turn, may use. */
  readonly gas: bigint
  /** Tokens in yoctoNEAR that go with the call; none unless given. */
  readonly deposit?: bigint
}

/** Calls of one contract: a delegate action has one receiver. */
export interface ContractCalls {
  readonly receiverId: string
  readonly calls: readonly ContractCall[]
}

/** An hour of blocks at NEAR's pace, 0.6 seconds each. */
const GOOD_FOR_BLOCKS = 6_000n

/**
 * Signs calls for somebody else to send and pay for: a SignedDelegateAction (NEP-366) in borsh, as base64. Nonces only rise, also before
 * what was signed is on chain; what is signed later must not overtake what was signed before, which would then be lost.
 */
export function createDelegateSigner(accountId: string, secretKey: NearSecretKey, reader: NearReader) {
  const key = KeyPair.fromString(secretKey)
  const publicKey = key.getPublicKey()
  let lastNonce = 0n

  return async ({ receiverId, calls }: ContractCalls): Promise<string> => {
    const known = await reader.accessKey(accountId, publicKey.toString())
    lastNonce = (known.nonce > lastNonce ? known.nonce : lastNonce) + 1n
    const delegateAction = {
      senderId: accountId,
      receiverId,
      actions: calls.map(({ method, args, gas, deposit = 0n }) =>
        transactions.functionCall(method, args, gas, deposit),
      ),
      nonce: lastNonce,
      maxBlockHeight: known.blockHeight + GOOD_FOR_BLOCKS,
      publicKey,
    }
    const hash = sha256(transactions.encodeDelegateAction(delegateAction), 'bytes')
    const signature = new transactions.Signature({ keyType: publicKey.keyType, data: key.sign(hash).signature })
    return toBase64(transactions.encodeSignedDelegate({ delegateAction, signature }))
  }
}
