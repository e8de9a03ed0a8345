import type { Hex, ParleyError } from '@parley/protocol'
import type { TransactionReceipt } from 'viem'
import type { Outcome, Progress, RequestRow } from '../chain.ts'
import { findEvidence } from './evidence.ts'
import { type EvmNode, evmCallOf, findReceipt, whyReverted } from './node.ts'
import { eventsOfForwarded, readEvents, readFailure } from './receipt.ts'

/** How far a transaction of ours is. One that reverted because another did the same is that other's success. */
export async function findProgress(node: EvmNode, request: RequestRow, hash: string): Promise<Progress> {
  const receipt = await findReceipt(node, hash as Hex)
  if (!receipt) return { status: 'unknown' }
  const elsewhere = receipt.status === 'reverted' ? await findElsewhere(node, request) : undefined
  return { status: 'done', outcome: elsewhere ?? (await readOutcome(node, request, receipt)) }
}

/** What somebody else's transaction did that did what this request asks for: that is success, too. */
export async function findElsewhere(node: EvmNode, request: RequestRow): Promise<Outcome | undefined> {
  const hash = await findEvidence(node, request)
  const receipt = hash && (await findReceipt(node, hash))
  return receipt && readOutcome(node, request, receipt)
}

async function readOutcome(node: EvmNode, request: RequestRow, receipt: TransactionReceipt): Promise<Outcome> {
  const emitted = readEvents(receipt, node.deployment)
  const { kind, effect } = request
  const events = kind === 'transactions' && effect !== null ? eventsOfForwarded(emitted, effect) : emitted
  return {
    transaction: receipt.transactionHash,
    blockNumber: Number(receipt.blockNumber),
    blockHash: receipt.blockHash,
    gasUsed: Number(receipt.gasUsed),
    events,
    error: await readError(node, request, receipt, events),
  }
}

async function readError(
  node: EvmNode,
  request: RequestRow,
  { status, blockNumber }: TransactionReceipt,
  events: Outcome['events'],
): Promise<ParleyError | undefined> {
  return status === 'reverted' ? whyReverted(node, evmCallOf(request), blockNumber) : readFailure(events)
}
