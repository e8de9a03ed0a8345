import { createHash } from 'node:crypto'
import { type KeyPair, transactions } from 'near-api-js'
import { type Actor, actionOf, type Call, type NearGround, nextNonce } from './near-ground.ts'

export interface Change {
  readonly nonce?: bigint
  readonly maxBlockHeight?: bigint
  readonly senderId?: string
  /** Signs it in the place of the key that is named in it. */
  readonly signer?: KeyPair
  /** In the place of the calls. */
  readonly actions?: readonly transactions.Action[]
}

/** A signed delegate action (NEP-366) as `POST /v1/transactions` takes it. */
export function signDelegate(
  { node }: Pick<NearGround, 'node'>,
  from: Actor,
  receiverId: string,
  calls: readonly Call[],
  change: Change = {},
): { readonly delegate: string } {
  return { delegate: Buffer.from(encodeDelegate({ node }, from, receiverId, calls, change)).toString('base64') }
}

function encodeDelegate(
  { node }: Pick<NearGround, 'node'>,
  from: Actor,
  receiverId: string,
  calls: readonly Call[],
  { signer = from.key, ...change }: Change,
): Uint8Array {
  const publicKey = from.key.getPublicKey()
  const delegateAction = {
    senderId: from.account,
    receiverId,
    actions: calls.map(actionOf),
    nonce: change.nonce ?? nextNonce(node, from),
    maxBlockHeight: node.latestBlock().height + 100n,
    publicKey,
    ...change,
  }
  const message = createHash('sha256')
    .update(transactions.encodeDelegateAction(delegateAction as never))
    .digest()
  const { keyType } = signer.getPublicKey()
  const signature = new transactions.Signature({ keyType, data: signer.sign(message).signature })
  return transactions.encodeSignedDelegate({ delegateAction, signature } as never)
}
