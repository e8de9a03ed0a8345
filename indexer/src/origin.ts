import type { ChainPosition } from '@parley/protocol'

/** The longest CAIP-2 id: positions of all chains have the same width. */
const CHAIN_WIDTH = 41

/** Text that sorts as time does: seconds, chain, block, log. */
export function positionOf({ timestamp, chain, blockNumber, logIndex }: ChainPosition): string {
  const parts = [digits(timestamp, 12), chain.padEnd(CHAIN_WIDTH, '.'), digits(blockNumber, 12), digits(logIndex, 6)]
  return parts.join('-')
}

/** The columns that say where a row comes from, and where it changed last. */
export function originOf(event: ChainPosition) {
  return {
    chain: event.chain,
    position: positionOf(event),
    createdBlock: Number(event.blockNumber),
    createdTransaction: event.transaction,
    createdAt: Number(event.timestamp),
    ...updateOf(event),
  }
}

/** The columns that say which event a row was last changed by. */
export function updateOf(event: ChainPosition) {
  return {
    updatedBlock: Number(event.blockNumber),
    updatedTransaction: event.transaction,
    updatedAt: Number(event.timestamp),
  }
}

function digits(value: bigint | number, width: number): string {
  return value.toString().padStart(width, '0')
}
