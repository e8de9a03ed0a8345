import { hash } from 'node:crypto'
import { ripemd160 } from '@noble/hashes/legacy.js'
import { keccak_256, keccak_512, sha3_256, sha3_384, sha3_512 } from '@noble/hashes/sha3.js'
import type { ExtCost } from '../../parameters/index.ts'
import type { CallState } from '../call-state.ts'
import { type HostFunction, type HostFunctions, returnsNothing } from './host-function.ts'

type Digest = (bytes: Uint8Array) => Uint8Array

export const hashFunctions: HostFunctions = {
  sha256: hashFunction('sha256_base', 'sha256_byte', (bytes) => new Uint8Array(hash('sha256', bytes, 'buffer'))),
  keccak256: hashFunction('keccak256_base', 'keccak256_byte', keccak_256),
  keccak512: hashFunction('keccak512_base', 'keccak512_byte', keccak_512),

  ripemd160: returnsNothing((call, length, address, registerId) => {
    call.gas.pay('ripemd160_base')
    const bytes = call.bytes(length, address)
    const blocks = Math.floor((bytes.length + 8) / 64) + 1
    call.gas.pay('ripemd160_block', blocks)
    call.registers.write(registerId, ripemd160(bytes))
  }),
}

/** From protocol 87 (NEP-646). */
export const sha3Functions: HostFunctions = {
  sha3_256: hashFunction('sha3_256_base', 'sha3_256_byte', sha3_256),
  sha3_384: hashFunction('sha3_384_base', 'sha3_384_byte', sha3_384),
  sha3_512: hashFunction('sha3_512_base', 'sha3_512_byte', sha3_512),
}

function hashFunction(base: ExtCost, perByte: ExtCost, digest: Digest): HostFunction {
  return returnsNothing((call: CallState, length, address, registerId) => {
    call.gas.pay(base)
    const bytes = call.bytes(length, address)
    call.gas.pay(perByte, bytes.length)
    call.registers.write(registerId, digest(bytes))
  })
}
