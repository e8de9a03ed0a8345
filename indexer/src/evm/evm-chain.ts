import type { Deployment } from '@parley/evm'
import type { ChainEvent } from '@parley/protocol'
import { ConfigurationError, type Log } from '@parley/service'
import type { BlockId, Chain, Step } from '../chain.ts'
import { followBy } from '../follow.ts'
import { createOutage } from '../outage.ts'
import { type EvmBlock, readEvmBlocks } from './evm-blocks.ts'
import { createLogDecoder, type RpcLog } from './evm-log.ts'
import { createLogReader } from './log-reader.ts'
import type { Rpc } from './rpc.ts'

export interface EvmChainOptions {
  readonly rpc: Rpc
  readonly deployment: Deployment
  readonly pollMilliseconds: number
  /** Deeper blocks are read in large steps, others so that a fork does not go far back. */
  readonly finalityBlocks: number
  readonly log: Log
}

/** An EVM chain as the indexer follows it, through one node. */
export function createEvmChain({ rpc, deployment, pollMilliseconds, finalityBlocks, log }: EvmChainOptions): Chain {
  const decoder = createLogDecoder(deployment)
  const reader = createLogReader(rpc, decoder.filter)
  const outage = createOutage('reading the chain', log)

  return {
    id: `eip155:${deployment.chainId}`,
    follow: followBy({ findStep, pollMilliseconds, outage }),
  }

  async function findStep(stored: readonly BlockId[]): Promise<Step | undefined> {
    const [newest] = stored
    const [head, known] = await readEvmBlocks(rpc, ['latest', ...numbersOf(newest)])
    if (!head) throw new Error('the node has no block')
    if (newest && known?.hash !== newest.hash) return { kind: 'fork', newest, common: await findCommon(stored, head) }

    const after = newest?.number ?? deployment.fromBlock - 1
    if (head.number <= after) return undefined
    const target = await chooseTarget(after, head)
    const logs = await reader.read(after, target)
    const events = await decode(logs)

    // Had a fork come in between, some of the logs could be from before it.
    const [targetNow, newestNow] = await readEvmBlocks(rpc, [target.number, ...numbersOf(newest)])
    const isSame = targetNow?.hash === target.hash && newestNow?.hash === newest?.hash
    if (!isSame) throw new Error(`block ${target.number} was replaced`)
    return { kind: 'batch', after: newest, upTo: { number: target.number, hash: target.hash, pending: [] }, events }
  }

  async function chooseTarget(after: number, head: EvmBlock): Promise<EvmBlock> {
    const final = head.number - finalityBlocks
    // A stop at the newest final block: a fork right after the backfill would otherwise undo all of it.
    const number = Math.min(after + reader.span(), final > after ? final : head.number)
    if (number === head.number) return head
    const [target] = await readEvmBlocks(rpc, [number])
    if (!target) throw new Error(`the node has block ${head.number} but not ${number}`)
    return target
  }

  async function findCommon(stored: readonly BlockId[], head: EvmBlock): Promise<BlockId | undefined> {
    const numbers = stored.map((block) => block.number)
    const blocks = await readEvmBlocks(rpc, numbers)
    // A node that answers nonsense for a moment, or one of several that is behind, must not have us take back what is true.
    const isMissing = numbers.some((number, at) => number <= head.number && !blocks[at])
    if (isMissing || blocks[0]?.hash === stored[0]?.hash) throw new Error('the node contradicts itself')
    const common = stored.find(({ hash }, at) => hash === blocks[at]?.hash)
    if (!common) await requireSynced()
    return common
  }

  async function requireSynced(): Promise<void> {
    const [progress] = await rpc.request([{ method: 'eth_syncing', params: [] }])
    if (progress !== false) throw new Error('the node is not synced yet')
  }

  async function decode(logs: readonly RpcLog[]): Promise<ChainEvent[]> {
    const untimed = logs.filter((entry) => !entry.blockTimestamp).map((entry) => Number(entry.blockNumber))
    const blocks = await readEvmBlocks(rpc, [...new Set(untimed)])
    const timestamps = new Map(blocks.map((block) => [block?.hash, block?.timestamp]))
    return logs.flatMap((entry) => {
      const timestamp = entry.blockTimestamp ? BigInt(entry.blockTimestamp) : timestamps.get(entry.blockHash)
      if (timestamp === undefined) throw new Error(`block ${Number(entry.blockNumber)} was replaced`)
      try {
        return [decoder.decode(entry, timestamp)]
      } catch (error) {
        // Trying again would not help, and one odd log must not keep back all that come after it.
        log.warn({ error, transaction: entry.transactionHash, logIndex: Number(entry.logIndex) }, 'a log is skipped')
        return []
      }
    })
  }
}

function numbersOf(block: BlockId | undefined): number[] {
  return block ? [block.number] : []
}

interface Patience {
  readonly log: Log
  readonly signal: AbortSignal
}

/** Throws when the node is on another chain than the deployment. Asks until it answers. */
export async function requireEvmChainId(rpc: Rpc, { chainId }: Deployment, { log, signal }: Patience): Promise<void> {
  const found = await readChainId(rpc, { log, signal })
  if (found === undefined || found === chainId) return
  throw new ConfigurationError(
    `EVM_RPC_URL leads to chain ${found}, but the contracts of EVM_DEPLOYMENT are on chain ${chainId}.`,
  )
}

async function readChainId(rpc: Rpc, { log, signal }: Patience): Promise<number | undefined> {
  const outage = createOutage('reading the chain', log)
  while (!signal.aborted) {
    try {
      const [chainId] = await rpc.request([{ method: 'eth_chainId', params: [] }])
      outage.ended()
      return Number(chainId)
    } catch (error) {
      await outage.failed(error, signal)
    }
  }
  return undefined
}
