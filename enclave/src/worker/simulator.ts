import { keccak } from '@parley/evm'
import { toHex, workloadId } from '@parley/protocol'
import { ConfigurationError, readJsonFile } from '@parley/service'
import { z } from 'zod'
import { loadSimulatedPlatform, SIMULATED_MEASUREMENTS, type StoredPlatform } from '../simulator/index.ts'
import type { Attester } from './registration.ts'

const storedPlatformSchema = z.custom<StoredPlatform>(
  (value) => typeof value === 'object' && value !== null && 'pck' in value && 'collateral' in value,
  'must be what SimulatedPlatform.toJson() gives',
)

/** What the simulator calls every enclave: it measures nothing, so all programs are the same to it. */
export const simulatedWorkload = toHex(workloadId(SIMULATED_MEASUREMENTS, keccak))

/** A machine that only this file's readers believe in. */
export async function readSimulatedAttester(path: string): Promise<Attester> {
  const stored = await readJsonFile('SIMULATOR_PLATFORM', path, storedPlatformSchema)
  const platform = await loadSimulatedPlatform(stored).catch((cause: unknown) => {
    throw new ConfigurationError(`SIMULATOR_PLATFORM: ${path} does not hold a simulated platform.`, { cause })
  })
  return { quote: (reportData) => platform.quote({ reportData }), collateral: platform.collateral }
}
