import { feedback, validations } from '@parley/database'
import { and, isNotNull, isNull } from 'drizzle-orm'
import type { Context } from '../context.ts'
import { given, matches } from '../filters.ts'
import type { PageArguments } from '../page.ts'
import type { FeedbackResponseRow, FeedbackRow, ValidationRow } from '../rows.ts'
import type { Mean } from '../summaries.ts'
import { readTablePage } from '../table-page.ts'
import { Agent } from './agent.ts'
import { builder } from './builder.ts'
import { connectionOf } from './connection.ts'
import { Job } from './job.ts'
import { created, MomentType, updated } from './moment.ts'
import { pageArguments } from './page-arguments.ts'

const CHAIN = { description: 'CAIP-2: `eip155:1`, `near:mainnet`.' }
const ALL = { description: 'All that is given must hold.' }
const WORDS = { description: 'Words of a stranger: show them as text, and trust a link no further.' }

const FeedbackResponse = builder.objectRef<FeedbackResponseRow>('FeedbackResponse').implement({
  description: 'What somebody, who can be anybody, said to a feedback.',
  fields: (t) => ({
    responder: t.expose('responder', { type: 'Address' }),
    uri: t.exposeString('uri', WORDS),
    hash: t.expose('hash', { type: 'Hex' }),
    created: t.field({ type: MomentType, resolve: created }),
  }),
})

const Feedback = builder.objectRef<FeedbackRow>('Feedback')
export const FeedbackConnection = connectionOf('Feedback', Feedback)

Feedback.implement({
  description: 'What a client said of an agent (ERC-8004).',
  fields: (t) => ({
    id: t.id({
      resolve: ({ chain, agentId, client, feedbackIndex }) => `feedback/${chain}/${agentId}/${client}/${feedbackIndex}`,
    }),
    chain: t.exposeString('chain', CHAIN),
    agentId: t.expose('agentId', { type: 'BigInt' }),
    agent: t.field({
      type: Agent,
      nullable: true,
      resolve: ({ chain, agentId }, _, { loaders }) => loaders.agent.load({ chain, id: agentId }),
    }),
    client: t.expose('client', { type: 'Address' }),
    feedbackIndex: t.expose('feedbackIndex', { type: 'BigInt', description: 'Counts from 1, by agent and client.' }),
    value: t.expose('value', {
      type: 'SignedBigInt',
      description: 'To be divided by 10 to the power of `valueDecimals`.',
    }),
    valueDecimals: t.exposeInt('valueDecimals'),
    tag1: t.exposeString('tag1', WORDS),
    tag2: t.exposeString('tag2', WORDS),
    endpoint: t.exposeString('endpoint', WORDS),
    uri: t.exposeString('uri', WORDS),
    hash: t.expose('hash', { type: 'Hex' }),
    isRevoked: t.exposeBoolean('isRevoked'),
    job: t.field({
      type: Job,
      nullable: true,
      description: 'The paid job that it stands on, if it does.',
      resolve: ({ chain, jobId }, _, { loaders }) => (jobId === null ? null : loaders.job.load({ chain, id: jobId })),
    }),
    weight: t.expose('weight', { type: 'BigInt', nullable: true, description: "What its job's fee gives it." }),
    responses: t.field({
      type: [FeedbackResponse],
      description: 'The oldest first, at most 100.',
      resolve: async ({ chain, agentId, client, feedbackIndex }, _, { loaders }) =>
        (await loaders.responsesOfFeedback.load({ chain, id: [agentId, client, feedbackIndex] })) ?? [],
    }),
    created: t.field({ type: MomentType, resolve: created }),
    updated: t.field({ type: MomentType, resolve: updated }),
  }),
})

export const FeedbackSummary = builder.objectRef<Mean>('FeedbackSummary').implement({
  description: "A mean, as the registry's `getSummary` and `getBackedSummary` round it.",
  fields: (t) => ({
    count: t.exposeInt('count'),
    weight: t.expose('weight', { type: 'BigInt', description: 'Of all of it: each counts 1 where weights do not.' }),
    value: t.expose('value', {
      type: 'SignedBigInt',
      description: 'To be divided by 10 to the power of `valueDecimals`.',
    }),
    valueDecimals: t.exposeInt('decimals'),
  }),
})

