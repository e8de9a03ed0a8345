import type { IField } from '@noble/curves/abstract/modular.js'
import type { WeierstrassPoint, WeierstrassPointCons } from '@noble/curves/abstract/weierstrass.js'
import { bls12_381 } from '@noble/curves/bls12-381.js'
import { bigEndian } from '../guest-memory.ts'

const { Fp, Fp2 } = bls12_381.fields

type Fp2Value = typeof Fp2.ONE

const FP_BYTES = 48

/** Flags in a point's first byte. */
const COMPRESSED = 0x80
const INFINITY = 0x40
const LARGER_Y = 0x20
const ALL_FLAGS = COMPRESSED | INFINITY | LARGER_Y

/** G1 or G2 with its field: one code for both. Points are bytes by blst's rules: big-endian, c1 before c0. */
export interface Group<Value> {
  Point: WeierstrassPointCons<Value>
  field: IField<Value>
  fieldBytes: number
  /** Of y and −y, whether this is the larger. */
  isLarger(y: Value): boolean
  /** `undefined` when a number is not below the field's. */
  decode(bytes: Uint8Array): Value | undefined
  encode(value: Value): Uint8Array
  /** RFC 9380's map to the curve, its cofactor cleared. */
  map(value: Value): WeierstrassPoint<Value>
}

// The library's types are those of the map without its cofactor cleared; the functions clear it and return points.
const mapToG1 = bls12_381.G1.mapToCurve as unknown as (value: bigint) => WeierstrassPoint<bigint>
const mapToG2 = bls12_381.G2.mapToCurve as unknown as (value: [bigint, bigint]) => WeierstrassPoint<Fp2Value>

export const G1: Group<bigint> = {
  Point: bls12_381.G1.Point,
  field: Fp,
  fieldBytes: FP_BYTES,
  isLarger: isLargerFp,
  decode: decodeFp,
  encode: (value) => Fp.toBytes(value),
  map: mapToG1,
}

export const G2: Group<Fp2Value> = {
  Point: bls12_381.G2.Point,
  field: Fp2,
  fieldBytes: 2 * FP_BYTES,
  isLarger: ({ c0, c1 }) => (c1 === 0n ? isLargerFp(c0) : isLargerFp(c1)),
  decode(bytes) {
    const c1 = decodeFp(bytes.subarray(0, FP_BYTES))
    const c0 = decodeFp(bytes.subarray(FP_BYTES))
    return c0 === undefined || c1 === undefined ? undefined : { c0, c1 }
  },
  encode: ({ c0, c1 }) => Buffer.concat([Fp.toBytes(c1), Fp.toBytes(c0)]),
  map: ({ c0, c1 }) => mapToG2([c0, c1]),
}

/** How blst treats points with x = 0, which are on the curve but in no subgroup. */
export interface PointRules {
  acceptsZeroX: boolean
}

/** A point of the curve, perhaps outside of the subgroup; `undefined` when the bytes are none. */
export function decodePoint<Value>(
  group: Group<Value>,
  bytes: Uint8Array,
  rules: PointRules,
): WeierstrassPoint<Value> | undefined {
  const flags = (bytes[0] ?? 0) & ALL_FLAGS
  if (flags === INFINITY) return decodeInfinity(group, bytes)
  if (flags !== 0) return undefined

  const x = group.decode(bytes.subarray(0, group.fieldBytes))
  const y = group.decode(bytes.subarray(group.fieldBytes))
  if (x === undefined || y === undefined || !isPermittedX(group, x, rules)) return undefined
  if (!group.field.eql(group.field.sqr(y), ySquared(group, x))) return undefined
  return group.Point.fromAffine({ x, y })
}

/** The same, from x and a flag that tells which y. */
export function decompressPoint<Value>(
  group: Group<Value>,
  bytes: Uint8Array,
  rules: PointRules,
): WeierstrassPoint<Value> | undefined {
  const flags = (bytes[0] ?? 0) & ALL_FLAGS
  if ((flags & COMPRESSED) === 0) return undefined
  const withoutFlags = Uint8Array.from(bytes)
  withoutFlags[0] = (bytes[0] ?? 0) & ~ALL_FLAGS
  if (flags & INFINITY) return flags & LARGER_Y ? undefined : decodeZeros(group, withoutFlags)

  const x = group.decode(withoutFlags)
  if (x === undefined || !isPermittedX(group, x, rules)) return undefined
  const y = squareRoot(group.field, ySquared(group, x))
  if (y === undefined) return undefined
  const wantsLarger = (flags & LARGER_Y) !== 0
  return group.Point.fromAffine({ x, y: group.isLarger(y) === wantsLarger ? y : group.field.neg(y) })
}

export function encodePoint<Value>(group: Group<Value>, point: WeierstrassPoint<Value>): Uint8Array {
  if (point.is0()) {
    const bytes = new Uint8Array(2 * group.fieldBytes)
    bytes[0] = INFINITY
    return bytes
  }
  const { x, y } = point.toAffine()
  return Buffer.concat([group.encode(x), group.encode(y)])
}

export function isInSubgroup<Value>(point: WeierstrassPoint<Value>): boolean {
  return point.is0() || point.isTorsionFree()
}

function decodeInfinity<Value>(group: Group<Value>, bytes: Uint8Array): WeierstrassPoint<Value> | undefined {
  const withoutFlag = Uint8Array.from(bytes)
  withoutFlag[0] = 0
  return (bytes[0] ?? 0) === INFINITY ? decodeZeros(group, withoutFlag) : undefined
}

function decodeZeros<Value>(group: Group<Value>, bytes: Uint8Array): WeierstrassPoint<Value> | undefined {
  return bytes.every((byte) => byte === 0) ? group.Point.ZERO : undefined
}

function isPermittedX<Value>(group: Group<Value>, x: Value, { acceptsZeroX }: PointRules): boolean {
  return acceptsZeroX || !group.field.is0(x)
}

/** x³ + b. */
function ySquared<Value>({ field, Point }: Group<Value>, x: Value): Value {
  return field.add(field.mul(field.sqr(x), x), Point.CURVE().b)
}

function squareRoot<Value>(field: IField<Value>, value: Value): Value | undefined {
  try {
    return field.sqrt(value)
  } catch {
    return undefined
  }
}

function decodeFp(bytes: Uint8Array): bigint | undefined {
  const value = bigEndian(bytes)
  return value < Fp.ORDER ? value : undefined
}

function isLargerFp(value: bigint): boolean {
  return value > Fp.ORDER / 2n
}
