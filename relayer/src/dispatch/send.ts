import { requests } from '@parley/database'
import { revertDataOf } from '@parley/evm'
import { type Hex, ParleyError } from '@parley/protocol'
import { and, asc, eq } from 'drizzle-orm'
import { type ChainCall, type EvmChain, estimateWithin } from '../chain/chain.ts'
import { fieldsOf, type RequestRow } from '../store.ts'
import { all, callOf, conclude, concludeMined, type Dispatcher, findElsewhere, ROUND } from './outcome.ts'
import { broadcast, claim, storeSigned, takeNonce } from './signing.ts'

/** Room for what the chain may have changed since the estimate. */
const GAS_MARGIN_PERCENT = 120n

/** No transaction may use more (EIP-7825). */
const MAX_TRANSACTION_GAS = 1n << 24n

/** Signs and sends what was accepted, the oldest first. What the chain would refuse by now fails without costing gas. */
export async function sendAccepted(dispatcher: Dispatcher): Promise<void> {
  const { db, chain } = dispatcher
  const accepted = await db
    .select()
    .from(requests)
    .where(and(eq(requests.chain, chain.id), eq(requests.status, 'accepted')))
    .orderBy(asc(requests.updatedAt))
    .limit(ROUND)
  await all(accepted, async (request) => {
    try {
      await send(dispatcher, request)
    } catch (error) {
      // To the end of the queue: fifty of these must not keep everything else out of the round.
      await db.update(requests).set({ updatedAt: new Date() }).where(eq(requests.id, request.id))
      throw error
    }
  })
}

async function send(dispatcher: Dispatcher, request: RequestRow): Promise<void> {
  const { chain, maxGas } = dispatcher
  try {
    const gas = await estimateWithin(chain, callOf(request), maxGas)
    const raw = await sign(dispatcher, request, gas)
    if (raw) await broadcast(chain, raw)
  } catch (error) {
    // Only when nobody answers is nothing known: whatever else is said is a refusal.
    if (!(error instanceof ParleyError) || error.code === 'ChainUnavailable') throw error
    await concludeUnsent(dispatcher, request, error)
  }
}

/** Gives the request a nonce and stores the signed transaction, in one step. Nothing when another relayer was faster. */
async function sign({ db, chain }: Dispatcher, request: RequestRow, gas: bigint): Promise<Hex | undefined> {
  const { client, account } = chain
  const fees = await client.estimateFeesPerGas()
  const used = await client.getTransactionCount({ address: account.address, blockTag: 'pending' })
  const limit = (gas * GAS_MARGIN_PERCENT) / 100n
  const gasLimit = limit < MAX_TRANSACTION_GAS ? limit : MAX_TRANSACTION_GAS

  return db.transaction(async (tx) => {
    if (!(await claim(tx, request, 'accepted'))) return undefined
    const nonce = await takeNonce(tx, chain.id, account.address.toLowerCase(), used)
    return storeSigned(tx, chain, request, { ...fees, nonce, gas: gasLimit })
  })
}

/** The chain would refuse it now. Unless that is because it has happened already: whoever sent it, that is success. */
async function concludeUnsent(dispatcher: Dispatcher, request: RequestRow, error: ParleyError): Promise<void> {
  const receipt = await findElsewhere(dispatcher.chain, request)
  if (receipt) return concludeMined(dispatcher, request, receipt)
  if (error.code !== 'GasTooHigh' && !(await isRefusedByLatest(dispatcher.chain, callOf(request)))) return
  await dispatcher.db.transaction(async (tx) => {
    // Refused because another relayer has just sent it: then it is not ours to judge.
    if (!(await claim(tx, request, 'accepted'))) return
    await conclude({ ...dispatcher, db: tx }, request, { status: 'failed', ...fieldsOf(error), isFinal: true })
  })
}

/** Nodes estimate on top of what waits in their pool: perhaps our request, from somebody else. The next block decides. */
async function isRefusedByLatest({ client, account }: EvmChain, { to, data }: ChainCall): Promise<boolean> {
  try {
    await client.call({ account: account.address, to, data, blockTag: 'latest' })
    return false
  } catch (error) {
    if (revertDataOf(error) === undefined) throw error
    return true
  }
}
