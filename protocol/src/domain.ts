import { type Hex, toHex } from './hex.ts'
import { defineMessage, hashStruct, type Keccak256, utf8 } from './message.ts'

/** Where a signature counts: one contract on one chain (EIP-712, eip712Domain). */
export type SigningDomain = EvmDomain | NearDomain

export interface EvmDomain {
  readonly chainId: number
  readonly verifyingContract: Hex
}

/** NEAR's chains have names, not numbers, and so have its contracts: both are in the salt. See `nearDomain`. */
export interface NearDomain {
  readonly salt: Hex
}

const EvmDomainType = defineMessage('EIP712Domain', [
  ['name', 'string'],
  ['version', 'string'],
  ['chainId', 'uint256'],
  ['verifyingContract', 'address'],
])

const NearDomainType = defineMessage('EIP712Domain', [
  ['name', 'string'],
  ['version', 'string'],
  ['salt', 'bytes32'],
])

/** What wallets show; every Parley contract has the same name and version. */
export const DOMAIN_NAME = 'Parley'
export const DOMAIN_VERSION = '1'

/** Salt = keccak256("near:" ‖ chain id ‖ ":" ‖ contract's account id); neither holds a colon. */
export function nearDomain(chainId: string, contract: string, keccak256: Keccak256): NearDomain {
  return { salt: toHex(keccak256(utf8(`near:${chainId}:${contract}`))) }
}

/** hashStruct(EIP712Domain). 32 bytes. */
export function domainSeparator(domain: SigningDomain, keccak256: Keccak256): Uint8Array {
  const named = { name: DOMAIN_NAME, version: DOMAIN_VERSION }
  if ('salt' in domain) return hashStruct(NearDomainType, { ...named, salt: domain.salt }, keccak256)
  const { chainId, verifyingContract } = domain
  return hashStruct(EvmDomainType, { ...named, chainId: BigInt(chainId), verifyingContract }, keccak256)
}

/** The same as an object that wallets and viem take. */
export function typedDataDomain(domain: SigningDomain) {
  return { name: DOMAIN_NAME, version: DOMAIN_VERSION, ...domain }
}
