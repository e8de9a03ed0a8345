import type { Hex } from './hex.ts'
import { defineMessage, hashStruct, type Keccak256 } from './message.ts'

/** Where a signature counts: one contract on one chain (EIP-712, eip712Domain). */
export interface SigningDomain {
  readonly chainId: number
  readonly verifyingContract: Hex
}

const Domain = defineMessage('EIP712Domain', [
  ['name', 'string'],
  ['version', 'string'],
  ['chainId', 'uint256'],
  ['verifyingContract', 'address'],
])

/** What wallets show; every Parley contract has the same name and version. */
export const DOMAIN_NAME = 'Parley'
export const DOMAIN_VERSION = '1'

/** hashStruct(EIP712Domain). 32 bytes. */
export function domainSeparator({ chainId, verifyingContract }: SigningDomain, keccak256: Keccak256): Uint8Array {
  const value = { name: DOMAIN_NAME, version: DOMAIN_VERSION, chainId: BigInt(chainId), verifyingContract }
  return hashStruct(Domain, value, keccak256)
}
