import { inParallel } from './in-parallel.ts'
import { type NearBlock, readNearBlock } from './near-blocks.ts'
import type { NearRpc } from './near-rpc.ts'

export interface BlockReader {
  /**
   * What follows a block, at most so many, `newest` at last. `hash` is unknown when the chain is read from a height on. Throws where the node's blocks do not
   * follow one another.
   */
  readAfter(block: { number: number; hash: string | undefined }, most: number, newest: NearBlock): Promise<NearBlock[]>
  /** Of these heights those that were not skipped, as far as the node knows. */
  readExisting(numbers: readonly number[]): Promise<NearBlock[]>
}

/** Blocks that were come by on the way to older ones, and will be wanted later. */
const REMEMBERED_BLOCKS = 5_000

/** Reads a chain's blocks in their order, many at once, also where it skips heights: any number of them, as a sandbox does that goes forward in time. */
export function createBlockReader(rpc: NearRpc): BlockReader {
  const remembered = new Map<string, NearBlock>()

  return {
    readExisting,
    async readAfter({ number, hash }, most, newest) {
      const blocks = await readNext(number, most, newest)
      const before = [hash, ...blocks.map((block) => block.hash)]
      const gap = blocks.find((block, at) =>
        before[at] === undefined ? hasBlockBetween(number, block) : before[at] !== block.previousHash,
      )
      if (gap) throw new Error(`the node does not have the block before ${gap.number}`)
      return blocks
    },
  }

  async function readExisting(numbers: readonly number[]): Promise<NearBlock[]> {
    const blocks = await inParallel(numbers, (number) => readNearBlock(rpc, number))
    return blocks.filter((block) => block !== undefined)
  }

  async function readNext(after: number, most: number, newest: NearBlock): Promise<NearBlock[]> {
    const to = Math.min(after + most, newest.number)
    const end = to === newest.number ? newest : await readNearBlock(rpc, to)
    if (!end) return (await readBack(await readAbove(after, most, newest), after)).slice(0, most)
    const numbers = Array.from({ length: Math.max(0, to - after - 1) }, (_, at) => after + 1 + at)
    return [...(await readExisting(numbers)), end]
  }

  /** A block that is not much higher than it must be. */
  async function readAbove(after: number, most: number, newest: NearBlock): Promise<NearBlock> {
    for (let number = after + 2 * most; number < newest.number; number = after + 2 * (number - after)) {
      const block = await readNearBlock(rpc, number)
      if (block) return block
    }
    return newest
  }

  /** From a block back to a height, block by block: however many heights are skipped, it takes no more questions. */
  async function readBack(last: NearBlock, after: number): Promise<NearBlock[]> {
    const blocks = [last]
    for (let block = last; hasBlockBetween(after, block); ) {
      block = await readBefore(block)
      blocks.unshift(block)
    }
    return blocks
  }

  async function readBefore({ previousHash, number }: NearBlock): Promise<NearBlock> {
    const block = remembered.get(previousHash) ?? (await readNearBlock(rpc, previousHash))
    if (!block) throw new Error(`the node does not have the block before ${number}`)
    remembered.set(block.hash, block)
    const [oldest] = remembered.keys()
    if (oldest !== undefined && remembered.size > REMEMBERED_BLOCKS) remembered.delete(oldest)
    return block
  }
}

/** Whether there is a block between a height and a block. A chain's first block names itself as the one before. */
function hasBlockBetween(after: number, { previousNumber, number }: NearBlock): boolean {
  return previousNumber !== undefined && previousNumber > after && previousNumber < number
}
