import { requests, transactions } from '@parley/database'
import { and, desc, eq, inArray } from 'drizzle-orm'
import type { BlockId } from '../chain.ts'
import { all, type Dispatcher } from './outcome.ts'

/** Included is not final: what a reorg took away is followed, or sent, again. */
export async function watchIncluded(dispatcher: Dispatcher): Promise<void> {
  const { db, chain } = dispatcher
  const isIncluded = inArray(requests.status, ['succeeded', 'failed'])
  const blocks = await db
    .selectDistinct({ blockNumber: requests.blockNumber, blockHash: requests.blockHash })
    .from(requests)
    .where(and(eq(requests.chain, chain.id), isIncluded, eq(requests.isFinal, false)))
  if (blocks.length === 0) return

  const standingOf = await chain.viewBlocks()
  await all(blocks, async ({ blockNumber, blockHash }) => {
    if (blockNumber === null || blockHash === null) return
    const standing = await standingOf({ blockNumber, blockHash })
    if (standing === 'gone') return undo(dispatcher, { blockNumber, blockHash })
    if (standing === 'pending') return
    const inBlock = and(eq(requests.chain, chain.id), eq(requests.blockHash, blockHash))
    await db.update(requests).set({ isFinal: true }).where(inBlock)
  })
}

const nothingIncluded = {
  error: null,
  message: null,
  field: null,
  blockNumber: null,
  blockHash: null,
  gasUsed: null,
  events: null,
} as const

async function undo({ db, chain, log }: Dispatcher, { blockNumber, blockHash }: BlockId): Promise<void> {
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
        .set({ ...nothingIncluded, ...again, updatedAt: new Date() })
        .where(eq(requests.id, id))
    }
  })
  log.warn({ blockNumber }, 'a reorg took a block away; its requests are followed again')
}
