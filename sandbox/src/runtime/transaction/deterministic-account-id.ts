import { keccak_256 } from '@noble/hashes/sha3.js'
import { type StateInit, stateInitCodec } from '../../primitives/action.ts'
import { encode } from '../../primitives/borsh.ts'

/** `0s` and the last 20 bytes of keccak256(borsh(stateInit)) in hex (NEP-616). */
export function deterministicAccountId(stateInit: StateInit): string {
  const hash = keccak_256(encode(stateInitCodec, stateInit))
  return `0s${Buffer.from(hash.subarray(12)).toString('hex')}`
}
