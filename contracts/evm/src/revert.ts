import { type ContractErrorName, isErrorName } from '@parley/protocol'
import { BaseError, decodeErrorResult, ExecutionRevertedError, type Hex } from 'viem'
import * as contracts from '../generated/contracts.ts'

/** Every error of our contracts, and those that come through them from libraries and tokens. */
const errorAbi = [
  ...contracts.forwarderAbi,
  ...contracts.agentRegistryAbi,
  ...contracts.enclaveRegistryAbi,
  ...contracts.jobEscrowAbi,
  ...contracts.enclaveEvaluatorAbi,
  ...contracts.demoDollarAbi,
].filter((item) => item.type === 'error')

export interface Revert {
  /** One of our error names, when it is one of ours. */
  readonly name: ContractErrorName | undefined
  /** `Name: arguments`, the same shape as a NEAR panic. */
  readonly reason: string
}

/** Reads revert data. What no contract of ours knows becomes `Reverted: 0x…`. */
export function readRevert(data: Hex): Revert {
  if (data === '0x') return { name: undefined, reason: 'Reverted: without a reason' }
  try {
    const { errorName, args = [] } = decodeErrorResult({ abi: errorAbi, data })
    const reason = `${errorName}: ${args.map(String).join(' ')}`.trim()
    return { name: isErrorName(errorName) ? (errorName as ContractErrorName) : undefined, reason }
  } catch {
    return { name: undefined, reason: `Reverted: ${data}` }
  }
}

/** The revert data inside what viem throws for a failed call; undefined when the call never ran. */
export function revertDataOf(error: unknown): Hex | undefined {
  if (!(error instanceof BaseError)) return undefined
  const found = error.walk((cause) => hexIn(cause) !== undefined)
  if (found) return hexIn(found)
  return error.walk((cause) => cause instanceof ExecutionRevertedError) ? '0x' : undefined
}

/** Nodes put revert data into `data` or `data.data` of the JSON-RPC error, viem into `raw` of its own. */
function hexIn(error: unknown): Hex | undefined {
  const { raw, data } = error as { raw?: unknown; data?: unknown }
  const inner = typeof data === 'object' && data !== null && 'data' in data ? data.data : undefined
  return [raw, data, inner].find(
    (value): value is Hex => typeof value === 'string' && /^0x([0-9a-f]{2})*$/i.test(value),
  )
}
