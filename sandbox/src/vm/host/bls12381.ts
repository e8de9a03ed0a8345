import type { WeierstrassPoint } from '@noble/curves/abstract/weierstrass.js'
import { bls12_381 } from '@noble/curves/bls12-381.js'
import { littleEndian } from '../guest-memory.ts'
import {
  decodePoint,
  decompressPoint,
  encodePoint,
  G1,
  G2,
  type Group,
  isInSubgroup,
  type PointRules,
} from './bls12381-groups.ts'

/** The pairing-friendly curve of NEP-488. nearcore: `logic/bls12381.rs`. `undefined` stands for bad points. */

const { Fp12, Fr } = bls12_381.fields

export const SCALAR_BYTES = 32

/** What `pairingCheck` returns. */
const PAIRING = { isOne: 0n, badInput: 1n, isNotOne: 2n } as const

/** Sum of points, each with its sign before it: 0 or 1. They need not be in the subgroup. */
export function sum<Value>(group: Group<Value>, items: Uint8Array[], rules: PointRules): Uint8Array | undefined {
  let total: WeierstrassPoint<Value> = group.Point.ZERO
  for (const item of items) {
    const point = decodePoint(group, item.subarray(1), rules)
    const sign = item[0] ?? 0
    if (point === undefined || sign > 1) return undefined
    total = total.add(sign === 1 ? point.negate() : point)
  }
  return encodePoint(group, total)
}

/** Sum of points of the subgroup times scalars of 256 bits, little-endian. */
export function multiexp<Value>(group: Group<Value>, items: Uint8Array[], rules: PointRules): Uint8Array | undefined {
  let total: WeierstrassPoint<Value> = group.Point.ZERO
  for (const item of items) {
    const point = decodePoint(group, item.subarray(0, -SCALAR_BYTES), rules)
    if (point === undefined || !isInSubgroup(point)) return undefined
    const scalar = littleEndian(item.subarray(-SCALAR_BYTES)) % Fr.ORDER
    total = total.add(point.multiplyUnsafe(scalar))
  }
  return encodePoint(group, total)
}

export function decompress<Value>(group: Group<Value>, items: Uint8Array[], rules: PointRules): Uint8Array | undefined {
  return concatenate(items, (item) => {
    const point = decompressPoint(group, item, rules)
    return point && encodePoint(group, point)
  })
}

/** Maps numbers of the field to points of the subgroup. */
export function mapToGroup<Value>(group: Group<Value>, items: Uint8Array[]): Uint8Array | undefined {
  return concatenate(items, (item) => {
    const value = group.decode(item)
    return value === undefined ? undefined : encodePoint(group, group.map(value))
  })
}

/** Whether the product of the pairings is one. */
export function pairingCheck(items: Uint8Array[]): bigint {
  const pairs = []
  for (const item of items) {
    const g1 = decodePoint(G1, item.subarray(0, 2 * G1.fieldBytes), { acceptsZeroX: false })
    const g2 = g1 && decodePoint(G2, item.subarray(2 * G1.fieldBytes), { acceptsZeroX: false })
    if (!g1 || !g2 || !isInSubgroup(g1) || !isInSubgroup(g2)) return PAIRING.badInput
    // A pairing with zero is one, which the library leaves to its caller.
    if (!g1.is0() && !g2.is0()) pairs.push({ g1, g2 })
  }
  return Fp12.eql(bls12_381.pairingBatch(pairs), Fp12.ONE) ? PAIRING.isOne : PAIRING.isNotOne
}

function concatenate(
  items: Uint8Array[],
  convert: (item: Uint8Array) => Uint8Array | undefined,
): Uint8Array | undefined {
  const converted: Uint8Array[] = []
  for (const item of items) {
    const bytes = convert(item)
    if (bytes === undefined) return undefined
    converted.push(bytes)
  }
  return new Uint8Array(Buffer.concat(converted))
}
