import type { Database } from '@parley/database'
import { transactions } from 'near-api-js'
import { type ExecutionFailure, readFailure } from './failure.ts'
import { takeKey } from './keys.ts'
import { headOf, listAccessKeys, type NearNode, view } from './node.ts'
import { signTransaction } from './signed.ts'

/** A milliNEAR pays for 100 bytes: about what a challenge takes. */
const MILLINEAR = 10n ** 21n
const LOW_YOCTO = 200n * MILLINEAR
const DEPOSIT_YOCTO = 1_000n * MILLINEAR
const GAS = 20n * 10n ** 12n

/**
 * Deposits for our own storage in `parley` (NEP-145) when little is left: challenges and enclaves are stored at the expense of who calls.
 * Nothing happens while all keys are busy, nor twice by two relayers that begin at once but for a deposit that is used later.
 */
export async function keepStorage(node: NearNode, db: Pick<Database, 'transaction'>): Promise<void> {
  const { account, deployment, rpc } = node
  type Balance = { readonly available: string }
  const balance = await view<Balance | null>(node, deployment.parley, 'storage_balance_of', { account_id: account })
  if (balance && BigInt(balance.available) >= LOW_YOCTO) return

  const known = await listAccessKeys(node, { finality: 'optimistic' })
  const taken = await db.transaction((tx) => takeKey(tx, node, known))
  if (!taken) return
  const { header } = await headOf(node, 'final')
  const actions = [transactions.functionCall('storage_deposit', {}, GAS, DEPOSIT_YOCTO)]
  const signed = signTransaction({ account, to: deployment.parley, blockHash: header.hash, actions, ...taken })
  type Sent = { readonly status?: { readonly Failure?: ExecutionFailure } }
  const sent = await rpc<Sent>('send_tx', { signed_tx_base64: signed.raw, wait_until: 'EXECUTED_OPTIMISTIC' })
  if (sent.status?.Failure) throw readFailure(sent.status.Failure)
}
