import type { CostGasUsed, ExecutionOutcome } from '@parley/sandbox'
import type { Call, Chain, Receipt } from '../../test/chain.ts'
import type { Burnt, Gas } from '../gas-table.ts'

export type Measure = (name: string, ...call: Call) => Promise<Receipt>

/** What a transaction's receipts burn, refunds included, and each call of a method by itself. */
export function gasOf({ node }: Chain, name: string, status: Receipt['status']): Gas {
  const outcomes = [status.transactionOutcome, ...status.receiptOutcomes].flatMap((outcome) => outcome ?? [])
  const total = outcomes.reduce((sum, { gasBurnt }) => sum + gasBurnt, 0n)
  const calls = status.receiptOutcomes.flatMap((outcome) => {
    const receipt = node.receipt(outcome.id)?.receipt
    const actions = receipt?.kind === 'Action' || receipt?.kind === 'PromiseYield' ? receipt.action.actions : []
    const methods = actions.flatMap((action) => (action.kind === 'FunctionCall' ? [action.methodName] : []))
    return methods.map(
      (method) => [`${name} > ${outcome.executorId.split('.')[0]}.${method}`, burntBy(outcome)] as const,
    )
  })
  return { [name]: { total: Number(total) }, ...Object.fromEntries(calls) }
}

function burntBy({ gasBurnt, metadata }: ExecutionOutcome): Burnt {
  const profile = metadata.version === 1 ? [] : metadata.gasProfile
  const sumOf = (isCounted: (row: CostGasUsed) => boolean) =>
    Number(profile.filter(isCounted).reduce((sum, { gasUsed }) => sum + gasUsed, 0n))
  const vm = sumOf(() => true)
  const loading = sumOf(({ cost }) => cost.startsWith('CONTRACT_LOADING'))
  const code = sumOf(({ cost }) => cost === 'WASM_INSTRUCTION')
  const promises = sumOf(({ costCategory }) => costCategory === 'ACTION_COST')
  return { total: Number(gasBurnt), vm, loading, code, host: vm - loading - code - promises, promises }
}
