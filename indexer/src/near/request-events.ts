import type { NamedEvent } from '@parley/protocol'
import { storableReason } from '../storable-reason.ts'
import { type Delegate, delegateHash, readDelegate } from './delegate.ts'
import { reasonOf } from './failure.ts'
import { readArguments } from './function-call.ts'
import { type Outcome, outcomesFrom, type TransactionTree } from './transaction-tree.ts'

export interface Contracts {
  readonly agents: string
  readonly parley: string
}

/** What became of a request, and whose it was to carry out. */
export interface RequestEvent {
  readonly contract: string
  readonly event: NamedEvent
}

/**
 * What became of the delegate action of a transaction, if it has one and it is for Parley: NEAR's `RequestExecuted` and `RequestFailed`. To be asked
 * when the transaction has ended. None for a delegate action that was refused itself (its nonce, its signature, its expiry): nothing has happened then, as when
 * an EVM forwarder refuses, and it may still come. `compare` sorts by the chain's order.
 */
export function requestEventOf(
  tree: TransactionTree,
  contracts: Contracts,
  compare: (a: Outcome, b: Outcome) => number,
): RequestEvent | undefined {
  // nearcore takes one for each transaction.
  const delegate = tree.actions.map(readDelegate).find((read) => read !== undefined)
  const contract = delegate && contractOf(delegate, contracts)
  const receiptId = delegate && receiptOf(delegate, tree)
  if (!contract || !receiptId) return undefined

  const { sender: from, nonce } = delegate
  const args = { requestId: delegateHash(delegate), from, nonce }
  const [first] = failuresFrom(receiptId, tree).toSorted(compare)
  if (!first) return { contract, event: { name: 'RequestExecuted', args } }
  return {
    contract,
    event: { name: 'RequestFailed', args: { ...args, reason: storableReason(reasonOf(first.failure)) } },
  }
}

/** The contract of ours that a delegate action is for: its receiver, or the one that it has a token pay. */
function contractOf({ receiver, calls }: Delegate, { agents, parley }: Contracts): string | undefined {
  if (receiver === agents || receiver === parley) return receiver
  const pays = calls.some((call) => call.method === 'ft_transfer_call' && readArguments(call).receiver_id === parley)
  return pays ? parley : undefined
}

/** The receipt that a delegate action has become, from its sender to its receiver; undefined when it was refused. */
function receiptOf({ sender, receiver }: Delegate, { outcomes, receipts }: TransactionTree): string | undefined {
  const [own] = outcomes
  const carrier = outcomes.find(({ id }) => id === own?.receiptIds[0])
  if (!carrier || carrier.failure !== undefined) return undefined
  return carrier.receiptIds.find((id) => {
    const receipt = receipts.get(id)
    return receipt?.predecessor === sender && receipt.receiver === receiver
  })
}

/** A failed refund, which the system sends, is no failure of what was asked for. */
function failuresFrom(receiptId: string, tree: TransactionTree): Outcome[] {
  return outcomesFrom(tree, [receiptId]).filter(
    ({ id, failure }) => failure !== undefined && tree.receipts.get(id)?.predecessor !== 'system',
  )
}
