import type { PromisedReceipt } from '../../vm/types.ts'

/**
 * Gives the gas that a call did not use to the calls it made, by their weights; the last of them gets what rounding
 * leaves. Returns how much was given: nothing when no call has a weight.
 * nearcore: `distribute_gas` in receipt_manager.rs.
 */
export function distributeGas(receipts: readonly PromisedReceipt[], unusedGas: bigint): bigint {
  const calls = receipts
    .flatMap(({ actions }) => actions)
    .filter((action) => action.kind === 'functionCall')
    .filter(({ gasWeight }) => gasWeight > 0n)
  const last = calls.at(-1)
  if (!last || unusedGas <= 0n) return 0n

  const weightSum = calls.reduce((sum, { gasWeight }) => sum + gasWeight, 0n)
  let given = 0n
  for (const call of calls) {
    const share = (unusedGas * call.gasWeight) / weightSum
    call.gas += share
    given += share
  }
  last.gas += unusedGas - given
  return unusedGas
}
