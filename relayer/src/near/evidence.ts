import { jobStatuses } from '@parley/protocol'
import type { Outcome, RequestRow } from '../chain.ts'
import { type ContractCall, nearCallOf } from './call.ts'
import { readDelegate } from './delegate.ts'
import { type Block, type BlockReference, findAccessKey, findBlock, headOf, type NearNode, view } from './node.ts'
import { hasEffect, readOutcome } from './outcome.ts'
import { unless } from './rpc.ts'
import { argumentsOf, callsOf, findStatus, type TransactionView } from './status.ts'

/** How it is seen that what a request asks for has happened, and which transactions may have done it. */
interface Trace {
  readonly hasHappened: (at: BlockReference) => Promise<boolean>
  readonly isOf: (transaction: TransactionView) => boolean
}

/**
 * What became of a request through somebody else's transaction. The node has no index of such things: the block since which it has happened
 * is narrowed down by asking for the state at blocks between, and the transaction is looked for in the blocks before that one.
 */
export async function findElsewhere(node: NearNode, request: RequestRow): Promise<Outcome | undefined> {
  const call = nearCallOf(request)
  const trace = 'delegate' in call ? traceOfDelegate(node, call.delegate) : traceOfCall(node, call)
  const head = await headOf(node, 'optimistic')
  if (!trace || !(await trace.hasHappened({ block_id: head.header.hash }))) return undefined
  const first = await narrowDown(node, { since: call.since, head }, trace)
  return lookBack(node, { since: call.since, from: first }, trace)
}

function traceOfDelegate(node: NearNode, text: string): Trace {
  const { senderId, publicKey, nonce, signature } = readDelegate(text)
  return {
    hasHappened: async (at) => {
      const key = await findAccessKey(node, senderId, publicKey.toString(), at)
      return key === undefined || key.nonce >= nonce
    },
    isOf: ({ actions }) =>
      actions.some((action) => typeof action !== 'string' && action.Delegate?.signature === signature),
  }
}

function traceOfCall(node: NearNode, { method, args }: ContractCall): Trace | undefined {
  const { parley } = node.deployment
  const isCall = (isSame: (given: Readonly<Record<string, unknown>>) => boolean): Trace['isOf'] => {
    return ({ actions, receiver_id }) =>
      callsOf(actions, receiver_id).some(
        ({ contract, call }) => contract === parley && call.method_name === method && isSame(argumentsOf(call)),
      )
  }
  switch (method) {
    case 'accept_result': {
      const { job_id, response } = args
      type Job = { readonly status: number }
      const hasHappened = async (at: BlockReference) =>
        (await view<Job | null>(node, parley, 'get_job', { job_id }, at))?.status !== SUBMITTED
      // A job completes once: its result is this one only when the answer is the same, byte for byte.
      return { hasHappened, isOf: isCall((given) => given.job_id === job_id && given.response === response) }
    }
    case 'register_enclave': {
      const { challenge, quote_id } = args.report
      const hasHappened = async (at: BlockReference) =>
        (await view(node, parley, 'challenge_issued_at', { challenge }, at)) === '0'
      return { hasHappened, isOf: isCall(({ report }) => (report as { quote_id?: unknown })?.quote_id === quote_id) }
    }
    case 'issue_challenge':
      // Each is another one: nobody else can give ours.
      return undefined
  }
}

const SUBMITTED = jobStatuses.indexOf('Submitted')

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
  { isOf }: Trace,
): Promise<Outcome | undefined> {
  let block: Block | undefined = from
  const end = Math.max(since, from.header.height - FEW_BLOCKS) - MAX_DELAY_BLOCKS
  while (block && block.header.height > end) {
    for (const { hash, signer_id } of (await transactionsIn(node, block)).filter(isOf)) {
      const found = await findStatus(node, hash, signer_id)
      if (found.status === 'executed' && hasEffect(found.executed)) return readOutcome(node, found.executed)
    }
    block = await findBlock(node, block.header.prev_hash)
  }
  return undefined
}

async function transactionsIn({ rpc }: NearNode, { header, chunks }: Block): Promise<TransactionView[]> {
  // A chunk that is missing stands for the one before it.
  const own = chunks.filter(({ height_included }) => height_included === header.height)
  const read = own.map(({ chunk_hash }) =>
    rpc<{ readonly transactions: readonly TransactionView[] }>('chunk', { chunk_id: chunk_hash }),
  )
  return (await Promise.all(read)).flatMap(({ transactions }) => transactions)
}
