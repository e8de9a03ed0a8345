import type { Deployer } from '@parley/near'
import { decodeSignedTransaction, formatHash, type Node, parsePublicKey, type TransactionStatus } from '@parley/sandbox'
import { KeyPair, transactions } from 'near-api-js'
import { sha256 } from 'viem'

/**
 * An account at a node in this process. What it sends has happened when the call returns: no other sender of the same key can come between.
 * Throws when the transaction, or any receipt that follows from it, fails.
 */
export function createNearSigner(node: Node, accountId: string, secretKey: string): Deployer {
  const key = KeyPair.fromString(secretKey as `ed25519:${string}`)
  const publicKey = key.getPublicKey()

  return {
    accountId,
    async signAndSendTransaction({ receiverId, actions }) {
      const known = node.query({ kind: 'latest' })?.viewAccessKey(accountId, parsePublicKey(publicKey.toString()))
      const nonce = (known?.nonce ?? 0n) + 1n
      const { hash: recent } = node.latestBlock()
      const transaction = transactions.createTransaction(accountId, publicKey, receiverId, nonce, actions, recent)
      const hash = sha256(transactions.encodeTransaction(transaction), 'bytes')
      const signature = new transactions.Signature({ keyType: publicKey.keyType, data: key.sign(hash).signature })
      const signed = new transactions.SignedTransaction({ transaction, signature })

      const sent = node.sendTransaction(decodeSignedTransaction(signed.encode()))
      if (sent.status === 'invalid') throw new Error(`the NEAR node refuses a transaction: ${inWords(sent.error)}`)
      requireSuccess(node.transactionStatus(hash))
    },
  }
}

function requireSuccess(status: TransactionStatus | null): void {
  if (status === null) throw new Error('the NEAR node has lost a transaction')
  const outcomes = [status.transactionOutcome, ...status.receiptOutcomes]
  for (const outcome of outcomes) {
    if (outcome?.status.kind !== 'Failure') continue
    throw new Error(`${formatHash(outcome.id)} failed on ${outcome.executorId}: ${inWords(outcome.status.error)}`)
  }
}

function inWords(error: unknown): string {
  return JSON.stringify(error, (_name, value) => (typeof value === 'bigint' ? String(value) : value))
}
