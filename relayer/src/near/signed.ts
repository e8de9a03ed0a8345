import { createHash } from 'node:crypto'
import { type KeyPair, transactions, utils } from 'near-api-js'
import type { SignedTransaction } from '../chain.ts'
import { signerOf } from './keys.ts'

const { base_decode, base_encode, deserialize } = utils.serialize

export interface TransactionTerms {
  readonly account: string
  readonly key: KeyPair
  readonly nonce: bigint
  readonly to: string
  /** A recent block, in base58. */
  readonly blockHash: string
  readonly actions: readonly transactions.Action[]
}

/** A transaction in Borsh, as base64, and its hash, in base58. */
export function signTransaction({ account, key, nonce, to, blockHash, actions }: TransactionTerms): SignedTransaction {
  const publicKey = key.getPublicKey()
  const transaction = transactions.createTransaction(
    account,
    publicKey,
    to,
    nonce,
    [...actions],
    base_decode(blockHash),
  )
  const hash = createHash('sha256').update(transactions.encodeTransaction(transaction)).digest()
  const signature = new transactions.Signature({ keyType: publicKey.keyType, data: key.sign(hash).signature })
  const raw = transactions.encodeTransaction(new transactions.SignedTransaction({ transaction, signature }))
  return {
    hash: base_encode(hash),
    signer: signerOf(account, publicKey.toString()),
    nonce,
    raw: Buffer.from(raw).toString('base64'),
  }
}

/** The block that a transaction of ours names, in base58. */
export function blockHashOf(raw: string): string {
  const signed = deserialize(transactions.SCHEMA.SignedTransaction, Buffer.from(raw, 'base64')) as unknown as {
    readonly transaction: { readonly blockHash: readonly number[] }
  }
  return base_encode(Uint8Array.from(signed.transaction.blockHash))
}
