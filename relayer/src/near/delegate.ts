import { createHash } from 'node:crypto'
import { ParleyError } from '@parley/protocol'
import { parseAccount } from '@parley/service'
import { transactions, utils } from 'near-api-js'

/** What an account without gas has signed (NEP-366), as far as we pay for it: function calls of one contract. */
export interface Delegate {
  readonly senderId: string
  readonly receiverId: string
  readonly calls: readonly FunctionCall[]
  readonly nonce: bigint
  readonly maxBlockHeight: bigint
  readonly publicKey: utils.PublicKey
  /** `ed25519:…`, as nodes show it. */
  readonly signature: string
}

export interface FunctionCall {
  readonly methodName: string
  readonly args: Uint8Array
  readonly gas: bigint
  readonly deposit: bigint
}

/**
 * Reads a SignedDelegateAction and verifies its signature. Throws InputInvalid for anything but its one encoding, MethodNotSponsored for
 * other actions than function calls, SignatureInvalid.
 */
export function readDelegate(base64: string): Delegate {
  const signed = decode(base64)
  const { senderId, receiverId, actions, nonce, maxBlockHeight } = signed.delegateAction
  const publicKey = publicKeyOf(signed.delegateAction.publicKey)
  const signature = requireSignature(signed, publicKey)
  return {
    senderId: parseAccount(senderId, 'near', 'delegate.senderId'),
    receiverId: parseAccount(receiverId, 'near', 'delegate.receiverId'),
    calls: actions.map(functionCallOf),
    nonce,
    maxBlockHeight,
    publicKey,
    signature,
  }
}

/** The delegate action of a body as near-api-js encodes it, to be put into a transaction. */
export function delegateActionOf(base64: string): transactions.Action {
  return new transactions.Action({ signedDelegate: decode(base64) as never })
}

/** Whose delegate a body says it is, if it says so in a way that can be read. */
export function findSender(base64: string): string | undefined {
  try {
    return parseAccount(decode(base64).delegateAction.senderId, 'near', 'delegate.senderId')
  } catch {
    return undefined
  }
}

/** As near-api-js' schema gives it. */
interface SignedDelegate {
  readonly delegateAction: {
    readonly senderId: string
    readonly receiverId: string
    readonly actions: readonly Readonly<Record<string, unknown>>[]
    readonly nonce: bigint
    readonly maxBlockHeight: bigint
    readonly publicKey: KeyBytes
  }
  readonly signature: { readonly ed25519Signature?: Bytes; readonly secp256k1Signature?: Bytes }
}

interface Bytes {
  readonly data: readonly number[]
}

interface KeyBytes {
  readonly ed25519Key?: Bytes
  readonly secp256k1Key?: Bytes
}

const { serialize, deserialize, base_encode } = utils.serialize
const { KeyType } = utils.key_pair

function decode(base64: string): SignedDelegate {
  const bytes = Buffer.from(base64, 'base64')
  try {
    const schema = transactions.SCHEMA.SignedDelegate
    const signed = deserialize(schema, bytes) as unknown as SignedDelegate
    // One value, one text: what follows the end, or is written in a longer way, is not what was signed.
    if (Buffer.from(serialize(schema, signed)).toString('base64') === base64) return signed
  } catch (cause) {
    throw new ParleyError('InputInvalid', 'delegate: is no SignedDelegateAction in Borsh', { field: 'delegate', cause })
  }
  throw new ParleyError('InputInvalid', 'delegate: has bytes that do not belong to it', { field: 'delegate' })
}

function publicKeyOf({ ed25519Key, secp256k1Key }: KeyBytes): utils.PublicKey {
  if (ed25519Key) return new utils.PublicKey({ keyType: KeyType.ED25519, data: Uint8Array.from(ed25519Key.data) })
  return new utils.PublicKey({ keyType: KeyType.SECP256K1, data: Uint8Array.from(secp256k1Key?.data ?? []) })
}

/** What is signed is SHA-256 of a prefix (NEP-461) and the action. */
function requireSignature({ delegateAction, signature }: SignedDelegate, publicKey: utils.PublicKey): string {
  const message = createHash('sha256')
    .update(transactions.encodeDelegateAction(delegateAction as never))
    .digest()
  const isEd25519 = publicKey.keyType === KeyType.ED25519
  const data = (isEd25519 ? signature.ed25519Signature : signature.secp256k1Signature)?.data
  if (data === undefined || !isSignedBy(publicKey, message, Uint8Array.from(data)))
    throw new ParleyError('SignatureInvalid', `delegate: is not signed by ${publicKey}`, { field: 'delegate' })
  return `${isEd25519 ? 'ed25519' : 'secp256k1'}:${base_encode(Uint8Array.from(data))}`
}

function isSignedBy(publicKey: utils.PublicKey, message: Uint8Array, signature: Uint8Array): boolean {
  try {
    return publicKey.verify(message, signature)
  } catch {
    // Not even a point on the curve.
    return false
  }
}

function functionCallOf(action: Readonly<Record<string, unknown>>, at: number): FunctionCall {
  const [kind] = Object.keys(action)
  if (kind !== 'functionCall') {
    const field = `delegate.actions.${at}`
    throw new ParleyError('MethodNotSponsored', `${field}: ${kind} is not sponsored, function calls are`, { field })
  }
  const { methodName, args, gas, deposit } = action.functionCall as FunctionCall
  return { methodName, args: Uint8Array.from(args), gas, deposit }
}
