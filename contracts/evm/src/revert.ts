import { type ContractErrorName, erc8004Errors, isContractErrorName } from '@parley/protocol'
import { BaseError, decodeErrorResult, ExecutionRevertedError, type Hex } from 'viem'
import { errorAbi } from './abi.ts'

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
    // viem knows Solidity's own errors without an ABI.
    const named = (errorName as string) === 'Error' ? nameOfText(args[0]) : undefined
    if (named !== undefined) return { name: named, reason: `${named}:` }
    const reason = `${errorName}: ${args.map(String).join(' ')}`.trim()
    return { name: isContractErrorName(errorName) ? errorName : undefined, reason }
  } catch {
    return { name: undefined, reason: `Reverted: ${data}` }
  }
}

/** The name that Parley has for a text of ERC-8004. */
function nameOfText(text: unknown): ContractErrorName | undefined {
  const [, name] = Object.entries(erc8004Errors).find(([known]) => known === text) ?? []
  return name
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
    (value): value is Hex => typeof value === 'string' && value.length % 2 === 0 && /^0x[0-9a-f]*$/i.test(value),
  )
}
