/** What the relayer is asked and what it tells of it: the same words in its HTTP, in SQL and in GraphQL. */

/** What may be asked: a path below `/v1`. */
export const requestKinds = ['transactions', 'results', 'enclaves', 'challenges'] as const
export type RequestKind = (typeof requestKinds)[number]

/** Lives of a request: `accepted` → `sent` → `succeeded` or `failed`; `refused` ones never got that far. */
export const requestStatuses = ['accepted', 'sent', 'succeeded', 'failed', 'refused'] as const
export type RequestStatus = (typeof requestStatuses)[number]

/** An event of a request's transaction as JSON: numbers as decimal strings. */
export interface EmittedEvent {
  readonly name: string
  readonly args: Readonly<Record<string, string>>
}
