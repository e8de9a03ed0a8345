import type { Action } from '../../primitives/action.ts'
import type { SecretKey } from '../../primitives/signing.ts'
import { secretKeyFromSeed } from '../../primitives/signing.ts'
import { type SignedTransaction, signTransaction } from '../../primitives/transaction.ts'
import { createNode } from '../node.ts'
import type { Node, NodeOptions, TransactionStatus } from '../types.ts'

/** An account of the tests: its name says its key. */
export interface Actor {
  readonly accountId: string
  readonly secretKey: SecretKey
}

export const ALICE = actor('alice.near')
export const BOB = actor('bob.near')
export const CAROL = actor('carol.near')
export const NEAR_ROOT = actor('near')

export const NEAR = 10n ** 24n
export const TGAS = 10n ** 12n

/** One second after another, from a fixed start. */
export const GENESIS_TIME = 1_700_000_000n * 1_000_000_000n

export function actor(accountId: string): Actor {
  const seed = Buffer.alloc(32)
  seed.write(accountId)
  return { accountId, secretKey: secretKeyFromSeed(seed) }
}

export function testNode(options: NodeOptions = {}): Node {
  let now = GENESIS_TIME
  const clock = () => {
    now += 1_000_000_000n
    return now
  }
  const genesisAccounts = [ALICE, BOB, CAROL, NEAR_ROOT].map(({ accountId, secretKey }) => {
    return { accountId, amount: 1_000n * NEAR, publicKeys: [secretKey.publicKey] }
  })
  return createNode({ clock, genesisTimestampNanoseconds: GENESIS_TIME, genesisAccounts, ...options })
}

/** A transaction with the signer's next nonce and the newest block. */
export function sign(
  node: Node,
  signer: Actor,
  receiverId: string,
  actions: Action[],
  options: { nonce?: bigint; secretKey?: SecretKey } = {},
): SignedTransaction {
  const secretKey = options.secretKey ?? signer.secretKey
  const nonce = options.nonce ?? nextNonce(node, signer.accountId, secretKey)
  return signTransaction(
    {
      version: 0,
      signerId: signer.accountId,
      publicKey: secretKey.publicKey,
      nonce: { kind: 'Nonce', nonce },
      receiverId,
      blockHash: node.latestBlock().hash,
      actions,
      nonceMode: 'Monotonic',
    },
    secretKey,
  )
}

/** Sends and settles. Throws if the transaction is refused. */
export function send(node: Node, signer: Actor, receiverId: string, actions: Action[]): TransactionStatus {
  const sent = node.sendTransaction(sign(node, signer, receiverId, actions))
  if (sent.status === 'invalid') throw new Error(`refused: ${JSON.stringify(sent.error)}`)
  const status = node.transactionStatus(sent.transactionHash)
  if (!status) throw new Error('the node forgot the transaction')
  return status
}

export function call(
  methodName: string,
  args: object = {},
  { gas = 100n * TGAS, deposit = 0n }: { gas?: bigint; deposit?: bigint } = {},
): Action {
  return { kind: 'FunctionCall', methodName, args: Buffer.from(JSON.stringify(args)), gas, deposit }
}

export function balanceOf(node: Node, accountId: string): bigint {
  return node.query({ kind: 'latest' })?.viewAccount(accountId)?.amount ?? 0n
}

/** All tokens on accounts, locked ones too. */
export function sumOfBalances(node: Node, accountIds: readonly string[]): bigint {
  const state = node.query({ kind: 'latest' })
  return accountIds.reduce((sum, accountId) => {
    const account = state?.viewAccount(accountId)
    return sum + (account ? account.amount + account.locked : 0n)
  }, 0n)
}

function nextNonce(node: Node, accountId: string, { publicKey }: SecretKey): bigint {
  return (node.query({ kind: 'latest' })?.viewAccessKey(accountId, publicKey)?.nonce ?? 0n) + 1n
}
