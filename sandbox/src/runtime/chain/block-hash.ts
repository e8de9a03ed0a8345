import { encode } from '../../primitives/borsh.ts'
import { struct, u64, u128 } from '../../primitives/codecs.ts'
import { type CryptoHash, cryptoHashCodec, sha256 } from '../../primitives/hash.ts'
import type { Block, Chunk } from '../types.ts'

/** The part that a light client reads. nearcore's `BlockHeaderInnerLite` has two hashes more, of block producers. */
const innerLiteCodec = struct({
  height: u64,
  epochId: cryptoHashCodec,
  nextEpochId: cryptoHashCodec,
  prevStateRoot: cryptoHashCodec,
  outcomeRoot: cryptoHashCodec,
  timestampNanoseconds: u64,
})

const innerRestCodec = struct({
  chunkHash: cryptoHashCodec,
  randomSeed: cryptoHashCodec,
  gasPrice: u128,
  totalSupply: u128,
})

/** sha256(sha256(sha256(inner lite) ‖ sha256(inner rest)) ‖ hash of the block before): nearcore's shape. */
export function blockHash(block: Omit<Block, 'hash'>): CryptoHash {
  const { prevStateRoot, outcomeRoot, hash: chunkHash } = block.chunk
  const lite = sha256(encode(innerLiteCodec, { ...block, prevStateRoot, outcomeRoot }))
  const rest = sha256(encode(innerRestCodec, { ...block, chunkHash }))
  return sha256(Buffer.concat([sha256(Buffer.concat([lite, rest])), block.prevHash]))
}

const chunkCodec = struct({
  height: u64,
  prevStateRoot: cryptoHashCodec,
  stateRoot: cryptoHashCodec,
  outcomeRoot: cryptoHashCodec,
  txRoot: cryptoHashCodec,
  gasUsed: u64,
  gasLimit: u64,
  balanceBurnt: u128,
})

export function chunkHash(chunk: Omit<Chunk, 'hash'>): CryptoHash {
  return sha256(encode(chunkCodec, chunk))
}
