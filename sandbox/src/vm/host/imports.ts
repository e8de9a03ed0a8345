import type { Parameters } from '../../parameters/index.ts'
import { contextFunctions, economicsFunctions, registerFunctions } from './context.ts'
import { curveFunctions } from './curves.ts'
import { gasKeyFunctions } from './gas-keys.ts'
import { globalContractFunctions } from './global-contracts.ts'
import { hashFunctions, sha3Functions } from './hashes.ts'
import { type HostFunctions, returnsNothing, takesI32s } from './host-function.ts'
import { mlDsaFunctions } from './ml-dsa.ts'
import { outputFunctions } from './output.ts'
import { promiseActionFunctions } from './promise-actions.ts'
import { promiseFunctions } from './promises.ts'
import { signatureFunctions } from './signatures.ts'
import { storageFunctions } from './storage.ts'
import { yieldFunctions } from './yields.ts'

/** Everything that a contract can import from `env` in a protocol version. nearcore: `imports.rs`. */
export function hostFunctions({ features }: Parameters): HostFunctions {
  return {
    ...registerFunctions,
    ...contextFunctions,
    ...economicsFunctions,
    ...hashFunctions,
    ...(features.sha3 && sha3Functions),
    ...signatureFunctions,
    ...(features.mlDsaVerify && mlDsaFunctions),
    ...curveFunctions,
    ...outputFunctions,
    ...promiseFunctions,
    ...promiseActionFunctions,
    ...globalContractFunctions,
    ...gasKeyFunctions,
    ...yieldFunctions,
    ...storageFunctions,
    ...gasFunctions,
  }
}

const gasFunctions: HostFunctions = {
  /** What contracts instrumented long ago call. */
  gas: takesI32s(
    returnsNothing((call, instructions) => call.gas.burn(instructions * BigInt(call.parameters.regularOpCost))),
  ),
}
