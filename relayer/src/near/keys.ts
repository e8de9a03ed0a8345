/**
 * Several keys, so that several transactions can be under way, each counted once.
 *
 * NEAR takes any nonce that is above the key's last: of two that are under way, the lower may arrive later, and is lost for good. So a key
 * has one transaction that waits to be included, and gets the next when that one is in a block, or is known never to be. Its row in `signers`
 * is locked before it is looked at whether it has one, and until the next one is stored.
 */
import { type Database, requests, transactions } from '@parley/database'
import { and, eq } from 'drizzle-orm'
import type { KeyPair } from 'near-api-js'
import type { DatabaseTransaction } from '../chain.ts'
import { takeNonce } from '../nonces.ts'
import { type AccessKey, listAccessKeys, type NearNode } from './node.ts'

type Reader = Pick<Database, 'selectDistinct'>
type AccessKeys = ReadonlyMap<string, AccessKey>

/** How a key is named in the tables: nonces are counted by account and key. */
export function signerOf(account: string, publicKey: string): string {
  return `${account}/${publicKey}`
}

/** Undoes `signerOf`. */
export function readSigner(signer: string): { readonly account: string; readonly publicKey: string } {
  const [account = '', publicKey = ''] = signer.split('/')
  return { account, publicKey }
}

/** How many keys can sign a transaction now. */
export async function countFreeKeys(db: Reader, node: NearNode): Promise<number> {
  const underWay = await listUnderWay(db, node)
  if (underWay.length === 0) return node.keys.length
  return freeKeys(node, underWay, await listAccessKeys(node, { finality: 'optimistic' })).length
}

/**
 * A key that nobody else has, until the database transaction ends, and its next nonce. `known` are the account's keys as the chain has them.
 * Nothing when all are taken.
 */
export async function takeKey(
  tx: DatabaseTransaction,
  node: NearNode,
  known: AccessKeys,
): Promise<{ readonly key: KeyPair; readonly nonce: bigint } | undefined> {
  // Always in the same order: two relayers that each hold what the other waits for would wait for ever.
  for (const key of freeKeys(node, await listUnderWay(tx, node), known)) {
    const publicKey = key.getPublicKey().toString()
    const onChain = known.get(publicKey)
    if (!onChain) continue
    const nonce = await takeNonce(tx, node.id, signerOf(node.account, publicKey), onChain.nonce + 1n)
    // Asked again, now that the lock is ours: who held it before has just given the key a transaction.
    if (freeKeys(node, await listUnderWay(tx, node), known).includes(key)) return { key, nonce }
  }
  return undefined
}

interface UnderWay {
  readonly signer: string
  readonly nonce: bigint
}

/** Transactions that are not known to be at their end. */
async function listUnderWay(db: Reader, { id }: NearNode): Promise<UnderWay[]> {
  return db
    .selectDistinct({ signer: transactions.signer, nonce: transactions.nonce })
    .from(requests)
    .innerJoin(transactions, eq(transactions.hash, requests.transaction))
    .where(and(eq(requests.chain, id), eq(requests.status, 'sent')))
}

/** A transaction whose nonce is used is in a block: what it has begun may take hours, and needs the key no more. */
function freeKeys({ account, keys }: NearNode, underWay: readonly UnderWay[], known: AccessKeys): KeyPair[] {
  return keys.filter((key) => {
    const publicKey = key.getPublicKey().toString()
    const used = known.get(publicKey)?.nonce ?? 0n
    return !underWay.some(({ signer, nonce }) => signer === signerOf(account, publicKey) && nonce > used)
  })
}
