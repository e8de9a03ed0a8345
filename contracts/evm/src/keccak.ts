import { keccak256 } from 'viem'

/** keccak256 as the protocol's hashes take it: bytes in, bytes out. */
export function keccak(bytes: Uint8Array): Uint8Array {
  return keccak256(bytes, 'bytes')
}
