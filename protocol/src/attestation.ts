import { accountBytes, type ChainKind } from './account.ts'
import { concat, fromHex, type Hex } from './hex.ts'
import type { Keccak256 } from './message.ts'

/** What an enclave promises about itself inside its quote. */
export interface EnclaveBinding {
  /** The enclave's signing address, 20 bytes. */
  readonly enclave: Hex
  /** X25519 public key that requests are encrypted to, 32 bytes. */
  readonly encryptionKey: Hex
  /** Who runs the enclave and may end it: an account of the registry's chain. */
  readonly operator: string
  /** What the registry asked for, 32 bytes: makes an old quote worthless. */
  readonly challenge: Hex
}

/**
 * report_data (64 bytes) = enclave (20) ‖ keccak256(encryptionKey (32) ‖ operator ‖ challenge (32)) ‖ 12 zero bytes, with the operator's
 * 20 bytes on EVM and its name on NEAR.
 * The layout is Flashtestations': [0:20] the enclave's address, [20:52] keccak256 of the extended data, [52:64] unused.
 */
export function reportData(binding: EnclaveBinding, keccak256: Keccak256, kind: ChainKind = 'evm'): Uint8Array {
  const extended = concat([
    bytesOf('encryptionKey', binding.encryptionKey, 32),
    kind === 'near' ? accountBytes(binding.operator, kind) : bytesOf('operator', binding.operator as Hex, 20),
    bytesOf('challenge', binding.challenge, 32),
  ])
  return concat([bytesOf('enclave', binding.enclave, 20), keccak256(extended), new Uint8Array(12)])
}

/** In the order in which the workload id takes them. RTMR3 is left out: it differs between two instances of one image. */
export const workloadMeasurements = ['mrTd', 'rtMr0', 'rtMr1', 'rtMr2', 'mrConfigId'] as const

export type WorkloadMeasurements = Readonly<Record<(typeof workloadMeasurements)[number], Uint8Array>>

/** keccak256(MRTD ‖ RTMR0 ‖ RTMR1 ‖ RTMR2 ‖ MRCONFIGID), 48 bytes each (Intel TDX DCAP quote v4, TD report fields). */
export function workloadId(measurements: WorkloadMeasurements, keccak256: Keccak256): Uint8Array {
  const parts = workloadMeasurements.map((name) => {
    const part = measurements[name]
    if (part.length !== 48) throw new RangeError(`${name} has ${part.length} bytes, not 48`)
    return part
  })
  return keccak256(concat(parts))
}

/** Header (48 bytes) and TD report (584 bytes) of a quote v4: all that the attestation key signs. */
export const SIGNED_QUOTE_BYTES = 632

/**
 * keccak256(quote[0:632]): what replay protection keys on. Behind those bytes a quote can be changed and stay valid
 * (s for n − s, certificates in other armour), so a hash of the whole quote names nothing.
 */
export function quoteId(quote: Uint8Array, keccak256: Keccak256): Uint8Array {
  if (quote.length < SIGNED_QUOTE_BYTES) {
    throw new RangeError(`quote has ${quote.length} bytes, fewer than the ${SIGNED_QUOTE_BYTES} of header and body`)
  }
  return keccak256(quote.subarray(0, SIGNED_QUOTE_BYTES))
}

function bytesOf(name: string, hex: Hex, length: number): Uint8Array {
  const bytes = fromHex(hex)
  if (bytes.length !== length) throw new RangeError(`${name} has ${bytes.length} bytes, not ${length}`)
  return bytes
}
