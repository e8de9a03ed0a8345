import { createHash } from 'node:crypto'

/** What a TD says about its own software: the fields of a quote's body that differ between workloads. */
export interface Measurements {
  readonly mrTd: Uint8Array
  readonly mrConfigId: Uint8Array
  readonly rtMr0: Uint8Array
  readonly rtMr1: Uint8Array
  readonly rtMr2: Uint8Array
  readonly rtMr3: Uint8Array
}

/** SHA-384 of a text, to stand for a measured image: `{ ...SIMULATED_MEASUREMENTS, mrTd: measurementOf('another build') }`. */
export function measurementOf(image: string): Uint8Array {
  return createHash('sha384').update(image).digest()
}

export const SIMULATED_MEASUREMENTS: Measurements = {
  mrTd: measurementOf('Parley Simulator firmware'),
  mrConfigId: measurementOf('Parley Simulator compose file'),
  rtMr0: measurementOf('Parley Simulator virtual hardware'),
  rtMr1: measurementOf('Parley Simulator kernel'),
  rtMr2: measurementOf('Parley Simulator root file system'),
  rtMr3: measurementOf('Parley Simulator events'),
}
