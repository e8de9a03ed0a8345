import {
  type Action,
  encodeSignedTransaction,
  formatHash,
  formatKey,
  parseHash,
  type SecretKey,
  type SignedTransaction,
  secretKeyFromSeed,
  sha256,
  signTransaction,
  type Transaction,
} from '../src/primitives/index.ts'
import type { SandboxProcess } from './sandbox-process.ts'

export const NEAR = 10n ** 24n

/** An account with the key that signs for it. */
export type Actor = { accountId: string; secretKey: SecretKey }

/** A key that is the same in every run. */
export function keyOf(name: string): SecretKey {
  return secretKeyFromSeed(sha256(Buffer.from(name)))
}

/** A transaction of the actor's, signed, with the next nonce; `changes` are made before it is signed. */
export async function signed(
  sandbox: SandboxProcess,
  { accountId, secretKey }: Actor,
  receiverId: string,
  actions: Action[],
  changes: Partial<Transaction> = {},
): Promise<SignedTransaction> {
  const block = await sandbox.call('block', { finality: 'final' })
  const transaction: Transaction = {
    version: 0,
    signerId: accountId,
    publicKey: secretKey.publicKey,
    nonce: { kind: 'Nonce', nonce: (await nonceOf(sandbox, { accountId, secretKey })) + 1n },
    receiverId,
    blockHash: parseHash(block.header.hash),
    actions,
    nonceMode: 'Monotonic',
    ...changes,
  }
  return signTransaction(transaction, secretKey)
}

/** The nonce of the actor's key; 0 when there is none. */
export async function nonceOf(sandbox: SandboxProcess, { accountId, secretKey }: Actor): Promise<bigint> {
  const public_key = formatKey(secretKey.publicKey)
  const query = { request_type: 'view_access_key', account_id: accountId, public_key, finality: 'final' }
  const { body } = await sandbox.post(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'query', params: query }))
  const { nonce } = (body.result ?? {}) as { nonce?: number }
  return BigInt(nonce ?? 0)
}

/** Sends and gives the result. Throws what the node refuses. */
export function send(sandbox: SandboxProcess, transaction: SignedTransaction, wait_until = 'EXECUTED_OPTIMISTIC') {
  return sandbox.call('send_tx', { signed_tx_base64: base64(transaction), wait_until })
}

/** Signs, sends and gives the result. */
export async function act(sandbox: SandboxProcess, actor: Actor, receiverId: string, actions: Action[]) {
  return send(sandbox, await signed(sandbox, actor, receiverId, actions))
}

/** Makes `<name>.test.near` with this balance. */
export async function createActor(sandbox: SandboxProcess, name: string, deposit: bigint): Promise<Actor> {
  const actor = { accountId: `${name}.test.near`, secretKey: keyOf(name) }
  const accessKey = { nonce: 0n, permission: { kind: 'FullAccess' } } as const
  const result = await act(sandbox, rootOf(sandbox), actor.accountId, [
    { kind: 'CreateAccount' },
    { kind: 'Transfer', deposit },
    { kind: 'AddKey', publicKey: actor.secretKey.publicKey, accessKey },
  ])
  if (!('SuccessValue' in result.status)) throw new Error(JSON.stringify(result.status))
  return actor
}

export function rootOf({ rootKey }: SandboxProcess): Actor {
  return { accountId: 'test.near', secretKey: rootKey }
}

export function base64(transaction: SignedTransaction): string {
  return Buffer.from(encodeSignedTransaction(transaction)).toString('base64')
}

export function idOf({ hash, transaction }: SignedTransaction) {
  return { tx_hash: formatHash(hash), sender_account_id: transaction.signerId }
}

export async function balanceOf(sandbox: SandboxProcess, accountId: string): Promise<bigint> {
  const query = { request_type: 'view_account', account_id: accountId, finality: 'final' }
  return BigInt((await sandbox.call('query', query)).amount)
}
