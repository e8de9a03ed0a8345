import { type AccountId, accountIdCodec } from './account-id.ts'
import { type Action, actionCodec, type TransactionNonce, transactionNonceCodec } from './action.ts'
import { BorshError, type Codec, decode, encode } from './borsh.ts'
import { oneOf, struct, u64, vec } from './codecs.ts'
import { type CryptoHash, cryptoHashCodec, sha256 } from './hash.ts'
import { type PublicKey, publicKeyCodec, type Signature, signatureCodec } from './public-key.ts'
import { type SecretKey, signMessage } from './signing.ts'

/** Version 0, which every wallet sends, and version 1, which adds gas keys (NEP-611) and strict nonces. */
export type Transaction = {
  version: 0 | 1
  signerId: AccountId
  publicKey: PublicKey
  nonce: TransactionNonce
  receiverId: AccountId
  /** A recent block: the transaction is valid for `transaction_validity_period` blocks after it. */
  blockHash: CryptoHash
  actions: Action[]
  /** Strict: the nonce must be the key's plus one. */
  nonceMode: 'Monotonic' | 'Strict'
}

/** A transaction with its signature; `hash` is what was signed and the transaction's id, `size` its bytes on the wire. */
export type SignedTransaction = { transaction: Transaction; signature: Signature; hash: CryptoHash; size: number }

const common = {
  receiverId: accountIdCodec,
  blockHash: cryptoHashCodec,
  actions: vec(actionCodec),
}

const v0Codec = struct({ signerId: accountIdCodec, publicKey: publicKeyCodec, nonce: u64, ...common })

const v1Codec = struct({
  signerId: accountIdCodec,
  publicKey: publicKeyCodec,
  nonce: transactionNonceCodec,
  ...common,
  nonceMode: oneOf('Monotonic', 'Strict'),
})

/**
 * A transaction of either version (nearcore's core/primitives/src/transaction.rs). Version 0 begins with the length of
 * the signer's name, whose second byte is 0; version 1 with the byte 1 and then that length, which is never 0.
 */
export const transactionCodec: Codec<Transaction> = {
  write(writer, transaction) {
    if (transaction.version === 0) {
      v0Codec.write(writer, { ...transaction, nonce: transaction.nonce.nonce })
      return
    }
    writer.u8(1)
    v1Codec.write(writer, transaction)
  },
  read(reader) {
    if (reader.peek(1) === 0) {
      const { nonce, ...fields } = v0Codec.read(reader)
      return { version: 0, ...fields, nonce: { kind: 'Nonce', nonce }, nonceMode: 'Monotonic' }
    }
    const tag = reader.u8()
    if (tag !== 1) throw new BorshError(`invalid transaction version tag: ${tag}`)
    return { version: 1, ...v1Codec.read(reader) }
  },
}

const signedCodec = struct({ transaction: transactionCodec, signature: signatureCodec })

/** The signed transaction that these bytes hold. Throws a BorshError. */
export function decodeSignedTransaction(bytes: Uint8Array): SignedTransaction {
  const { transaction, signature } = decode(signedCodec, bytes)
  return { transaction, signature, hash: transactionHash(transaction), size: bytes.length }
}

export function encodeSignedTransaction(signed: SignedTransaction): Uint8Array {
  return encode(signedCodec, signed)
}

/** sha256(borsh(transaction)): the id, and what is signed. */
export function transactionHash(transaction: Transaction): CryptoHash {
  return sha256(encode(transactionCodec, transaction))
}

export function signTransaction(transaction: Transaction, secretKey: SecretKey): SignedTransaction {
  const encoded = encode(transactionCodec, transaction)
  const hash = sha256(encoded)
  const signature = signMessage(secretKey, hash)
  return { transaction, signature, hash, size: encoded.length + 1 + signature.bytes.length }
}
