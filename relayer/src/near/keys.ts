/**
 * Several keys, so that several transactions can be under way, each counted once.
 *
 * NEAR takes any nonce that is above the key's last: of two that are under way, the lower may arrive later, and is lost for good. So a key
 * has one transaction under way, and gets the next when the fate of that one is known. Its row in `signers` is locked before it is looked
 * at whether it has one, and until the next one is stored.
 */
import { type Database, requests, transactions } from '@parley/database'
import { and, eq } from 'drizzle-orm'
import type { KeyPair } from 'near-api-js'
import type { DatabaseTransaction } from '../chain.ts'
import { takeNonce } from '../nonces.ts'
import type { AccessKey, NearNode } from './node.ts'

type Reader = Pick<Database, 'selectDistinct'>

/** How a key is named in the tables: nonces are counted by account and key. */
export function signerOf(account: string, publicKey: string): string {
  return `${account}/${publicKey}`
}

/** Undoes `signerOf`. */
export function readSigner(signer: string): { readonly account: string; readonly publicKey: string } {
  const [account = '', publicKey = ''] = signer.split('/')
  return { account, publicKey }
}

/** The keys that have nothing under way. */
export async function freeKeys(db: Reader, { id, account, keys }: NearNode): Promise<KeyPair[]> {
  const isUnderWay = and(eq(requests.chain, id), eq(requests.status, 'sent'))
  const busy = await db
    .selectDistinct({ signer: transactions.signer })
    .from(requests)
    .innerJoin(transactions, eq(transactions.hash, requests.transaction))
    .where(isUnderWay)
  const signers = new Set(busy.map(({ signer }) => signer))
  return keys.filter((key) => !signers.has(signerOf(account, key.getPublicKey().toString())))
}

/**
 * A key that nobody else has, until the database transaction ends, and its next nonce. `known` are the account's keys as the chain has them.
 * Nothing when all are taken.
 */
export async function takeKey(
  tx: DatabaseTransaction,
  node: NearNode,
  known: ReadonlyMap<string, AccessKey>,
): Promise<{ readonly key: KeyPair; readonly nonce: bigint } | undefined> {
  // Always in the same order: two relayers that each hold what the other waits for would wait for ever.
  for (const key of await freeKeys(tx, node)) {
    const publicKey = key.getPublicKey().toString()
    const onChain = known.get(publicKey)
    if (!onChain) continue
    const nonce = await takeNonce(tx, node.id, signerOf(node.account, publicKey), onChain.nonce + 1n)
    // Asked again, now that the lock is ours: who held it before has just given the key a transaction.
    if ((await freeKeys(tx, node)).includes(key)) return { key, nonce }
  }
  return undefined
}
