import type { ActionView } from './transaction-tree.ts'

/** A call of a contract's method, as a node shows it. */
export interface FunctionCall {
  readonly method: string
  readonly args: Uint8Array
  readonly gas: bigint
  /** Yocto. */
  readonly deposit: bigint
}

interface FunctionCallView {
  readonly method_name: string
  /** Base64. */
  readonly args: string
  readonly gas: number | bigint | string
  readonly deposit: string
}

/** Undefined for every other action. */
export function readFunctionCall(action: ActionView): FunctionCall | undefined {
  if (typeof action === 'string' || !('FunctionCall' in action)) return undefined
  const { method_name: method, args, gas, deposit } = action.FunctionCall as FunctionCallView
  return { method, args: Buffer.from(args, 'base64'), gas: BigInt(gas), deposit: BigInt(deposit) }
}

/** The arguments as Parley's contracts take them; none for what is no JSON object: strangers send what they like. */
export function readArguments({ args }: FunctionCall): Readonly<Record<string, unknown>> {
  try {
    const json: unknown = JSON.parse(Buffer.from(args).toString())
    return typeof json === 'object' && json !== null ? { ...json } : {}
  } catch {
    return {}
  }
}
