import { fromHex } from './hex.ts'
import { type Keccak256, utf8, wordFromBytes } from './message.ts'

/** EVM accounts are 20-byte addresses in hexadecimal, NEAR's are names (2 to 64 characters). */
export type ChainKind = 'evm' | 'near'

/** The kind of a chain, from its CAIP-2 id. Throws a RangeError for a namespace that Parley does not know. */
export function chainKind(chain: string): ChainKind {
  const [namespace] = chain.split(':', 1)
  if (namespace === 'eip155') return 'evm'
  if (namespace === 'near') return 'near'
  throw new RangeError(`"${chain}" is neither eip155:… nor near:…`)
}

/** An account as bytes: an address' 20, a name's characters. The kind must be said: `0x` and 40 digits is a name on NEAR too. */
export function accountBytes(account: string, kind: ChainKind): Uint8Array {
  if (kind === 'near') return utf8(account)
  const bytes = fromHex(account)
  if (bytes.length !== 20) throw new RangeError(`${account} has ${bytes.length} bytes, not 20`)
  return bytes
}

/** An account as EIP-712 encodes it: an address padded to 32 bytes, keccak256 of a name. */
export function accountWord(account: string, kind: ChainKind, keccak256: Keccak256): Uint8Array {
  const bytes = accountBytes(account, kind)
  return kind === 'near' ? keccak256(bytes) : wordFromBytes(bytes, 20)
}
