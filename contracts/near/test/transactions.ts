/** Sends transactions to a node in this process and tells what came of them, receipt by receipt. */
import {
  type Action,
  decodeSignedTransaction,
  type ExecutionOutcome,
  formatHash,
  formatKey,
  formatSecretKey,
  type Node,
  type SignedTransaction,
  signTransaction,
  type TransactionStatus,
} from '@parley/sandbox'
import { KeyPair, transactions, utils } from 'near-api-js'
import type { Deployer } from '../src/deployment.ts'
import type { Actor } from './actors.ts'

/** A transaction of which a receipt failed; the message is the first line of the first failure: `Name: details`. */
export class Failed extends Error {
  readonly status: TransactionStatus

  constructor(reason: string, status: TransactionStatus) {
    super(reason)
    this.status = status
  }
}

export interface Order {
  readonly signer: Actor
  readonly receiverId: string
  readonly actions: Action[]
}

/** Signs, sends, and produces blocks until nothing is on its way. Throws when the node refuses the transaction itself. */
export function transact(node: Node, order: Order): TransactionStatus {
  const [status] = transactTogether(node, [order])
  if (status === undefined) throw new Error('nothing was sent')
  return status
}

/** The same for several in one block, in this order: their receipts take turns. */
export function transactTogether(node: Node, orders: readonly Order[]): TransactionStatus[] {
  const nonces = new Map<Actor, bigint>()
  const sent = orders.map(({ signer, receiverId, actions }) => {
    const nonce = (nonces.get(signer) ?? lastNonce(node, signer)) + 1n
    nonces.set(signer, nonce)
    const transaction = {
      version: 0,
      signerId: signer.accountId,
      publicKey: signer.secretKey.publicKey,
      nonce: { kind: 'Nonce', nonce },
      receiverId,
      blockHash: node.latestBlock().hash,
      actions,
      nonceMode: 'Monotonic',
    } as const
    return submit(node, signTransaction(transaction, signer.secretKey))
  })
  node.settle()
  return sent.map((hash) => statusOf(node, hash))
}

/** Why the first receipt that failed did; undefined when none did. */
export function failureOf({ transactionOutcome, receiptOutcomes }: TransactionStatus): string | undefined {
  for (const outcome of [transactionOutcome, ...receiptOutcomes]) {
    if (outcome?.status.kind === 'Failure') return reasonOf(outcome.status.error)
  }
  return undefined
}

/** What near-api-js has built and signed, sent to a node in this process: deployments are tested as scripts do them. */
export function deployerOf(node: Node, signer: Actor): Deployer {
  const keyPair = KeyPair.fromString(formatSecretKey(signer.secretKey) as `ed25519:${string}`)
  const publicKey = utils.PublicKey.fromString(formatKey(signer.secretKey.publicKey))
  return {
    accountId: signer.accountId,
    async signAndSendTransaction({ receiverId, actions }) {
      const nonce = lastNonce(node, signer) + 1n
      const { hash } = node.latestBlock()
      const transaction = transactions.createTransaction(signer.accountId, publicKey, receiverId, nonce, actions, hash)
      const encoded = transaction.encode()
      const { signature } = keyPair.sign(await sha256(encoded))
      const signed = new transactions.SignedTransaction({
        transaction,
        signature: new transactions.Signature({ keyType: publicKey.keyType, data: signature }),
      })
      const sent = submit(node, decodeSignedTransaction(signed.encode()))
      node.settle()
      const status = statusOf(node, sent)
      const failure = failureOf(status)
      if (failure !== undefined) throw new Failed(failure, status)
    },
  }
}

/** A panic's first line, without what nearcore puts in front; everything else as JSON. */
function reasonOf(error: Extract<ExecutionOutcome['status'], { kind: 'Failure' }>['error']): string {
  const text = JSON.stringify(error)
  const panic = /"ExecutionError":("(?:[^"\\]|\\.)*")/.exec(text)?.[1]
  if (panic === undefined) return text
  const [line = ''] = (JSON.parse(panic) as string).split('\n')
  return line.replace('Smart contract panicked: ', '')
}

function submit(node: Node, signed: SignedTransaction): Uint8Array {
  const sent = node.sendTransaction(signed)
  if (sent.status === 'invalid') throw new Error(`the node refuses it: ${JSON.stringify(sent.error)}`)
  return sent.transactionHash
}

function statusOf(node: Node, hash: Uint8Array): TransactionStatus {
  const status = node.transactionStatus(hash)
  if (status === null) throw new Error(`the node forgot ${formatHash(hash)}`)
  return status
}

function lastNonce(node: Node, { accountId, secretKey }: Actor): bigint {
  const key = node.query({ kind: 'latest' })?.viewAccessKey(accountId, secretKey.publicKey)
  if (!key) throw new Error(`${accountId} has not this key`)
  return key.nonce
}

async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(bytes)))
}
