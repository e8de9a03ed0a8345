import { bn254 } from '@noble/curves/bn254.js'
import { HostAbort } from '../errors.ts'
import { littleEndian } from '../guest-memory.ts'

/** The curve of Ethereum's first pairing precompiles. Numbers are little-endian. nearcore: `logic/alt_bn128.rs`. */

const G1 = bn254.G1.Point
const G2 = bn254.G2.Point
const { Fp, Fp2, Fp12, Fr } = bn254.fields

type G1Point = InstanceType<typeof G1>
type G2Point = InstanceType<typeof G2>

const NUMBER_BYTES = 32
const POINT_BYTES = 64

/** Of `multiexp`, `sum` and `isPairingOne`: bytes of one element of their input. */
export const ELEMENT_BYTES = { multiexp: POINT_BYTES + NUMBER_BYTES, sum: 1 + POINT_BYTES, pairing: 3 * POINT_BYTES }

/** Sum of points times scalars. */
export function multiexp(elements: Uint8Array[]): Uint8Array {
  const pairs = elements.map((element) => ({
    point: decodeG1(element.subarray(0, POINT_BYTES)),
    scalar: decodeScalar(element.subarray(POINT_BYTES)),
  }))
  return encodeG1(pairs.reduce((sum, { point, scalar }) => sum.add(point.multiplyUnsafe(scalar)), G1.ZERO))
}

/** Sum of points, each with a sign before it. */
export function sum(elements: Uint8Array[]): Uint8Array {
  const points = elements.map((element) => {
    const isNegative = decodeBoolean(element.subarray(0, 1))
    const point = decodeG1(element.subarray(1))
    return isNegative ? point.negate() : point
  })
  return encodeG1(points.reduce((total, point) => total.add(point), G1.ZERO))
}

/** Whether the product of the pairings is one. */
export function isPairingOne(elements: Uint8Array[]): boolean {
  const pairs = elements.map((element) => ({
    g1: decodeG1(element.subarray(0, POINT_BYTES)),
    g2: decodeG2(element.subarray(POINT_BYTES)),
  }))
  // A pairing with zero is one, which the library leaves to its caller.
  const factors = pairs.filter(({ g1, g2 }) => !g1.is0() && !g2.is0())
  return Fp12.eql(bn254.pairingBatch(factors), Fp12.ONE)
}

function decodeG1(bytes: Uint8Array): G1Point {
  const x = decodeFp(bytes.subarray(0, NUMBER_BYTES))
  const y = decodeFp(bytes.subarray(NUMBER_BYTES))
  if (x === 0n && y === 0n) return G1.ZERO
  return validPoint(() => G1.fromAffine({ x, y }), 'invalid g1', bytes)
}

function decodeG2(bytes: Uint8Array): G2Point {
  const x = decodeFp2(bytes.subarray(0, POINT_BYTES))
  const y = decodeFp2(bytes.subarray(POINT_BYTES))
  if (Fp2.is0(x) && Fp2.is0(y)) return G2.ZERO
  return validPoint(() => G2.fromAffine({ x, y }), 'invalid g2', bytes)
}

function validPoint<Point extends G1Point | G2Point>(decode: () => Point, message: string, bytes: Uint8Array): Point {
  try {
    const point = decode()
    point.assertValidity()
    return point
  } catch {
    throw invalid(message, bytes)
  }
}

function decodeFp(bytes: Uint8Array): bigint {
  const value = littleEndian(bytes)
  if (value >= Fp.ORDER) throw invalid('invalid fq', bytes)
  return value
}

function decodeFp2(bytes: Uint8Array) {
  return { c0: decodeFp(bytes.subarray(0, NUMBER_BYTES)), c1: decodeFp(bytes.subarray(NUMBER_BYTES)) }
}

function decodeScalar(bytes: Uint8Array): bigint {
  const value = littleEndian(bytes)
  if (value >= Fr.ORDER) throw invalid('invalid fr', bytes)
  return value
}

function decodeBoolean(bytes: Uint8Array): boolean {
  const [byte] = bytes
  if (byte !== 0 && byte !== 1) throw invalid('invalid bool', bytes)
  return byte === 1
}

function encodeG1(point: G1Point): Uint8Array {
  const { x, y } = point.is0() ? { x: 0n, y: 0n } : point.toAffine()
  const bytes = new Uint8Array(POINT_BYTES)
  bytes.set(Fp.toBytes(x).reverse())
  bytes.set(Fp.toBytes(y).reverse(), NUMBER_BYTES)
  return bytes
}

/** The bytes as Rust prints them with `{:X?}`. */
function invalid(message: string, bytes: Uint8Array): HostAbort {
  const printed = [...bytes].map((byte) => byte.toString(16).toUpperCase()).join(', ')
  return new HostAbort('AltBn128InvalidInput', { msg: `${message}: [${printed}]` })
}