const Validation = builder.objectRef<ValidationRow>('Validation')
export const ValidationConnection = connectionOf('Validation', Validation)

Validation.implement({
  description: "A check of an agent's work that was asked for, and the validator's last word on it (ERC-8004).",
  fields: (t) => ({
    id: t.id({
      resolve: ({ chain, requestHash, validator, agentId }) =>
        `validation/${chain}/${requestHash}/${validator}/${agentId}`,
    }),
    chain: t.exposeString('chain', CHAIN),
    requestHash: t.expose('requestHash', { type: 'Hex' }),
    validator: t.expose('validator', { type: 'Address' }),
    agentId: t.expose('agentId', { type: 'BigInt' }),
    agent: t.field({
      type: Agent,
      nullable: true,
      resolve: ({ chain, agentId }, _, { loaders }) => loaders.agent.load({ chain, id: agentId }),
    }),
    requestUri: t.exposeString('requestURI', WORDS),
    response: t.exposeInt('response', { nullable: true, description: '0 to 100. Null before there is one.' }),
    responseUri: t.exposeString('responseURI', { ...WORDS, nullable: true }),
    responseHash: t.expose('responseHash', { type: 'Hex', nullable: true }),
    tag: t.exposeString('tag', { ...WORDS, nullable: true }),
    created: t.field({ type: MomentType, resolve: created }),
    updated: t.field({ type: MomentType, resolve: updated }),
  }),
})

export const ValidationSummary = builder
  .objectRef<{ readonly count: number; readonly average: number }>('ValidationSummary')
  .implement({
    fields: (t) => ({ count: t.exposeInt('count'), average: t.exposeInt('average', { description: 'Rounded down.' }) }),
  })

const FeedbackFilter = builder.inputType('FeedbackFilter', {
  ...ALL,
  fields: (t) => ({
    chain: t.string(),
    agentId: t.field({ type: 'BigInt' }),
    client: t.field({ type: 'Address' }),
    tag1: t.string(),
    tag2: t.string(),
    isRevoked: t.boolean(),
    isBacked: t.boolean({ description: 'Whether it stands on a job.' }),
  }),
})

const ValidationFilter = builder.inputType('ValidationFilter', {
  ...ALL,
  fields: (t) => ({
    chain: t.string(),
    requestHash: t.field({ type: 'Hex' }),
    agentId: t.field({ type: 'BigInt' }),
    validator: t.field({ type: 'Address' }),
    tag: t.string(),
    isAnswered: t.boolean(),
  }),
})

builder.queryFields((t) => ({
  feedback: t.field({
    type: FeedbackConnection,
    args: { filter: t.arg({ type: FeedbackFilter }), ...pageArguments },
    resolve: (_, { filter, ...page }, { db }) => readFeedback(db, filter ?? {}, page),
  }),
  validations: t.field({
    type: ValidationConnection,
    args: { filter: t.arg({ type: ValidationFilter }), ...pageArguments },
    resolve: (_, { filter, ...page }, { db }) => readValidations(db, filter ?? {}, page),
  }),
}))

export function readFeedback(
  db: Context['db'],
  { isBacked, ...filter }: typeof FeedbackFilter.$inferInput,
  page: PageArguments,
) {
  const backed = given(isBacked, (is) => (is ? isNotNull(feedback.jobId) : isNull(feedback.jobId)))
  return readTablePage(db, { table: feedback, type: 'feedback', where: and(backed, matches(feedback, filter)) }, page)
}

export function readValidations(
  db: Context['db'],
  { isAnswered, ...filter }: typeof ValidationFilter.$inferInput,
  page: PageArguments,
) {
  const { response } = validations
  const answered = given(isAnswered, (is) => (is ? isNotNull(response) : isNull(response)))
  return readTablePage(
    db,
    { table: validations, type: 'validation', where: and(answered, matches(validations, filter)) },
    page,
  )
}
