import { requests } from '@parley/database'
import { ParleyError } from '@parley/protocol'
import { and, asc, eq } from 'drizzle-orm'
import type { RequestRow, Sign } from '../chain.ts'
import { fieldsOf } from '../store.ts'
import { claim, storeSigned } from './ledger.ts'
import { all, conclude, concludeIncluded, type Dispatcher, ROUND } from './outcome.ts'

/** Signs and sends what was accepted, the oldest first. What the chain would refuse by now fails without costing gas. */
export async function sendAccepted(dispatcher: Dispatcher): Promise<void> {
  const { db, chain } = dispatcher
  const free = await chain.countFreeNonces(db)
  if (free === 0) return
  const accepted = await db
    .select()
    .from(requests)
    .where(and(eq(requests.chain, chain.id), eq(requests.status, 'accepted'), chain.isNext))
    .orderBy(asc(requests.updatedAt))
    .limit(Math.min(ROUND, free))
  await all(accepted, async (request) => {
    try {
      if ((await send(dispatcher, request)) === 'later') await putBack(dispatcher, request)
    } catch (error) {
      await putBack(dispatcher, request)
      throw error
    }
  })
}

/** To the end of the queue: fifty that cannot go now must not keep everything else out of the round. */
async function putBack({ db }: Dispatcher, { id }: RequestRow): Promise<void> {
  const isIt = and(eq(requests.id, id), eq(requests.status, 'accepted'))
  await db.update(requests).set({ updatedAt: new Date() }).where(isIt)
}

async function send(dispatcher: Dispatcher, request: RequestRow): Promise<'decided' | 'later'> {
  const { chain } = dispatcher
  try {
    const raw = await signOnce(dispatcher, request, await chain.judge(request))
    if (raw === undefined) return 'later'
    await chain.broadcast(raw)
    return 'decided'
  } catch (error) {
    // When nobody answers, nothing is known: only what will be said again next time is a refusal.
    if (!(error instanceof ParleyError) || error.isRetryable) throw error
    return concludeUnsent(dispatcher, request, error)
  }
}

/** Gives the request a nonce and stores the signed transaction, in one step. Nothing when another relayer was faster. */
function signOnce({ db }: Dispatcher, request: RequestRow, sign: Sign): Promise<string | undefined> {
  return db.transaction(async (tx) => {
    if (!(await claim(tx, request))) return undefined
    const signed = await sign(tx)
    if (signed) await storeSigned(tx, request, signed)
    return signed?.raw
  })
}

/** The chain would refuse it now. Unless that is because it has happened already: whoever sent it, that is success. */
async function concludeUnsent(
  dispatcher: Dispatcher,
  request: RequestRow,
  error: ParleyError,
): Promise<'decided' | 'later'> {
  const { db, chain } = dispatcher
  const outcome = await chain.findElsewhere(request)
  if (outcome === 'running') return 'later'
  if (outcome) {
    await concludeIncluded(dispatcher, request, outcome)
    return 'decided'
  }
  if (!(await chain.isRefusedForGood(request, error))) return 'later'
  await db.transaction(async (tx) => {
    // Refused because another relayer has just sent it: then it is not ours to judge.
    if (!(await claim(tx, request))) return
    await conclude({ ...dispatcher, db: tx }, request, { status: 'failed', ...fieldsOf(error), isFinal: true })
  })
  return 'decided'
}
