export type { CollateralChanges, CrlChanges } from './collateral.ts'
export { type Measurements, measurementOf, SIMULATED_MEASUREMENTS } from './measurements.ts'
export type { CertificateChanges, PkiChanges, PkiMember } from './pki.ts'
export {
  createSimulatedPlatform,
  loadSimulatedPlatform,
  type QuoteRequest,
  type SimulatedPlatform,
  type SimulatedPlatformOptions,
  type StoredPlatform,
} from './platform.ts'
export type { QuoteChanges } from './quote.ts'
