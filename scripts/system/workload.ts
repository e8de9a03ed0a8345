import { SIMULATED_MEASUREMENTS } from '@parley/enclave/simulator'
import { keccak } from '@parley/evm'
import { toHex, workloadId } from '@parley/protocol'

/** What the simulator's enclaves measure: the one workload that devnets allow. */
export const simulatedWorkload = toHex(workloadId(SIMULATED_MEASUREMENTS, keccak))
