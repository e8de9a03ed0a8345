import type { ExtCost } from '../../parameters/index.ts'
import type { CallState } from '../call-state.ts'
import { HostAbort } from '../errors.ts'
import * as altBn128 from './alt-bn128.ts'
import * as bls from './bls12381.ts'
import { G1, G2, type Group, type PointRules } from './bls12381-groups.ts'
import { type HostFunction, type HostFunctions, returnsI64, returnsNothing } from './host-function.ts'

/** Arithmetic on pairing-friendly curves, paid for by the element. */
export const curveFunctions: HostFunctions = {
  alt_bn128_g1_multiexp: returnsNothing((call, length, address, registerId) => {
    const elements = altBn128Elements(call, 'alt_bn128_g1_multiexp', [length, address], altBn128.ELEMENT_BYTES.multiexp)
    call.registers.write(registerId, altBn128.multiexp(elements))
  }),

  alt_bn128_g1_sum: returnsNothing((call, length, address, registerId) => {
    const elements = altBn128Elements(call, 'alt_bn128_g1_sum', [length, address], altBn128.ELEMENT_BYTES.sum)
    call.registers.write(registerId, altBn128.sum(elements))
  }),

  alt_bn128_pairing_check: returnsI64((call, length, address) => {
    const elements = altBn128Elements(
      call,
      'alt_bn128_pairing_check',
      [length, address],
      altBn128.ELEMENT_BYTES.pairing,
    )
    return altBn128.isPairingOne(elements) ? 1n : 0n
  }),

  bls12381_p1_sum: blsSum(G1, 'bls12381_p1'),
  bls12381_p2_sum: blsSum(G2, 'bls12381_p2'),
  bls12381_g1_multiexp: blsMultiexp(G1, 'bls12381_g1_multiexp', 'bls12381_p1_multiexp'),
  bls12381_g2_multiexp: blsMultiexp(G2, 'bls12381_g2_multiexp', 'bls12381_p2_multiexp'),
  bls12381_map_fp_to_g1: blsMap(G1, 'bls12381_map_fp_to_g1'),
  bls12381_map_fp2_to_g2: blsMap(G2, 'bls12381_map_fp2_to_g2'),
  bls12381_p1_decompress: blsDecompress(G1, 'bls12381_p1'),
  bls12381_p2_decompress: blsDecompress(G2, 'bls12381_p2'),

  bls12381_pairing_check: returnsI64((call, length, address) => {
    const itemBytes = 2 * (G1.fieldBytes + G2.fieldBytes)
    call.gas.pay('bls12381_pairing_base')
    const bytes = call.bytes(length, address)
    call.gas.pay('bls12381_pairing_element', Math.floor(bytes.length / itemBytes))
    return bls.pairingCheck(blsItems(bytes, itemBytes, 'bls12381_pairing_check'))
  }),
}

type AltBn128Function = 'alt_bn128_g1_multiexp' | 'alt_bn128_g1_sum' | 'alt_bn128_pairing_check'

function altBn128Elements(
  call: CallState,
  name: AltBn128Function,
  [length, address]: [bigint, bigint],
  elementBytes: number,
): Uint8Array[] {
  call.gas.pay(`${name}_base`)
  const bytes = call.bytes(length, address)
  if (bytes.length % elementBytes !== 0) {
    const msg = `slice of size ${bytes.length} cannot be precisely split into chunks of size ${elementBytes}`
    throw new HostAbort('AltBn128InvalidInput', { msg })
  }
  const elements = chunks(bytes, elementBytes)
  call.gas.pay(`${name}_element`, elements.length)
  return elements
}

function blsSum<Value>(group: Group<Value>, name: 'bls12381_p1' | 'bls12381_p2'): HostFunction {
  return blsFunction(
    {
      base: `${name}_sum_base`,
      element: `${name}_sum_element`,
      itemBytes: 1 + 2 * group.fieldBytes,
      name: `${name}_sum`,
    },
    (items, rules) => bls.sum(group, items, rules),
  )
}

function blsMultiexp<Value>(
  group: Group<Value>,
  cost: 'bls12381_g1_multiexp' | 'bls12381_g2_multiexp',
  nameInErrors: string,
): HostFunction {
  const itemBytes = 2 * group.fieldBytes + bls.SCALAR_BYTES
  return blsFunction(
    { base: `${cost}_base`, element: `${cost}_element`, itemBytes, name: nameInErrors },
    (items, rules) => bls.multiexp(group, items, rules),
  )
}

function blsMap<Value>(group: Group<Value>, name: 'bls12381_map_fp_to_g1' | 'bls12381_map_fp2_to_g2'): HostFunction {
  return blsFunction({ base: `${name}_base`, element: `${name}_element`, itemBytes: group.fieldBytes, name }, (items) =>
    bls.mapToGroup(group, items),
  )
}

function blsDecompress<Value>(group: Group<Value>, name: 'bls12381_p1' | 'bls12381_p2'): HostFunction {
  const cost = `${name}_decompress` as const
  return blsFunction(
    { base: `${cost}_base`, element: `${cost}_element`, itemBytes: group.fieldBytes, name: cost },
    (items, rules) => bls.decompress(group, items, rules),
  )
}

interface BlsFunction {
  base: ExtCost
  element: ExtCost
  itemBytes: number
  /** In errors. */
  name: string
}

/** Returns 0 and writes a register, or 1 when the input is bad. */
function blsFunction(
  { base, element, itemBytes, name }: BlsFunction,
  compute: (items: Uint8Array[], rules: PointRules) => Uint8Array | undefined,
): HostFunction {
  return returnsI64((call, length, address, registerId) => {
    call.gas.pay(base)
    // By the length as given, also when it says that the bytes are in a register. That is the protocol.
    call.gas.pay(element, length / BigInt(itemBytes))
    const items = blsItems(call.bytes(length, address), itemBytes, name)
    const result = compute(items, { acceptsZeroX: call.parameters.features.bls12381NotInGroupFix })
    if (result === undefined) return 1n
    call.registers.write(registerId, result)
    return 0n
  })
}

function blsItems(bytes: Uint8Array, itemBytes: number, name: string): Uint8Array[] {
  if (bytes.length % itemBytes !== 0) {
    const msg = `Incorrect input length for ${name}: ${bytes.length} is not divisible by ${itemBytes}`
    throw new HostAbort('BLS12381InvalidInput', { msg })
  }
  return chunks(bytes, itemBytes)
}

function chunks(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: bytes.length / size }, (_, i) => bytes.subarray(i * size, (i + 1) * size))
}
