import type { TaskRequest } from '@parley/sdk'
import { type InvoiceTotals, invoiceTotals } from './invoice-totals.ts'

export { type CurrencyTotal, type InvoiceTotals, invoiceTotals } from './invoice-totals.ts'

/** The answer of each task, by name. */
export interface TaskAnswers {
  readonly 'invoice-totals': InvoiceTotals
}

export type TaskAnswer = TaskAnswers[keyof TaskAnswers]

/** Pure, so that clients can run a task on their own machine to see whether it would succeed. Throws TaskFailed. */
export function runTask({ task, input }: Pick<TaskRequest, 'task' | 'input'>): TaskAnswer {
  switch (task) {
    case 'invoice-totals':
      return invoiceTotals(input)
  }
}
