import { migrate } from '@parley/database'
import type { Log } from '@parley/service'
import type { Chain, Step } from './chain.ts'
import { createOutage } from './outage.ts'
import { openSession } from './session.ts'
import { createStore, type Store } from './store.ts'

export interface IndexerOptions {
  readonly chain: Chain
  readonly databaseUrl: string
  readonly finalityBlocks: number
  readonly log: Log
  readonly signal: AbortSignal
}

/** Keeps the chain's tables as the chain is, until `signal`. No fault of node or database ends it. */
export async function runIndexer(options: IndexerOptions): Promise<void> {
  const { log, signal } = options
  const outage = createOutage('the database', log)
  while (!signal.aborted) {
    try {
      await indexInSession(options, outage.ended)
    } catch (error) {
      await outage.failed(error, signal)
    }
  }
}

/** Ends with the connection that holds the lock: whoever writes next, we or another, reads anew what is stored. */
async function indexInSession(options: IndexerOptions, onWritten: () => void): Promise<void> {
  const { chain, databaseUrl: url, finalityBlocks, log, signal } = options
  await migrate(url)
  const session = await openSession({ url, chain: chain.id, log, signal })
  try {
    const store = createStore({ session, chain: chain.id, finalityBlocks, log })
    for await (const step of chain.follow(store.readBlocks, AbortSignal.any([signal, session.lost]))) {
      await write(store, step)
      report(log, step)
      onWritten()
    }
    session.lost.throwIfAborted()
  } finally {
    await session.close()
  }
}

function write(store: Store, step: Step): Promise<void> {
  switch (step.kind) {
    case 'batch':
      return store.apply(step)
    case 'fork':
      return store.undo(step)
  }
}

function report(log: Log, step: Step): void {
  if (step.kind === 'batch') {
    log.debug({ block: step.upTo.number, events: step.events.length }, 'indexed')
  } else if (step.common) {
    log.info({ from: step.newest.number, to: step.common.number }, 'the chain forked')
  } else {
    log.warn({ from: step.newest.number }, 'no stored block is on the chain any more: indexing from scratch')
  }
}
