import type { RequestKind } from '@parley/protocol'
import type { BlockId, Chain, Prepared, Standing } from '../chain.ts'
import type { Verifiers } from '../verifiers.ts'
import { prepareChallenge, prepareEnclave, prepareResult, type ResultBody } from './attested.ts'
import { findSender } from './delegate.ts'
import { findElsewhere } from './evidence.ts'
import { viewSigner } from './fate.ts'
import { countFreeKeys } from './keys.ts'
import { createNearMarket } from './market.ts'
import { earliestHeight, findBlock, headOf, type NearNode } from './node.ts'
import { isNext } from './order.ts'
import { findProgress } from './progress.ts'
import { broadcast, isRefusedForGood, judge } from './sending.ts'
import type { SponsoringLimits } from './sponsoring.ts'
import { keepStorage } from './storage.ts'
import { prepareTransaction } from './transactions.ts'

export interface NearOptions {
  readonly limits: SponsoringLimits
  readonly verifiers: Verifiers
}

/** NEAR: several keys with one transaction under way each, outcomes that are the sum of their receipts, blocks that the chain itself calls final. */
export function createNearChain(node: NearNode, options: NearOptions): Chain {
  return {
    id: node.id,
    kind: 'near',
    ping: () => headOf(node, 'optimistic'),
    prepare: (kind, body) => prepare(node, options, kind, body),
    claimant,
    countFreeNonces: (db) => countFreeKeys(db, node),
    isNext,
    judge: (request) => judge(node, options.limits, request),
    isRefusedForGood: (request) => isRefusedForGood(node, options.limits, request),
    broadcast: (raw) => broadcast(node, raw),
    viewSigner: (signer) => viewSigner(node, signer),
    findProgress: (request, transaction) => findProgress(node, request, transaction),
    findElsewhere: (request) => findElsewhere(node, request),
    viewBlocks: () => viewBlocks(node),
    keepUp: (db) => keepStorage(node, db),
    market: createNearMarket(node),
  }
}

function prepare(node: NearNode, options: NearOptions, kind: RequestKind, body: object): Promise<Prepared> {
  switch (kind) {
    case 'transactions':
      return prepareTransaction(node, options.limits, body as { delegate: string })
    case 'results':
      return prepareResult(node, options.limits, body as ResultBody)
    case 'enclaves':
      return prepareEnclave(node, options, body)
    case 'challenges':
      return prepareChallenge(node, options.limits)
  }
}

function claimant(kind: RequestKind, body: object): string | undefined {
  const { delegate, enclave } = body as { delegate: string; enclave?: string }
  return kind === 'transactions' ? findSender(delegate) : enclave
}

async function viewBlocks(node: NearNode): Promise<(block: BlockId) => Promise<Standing>> {
  const final = (await headOf(node, 'final')).header.height
  return async ({ blockNumber, blockHash }) => {
    const block = await findBlock(node, blockNumber)
    const isThere = block?.header.hash === blockHash
    if (isThere) return blockNumber <= final ? 'final' : 'pending'
    // What the node has forgotten, nothing can change any more.
    return blockNumber < (await earliestHeight(node)) ? 'final' : 'gone'
  }
}
