/** Feedback and validations of an agent in one number each, as ERC-8004's registries count them. */
import { type Database, feedback, storable, validations } from '@parley/database'
import { ParleyError, reputationModel } from '@parley/protocol'
import { and, count, eq, gt, inArray, isNotNull, type SQL, sql, sum } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'

/** As many accounts as one statement should look for. */
const MAX_ACCOUNTS = 100

interface Agent {
  readonly chain: string
  readonly agentId: bigint
}

/** Empty tags are any. */
interface FeedbackQuery {
  readonly clients: readonly string[]
  readonly tag1: string
  readonly tag2: string
}

/**
 * The mean of what these clients say, without what they revoked: each as much as another or, of what stands on jobs alone, by its weight. Nobody's is
 * refused: anybody can be a client, as often as it likes.
 */
export async function summarizeFeedback(
  db: Database,
  { chain, agentId }: Agent,
  { clients, tag1, tag2 }: FeedbackQuery,
  { isByWeight = false } = {},
): Promise<Mean> {
  if (clients.length === 0)
    throw new ParleyError('InputInvalid', 'name the clients to believe: anybody can be one', { field: 'clients' })
  const weight = isByWeight ? feedback.weight : sql`1`
  const groups = await db
    .select({
      decimals: feedback.valueDecimals,
      count: count(),
      weight: sum(weight),
      sum: sum(sql`${feedback.value} * ${weight}`),
    })
    .from(feedback)
    .where(
      and(
        ...[eq(feedback.chain, chain), eq(feedback.agentId, agentId), eq(feedback.isRevoked, false)],
        ...[isAmong(feedback.client, clients, 'clients'), hasTag(feedback.tag1, tag1), hasTag(feedback.tag2, tag2)],
        isByWeight ? gt(feedback.weight, 0n) : undefined,
      ),
    )
    .groupBy(feedback.valueDecimals)
  return meanOfGroups(
    groups.map((group) => ({ ...group, weight: BigInt(group.weight ?? 0), sum: BigInt(group.sum ?? 0) })),
  )
}

interface ValidationQuery {
  /** None are all. */
  readonly validators: readonly string[]
  readonly tag: string
}

/** The mean of what validators answered, rounded down. */
export async function summarizeValidations(
  db: Database,
  { chain, agentId }: Agent,
  { validators, tag }: ValidationQuery,
): Promise<{ readonly count: number; readonly average: number }> {
  const isTheirs = validators.length > 0 ? isAmong(validations.validator, validators, 'validators') : undefined
  const [found] = await db
    .select({ count: count(), sum: sum(validations.response) })
    .from(validations)
    .where(
      and(
        ...[eq(validations.chain, chain), eq(validations.agentId, agentId), isNotNull(validations.response)],
        ...[isTheirs, hasTag(validations.tag, tag)],
      ),
    )
  const total = found?.count ?? 0
  return { count: total, average: total === 0 ? 0 : Math.floor(Number(found?.sum ?? 0) / total) }
}

export interface Mean {
  readonly count: number
  readonly weight: bigint
  readonly value: bigint
  readonly decimals: number
}

/** Feedback with as many decimals; `sum` is that of its values, each times its weight. */
interface Group {
  readonly decimals: number
  readonly count: number
  readonly weight: bigint
  readonly sum: bigint
}

/** `meanOf` of the model, of more values than one would want to list. */
export function meanOfGroups(groups: readonly Group[]): Mean {
  const { MAX_DECIMALS, MAX_INT128 } = reputationModel
  const total = groups.reduce((before, group) => before + group.count, 0)
  const weight = groups.reduce((before, group) => before + group.weight, 0n)
  if (total === 0) return { count: 0, weight, value: 0n, decimals: 0 }
  const [commonest] = groups.toSorted((a, b) => b.count - a.count || a.decimals - b.decimals)
  const scaled = groups.map(({ decimals, sum }) => sum * 10n ** BigInt(MAX_DECIMALS - decimals))
  const sumOfAll = scaled.reduce((before, one) => before + one, 0n)

  let decimals = commonest?.decimals ?? 0
  let value = sumOfAll / weight / 10n ** BigInt(MAX_DECIMALS - decimals)
  for (; value > MAX_INT128 || value < -MAX_INT128 - 1n; decimals--) value /= 10n
  return { count: total, weight, value, decimals }
}

function isAmong(column: PgColumn, accounts: readonly string[], field: string): SQL {
  if (accounts.length <= MAX_ACCOUNTS) return inArray(column, [...accounts])
  throw new ParleyError('InputInvalid', `${accounts.length} accounts are too many: name at most ${MAX_ACCOUNTS}`, {
    field,
  })
}

function hasTag(column: PgColumn, tag: string): SQL | undefined {
  return tag === '' ? undefined : eq(column, storable(tag))
}
