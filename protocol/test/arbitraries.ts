import fc from 'fast-check'
import { type Hex, type Message, toHex, type ValueOf } from '../src/index.ts'
import type { Atom } from '../src/message.ts'

export function hexOf(minLength: number, maxLength = minLength): fc.Arbitrary<Hex> {
  return fc.uint8Array({ minLength, maxLength }).map(toHex)
}

/** Any string, lone surrogates included. */
export const anyText = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 0xffff }), fc.integer({ min: 0xd800, max: 0xdfff })))
  .map((units) => String.fromCharCode(...units))

const uint = (bits: bigint) => fc.bigInt({ min: 0n, max: 2n ** bits - 1n })

const atoms: Readonly<Record<Atom, fc.Arbitrary<unknown>>> = {
  address: hexOf(20),
  bytes32: hexOf(32),
  bytes: hexOf(0, 100),
  string: anyText,
  uint8: uint(8n),
  uint64: uint(64n),
  uint128: uint(128n),
  uint256: uint(256n),
}

/** Any value of a message, lists of messages included. */
export function anyValueOf<M extends Message>(message: M): fc.Arbitrary<ValueOf<M>> {
  const fields = message.fields.map(([name, type]) => [
    name,
    typeof type === 'string' ? atoms[type] : fc.array(anyValueOf(type[0]), { maxLength: 4 }),
  ])
  return fc.record(Object.fromEntries(fields)) as fc.Arbitrary<ValueOf<M>>
}

export const signingDomain = fc.record({
  chainId: fc.integer({ min: 1, max: 2 ** 53 - 1 }),
  verifyingContract: hexOf(20),
})
