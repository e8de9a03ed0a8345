import type { ObjectRef } from '@pothos/core'
import type { Page } from '../page.ts'
import { builder } from './builder.ts'

const PageInfo = builder.objectRef<Page<unknown>>('PageInfo').implement({
  fields: (t) => ({
    hasNextPage: t.exposeBoolean('hasNextPage'),
    hasPreviousPage: t.exposeBoolean('hasPreviousPage'),
    startCursor: t.string({ nullable: true, resolve: ({ edges }) => edges[0]?.cursor ?? null }),
    endCursor: t.string({ nullable: true, resolve: ({ edges }) => edges.at(-1)?.cursor ?? null }),
  }),
})

/** Counting reads the whole list: as dear as a long page. `limits.ts` adds a field's weight to what a query costs. */
const COUNT_WEIGHT = 100

/** The Relay connection of a type: `JobConnection` and `JobEdge` for `Job`. */
export function connectionOf<Row extends object>(name: string, node: ObjectRef<typeof builder.$inferSchemaTypes, Row>) {
  const Edge = builder.objectRef<Page<Row>['edges'][number]>(`${name}Edge`).implement({
    fields: (t) => ({
      cursor: t.exposeString('cursor', {
        description: 'Stays valid as long as the row exists, whatever is added or changes.',
      }),
      // A row is no list, which TypeScript cannot know of a type parameter.
      node: t.field({ type: node, resolve: (edge) => edge.node as never }),
    }),
  })
  return builder.objectRef<Page<Row>>(`${name}Connection`).implement({
    fields: (t) => ({
      edges: t.field({ type: [Edge], resolve: (page) => [...page.edges] }),
      nodes: t.field({ type: [node], resolve: (page) => page.edges.map((edge) => edge.node) }),
      pageInfo: t.field({ type: PageInfo, resolve: (page) => page }),
      totalCount: t.int({
        description: 'Rows in the whole list. Costly: ask for it when it is shown.',
        extensions: { weight: COUNT_WEIGHT },
        resolve: (page) => page.countAll(),
      }),
    }),
  })
}
