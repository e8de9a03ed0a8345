import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from '../page.ts'
import { builder } from './builder.ts'
import { OrderEnum } from './enums.ts'

/** Arguments of every list. */
export const pageArguments = builder.args((t) => ({
  first: t.int({
    description: `From the beginning: 0 to ${MAX_PAGE_SIZE}, ${DEFAULT_PAGE_SIZE} when nothing is said.`,
  }),
  after: t.string({ description: 'Begin behind this cursor.' }),
  last: t.int({ description: `From the end: 0 to ${MAX_PAGE_SIZE}. Not together with first.` }),
  before: t.string({ description: 'End ahead of this cursor.' }),
  orderBy: t.field({ type: OrderEnum, required: true, defaultValue: 'desc' }),
}))
