import { requests, transactions } from '@parley/database'
import type { Hex } from '@parley/protocol'
import { and, desc, eq, inArray } from 'drizzle-orm'
import { findBlockHash } from '../chain/chain.ts'
import { all, type Dispatcher } from './outcome.ts'

/** Mined is not final: what a reorg took away is followed, or sent, again. */
export async function watchMined(dispatcher: Dispatcher): Promise<void> {
  const { db, chain, finalityBlocks } = dispatcher
  const isMined = inArray(requests.status, ['succeeded', 'failed'])
  const blocks = await db
    .selectDistinct({ number: requests.blockNumber, hash: requests.blockHash })
    .from(requests)
    .where(and(eq(requests.chain, chain.id), isMined, eq(requests.isFinal, false)))
  if (blocks.length === 0) return

  const head = Number(await chain.client.getBlockNumber())
  await all(blocks, async ({ number, hash }) => {
    if (number === null || hash === null) return
    const isGone = (await findBlockHash(chain, BigInt(number))) !== hash
    if (isGone) return undo(dispatcher, number, hash)
    if (head - number < finalityBlocks) return
    const inBlock = and(eq(requests.chain, chain.id), eq(requests.blockHash, hash))
    await db.update(requests).set({ isFinal: true }).where(inBlock)
  })
}

const nothingMined = {
  error: null,
  message: null,
  field: null,
  blockNumber: null,
  blockHash: null,
  gasUsed: null,
  events: null,
} as const

async function undo({ db, chain, log }: Dispatcher, blockNumber: number, blockHash: Hex): Promise<void> {
  const inBlock = and(eq(requests.chain, chain.id), eq(requests.blockHash, blockHash))
  await db.transaction(async (tx) => {
    for (const { id } of await tx.select({ id: requests.id }).from(requests).where(inBlock).for('update')) {
      const ours = eq(transactions.requestId, id)
      const [last] = await tx.select().from(transactions).where(ours).orderBy(desc(transactions.createdAt)).limit(1)
      // Without one of ours it was somebody else's that did it: now it is for us to send.
      const again = last
        ? ({ status: 'sent', transaction: last.hash } as const)
        : ({ status: 'accepted', transaction: null } as const)
      await tx
        .update(requests)
        .set({ ...nothingMined, ...again, updatedAt: new Date() })
        .where(eq(requests.id, id))
    }
  })
  log.warn({ blockNumber }, 'a reorg took a block away; its requests are followed again')
}
