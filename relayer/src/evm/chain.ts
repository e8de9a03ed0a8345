import type { Hex, RequestKind } from '@parley/protocol'
import type { BlockId, Chain, Prepared, Standing } from '../chain.ts'
import type { Verifiers } from '../verifiers.ts'
import { prepareChallenge } from './challenges.ts'
import { prepareEnclave } from './enclaves.ts'
import { viewSigner } from './fate.ts'
import { createEvmMarket } from './market.ts'
import { answered, type EvmNode, findBlockHash } from './node.ts'
import { findElsewhere, findProgress } from './outcome.ts'
import { prepareResult, type ResultBody } from './results.ts'
import { broadcast, isRefusedForGood, judge } from './sending.ts'
import { prepareTransaction, type SponsoringLimits } from './transactions.ts'

export interface EvmOptions {
  readonly limits: SponsoringLimits
  readonly verifiers: Verifiers
  /** Blocks after which a transaction is final. */
  readonly finalityBlocks: number
  /** A transaction that waits for longer than this may get a higher fee. */
  readonly stuckMilliseconds: number
}

/** An EVM chain: one key whose nonces follow one another, transactions that can be outbid, reorgs of any depth. */
export function createEvmChain(node: EvmNode, options: EvmOptions): Chain {
  const { limits, finalityBlocks, stuckMilliseconds } = options
  return {
    id: node.id,
    kind: 'evm',
    ping: () => node.client.getBlockNumber(),
    prepare: (kind, body) => answered(prepare(node, options, kind, body)),
    claimant,
    countFreeNonces: async () => Number.POSITIVE_INFINITY,
    judge: (request) => judge(node, limits.maxGas, request),
    isRefusedForGood: (request, refusal) => isRefusedForGood(node, request, refusal),
    broadcast: (raw) => broadcast(node, raw),
    viewSigner: (signer) => viewSigner(node, stuckMilliseconds, signer),
    findProgress: (request, { hash }) => findProgress(node, request, hash),
    findElsewhere: (request) => findElsewhere(node, request),
    viewBlocks: () => viewBlocks(node, finalityBlocks),
    keepUp: async () => {},
    market: createEvmMarket(node),
  }
}

function prepare(node: EvmNode, { limits, verifiers }: EvmOptions, kind: RequestKind, body: object): Promise<Prepared> {
  switch (kind) {
    case 'transactions':
      return prepareTransaction(node, limits, body as { request: unknown; signature: Hex })
    case 'results':
      return prepareResult(node, limits, body as ResultBody)
    case 'enclaves':
      return prepareEnclave(node, limits.maxGas, verifiers, body)
    case 'challenges':
      return prepareChallenge(node, limits.maxGas)
  }
}

function claimant(kind: RequestKind, body: object): string | undefined {
  const { request, enclave } = body as { request?: { from?: string }; enclave?: string }
  return kind === 'transactions' ? request?.from : enclave
}

async function viewBlocks(node: EvmNode, finalityBlocks: number): Promise<(block: BlockId) => Promise<Standing>> {
  const head = Number(await node.client.getBlockNumber())
  return async ({ blockNumber, blockHash }) => {
    if ((await findBlockHash(node, BigInt(blockNumber))) !== blockHash) return 'gone'
    return head - blockNumber < finalityBlocks ? 'pending' : 'final'
  }
}
