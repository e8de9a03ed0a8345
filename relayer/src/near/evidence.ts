import type { Elsewhere, Outcome, RequestRow } from '../chain.ts'
import { nearCallOf } from './call.ts'
import { type Block, findBlock, headOf, type NearNode } from './node.ts'
import { hasEffect, readOutcome } from './outcome.ts'
import { unless } from './rpc.ts'
import { findStatus } from './status.ts'
import { type Trace, traceOf } from './traces.ts'

/**
 * What became of a request through somebody else's transaction. The node has no index of such things: the block since which it has happened
 * is narrowed down by asking for the state at blocks between, and the transaction is looked for in the blocks before that one.
 */
export async function findElsewhere(node: NearNode, request: RequestRow): Promise<Elsewhere> {
  const call = nearCallOf(request)
  const trace = traceOf(node, call)
  const head = await headOf(node, 'optimistic')
  if (!trace || !(await trace.hasHappened({ block_id: head.header.hash }))) return undefined
  const first = await narrowDown(node, { since: call.since, head }, trace)
  return lookBack(node, { since: call.since, from: first }, trace)
}

/** So few blocks are looked through rather than narrowed down. */
const FEW_BLOCKS = 16

/** A block at which it has happened, and a few blocks before which it had not. */
async function narrowDown(
  node: NearNode,
  { since, head }: { readonly since: number; readonly head: Block },
  { hasHappened }: Trace,
): Promise<Block> {
  let before = since
  let after = head
  while (after.header.height - before > FEW_BLOCKS) {
    const middle = await findBlockFrom(node, Math.floor((before + after.header.height) / 2), after.header.height)
    // A gap: what is left of it is not many blocks.
    if (!middle) return after
    // State that the node has forgotten is older than what was promised.
    const isAfter = await unless(FORGOTTEN, hasHappened({ block_id: middle.header.hash }))
    if (isAfter) after = middle
    else before = middle.header.height
  }
  return after
}

const FORGOTTEN = ['UNKNOWN_BLOCK', 'GARBAGE_COLLECTED_BLOCK']

/** The first block from this height on: a chain skips heights, though seldom many. */
async function findBlockFrom(node: NearNode, height: number, end: number): Promise<Block | undefined> {
  for (let at = height; at < Math.min(end, height + FEW_BLOCKS); at++) {
    const block = await findBlock(node, at)
    if (block) return block
  }
  return undefined
}

/** A transaction is included a block or two before its receipts are executed, a few more when the chain is congested. */
const MAX_DELAY_BLOCKS = 50

async function lookBack(
  node: NearNode,
  { since, from }: { readonly since: number; readonly from: Block },
  { isOf, own }: Trace,
): Promise<Elsewhere> {
  const end = Math.max(since, from.header.height - FEW_BLOCKS) - MAX_DELAY_BLOCKS
  let block = await node.history(from.header.hash)
  while (block && block.height > end) {
    for (const { hash, signer_id } of block.transactions.filter(isOf)) {
      const found = await findStatus(node, hash, signer_id)
      if (found.status === 'running') return 'running'
      if (found.status !== 'executed' || !hasEffect(found.executed)) continue
      const outcome = await readOutcome(node, found.executed)
      return own ? ownPart(outcome, own) : outcome
    }
    block = await node.history(block.parent)
  }
  return undefined
}

/** What a stranger puts into the same transaction is not the request's: neither its events, nor that it failed. */
function ownPart(outcome: Outcome, { isOf, last }: NonNullable<Trace['own']>): Outcome {
  const events = outcome.events.filter(isOf)
  const isComplete = events.some(({ name }) => name === last)
  return { ...outcome, events, error: isComplete ? undefined : outcome.error }
}
