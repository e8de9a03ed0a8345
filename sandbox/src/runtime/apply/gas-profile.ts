import type { CostGasUsed } from '../types.ts'

/**
 * The VM's profile as RPC prints it: sorted, action costs first, names in capitals, instructions among the host costs.
 * nearcore: `profile_v3_to_costs` in core/primitives/src/views.rs.
 */
export function gasProfile(profile: ReadonlyMap<string, bigint>): CostGasUsed[] {
  return [...profile]
    .filter(([, gasUsed]) => gasUsed > 0n)
    .map(([name, gasUsed]) => costOf(name, gasUsed))
    .sort((left, right) => compare(left.costCategory, right.costCategory) || compare(left.cost, right.cost))
}

const ACTION_PREFIX = 'action:'

function costOf(name: string, gasUsed: bigint): CostGasUsed {
  if (name === 'wasm') return { costCategory: 'WASM_HOST_COST', cost: 'WASM_INSTRUCTION', gasUsed }
  if (name.startsWith(ACTION_PREFIX)) {
    return { costCategory: 'ACTION_COST', cost: name.slice(ACTION_PREFIX.length).toUpperCase(), gasUsed }
  }
  return { costCategory: 'WASM_HOST_COST', cost: name.toUpperCase(), gasUsed }
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}
