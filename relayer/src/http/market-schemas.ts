import { z } from '@hono/zod-openapi'
import {
  isEvaluatorTerms,
  isPlainText,
  jobStatuses,
  MAX_BID_CHARACTERS,
  MAX_REQUEST_CHARACTERS,
  marketMessages,
  marketStatuses,
} from '@parley/protocol'
import { hexOf } from '@parley/service'
import { chainSchema, messageSchema } from './schemas.ts'

const id = hexOf(32).openapi({ description: 'The digest of what was signed (EIP-712).' })

/** An address or an account id; which of the two, the chain says. */
const account = z.string().max(64)
const decimal = z.string().openapi({ format: 'uint', description: 'In decimal.' })

/** A quorum of 16 names of 64 characters, or as many milestones, and room. */
const MAX_TERMS_CHARACTERS = 2_000

/** Plain words of a stranger: whoever shows them must not take them for markup. */
function words(maxCharacters: number) {
  const problem = 'must be words, without control characters and halves of characters'
  return z.string().max(maxCharacters).refine(isPlainText, problem)
}

const { WorkRequest, Bid, Award } = marketMessages.near
const parties = { client: account, token: account, evaluator: account }
const request = messageSchema(WorkRequest, {
  ...parties,
  text: words(MAX_REQUEST_CHARACTERS),
  evaluatorTerms: z
    .string()
    .max(MAX_TERMS_CHARACTERS)
    .refine(isEvaluatorTerms, 'must be empty or like `Quorum threshold=2 members=a.near,b.near`'),
})
const bid = messageSchema(Bid, { provider: account, text: words(MAX_BID_CHARACTERS) })

const proof = {
  signature: z.string().max(8194).openapi({
    description:
      "EVM: of the message as EIP-712 typed data in the escrow's domain, by the account's key or as its ERC-1271 wallet takes it, in hexadecimal. NEAR: of NEP-413's payload (message: `Parley <name>`, a line end and the message as JSON, indented by two; nonce: the id; recipient: the contract `parley`), in base64.",
  }),
  publicKey: z.string().max(128).optional().openapi({ description: 'NEAR: the full access key that signed.' }),
}

export const marketBodies = {
  request: z.strictObject({ chain: chainSchema, request, ...proof }).openapi('SignedWorkRequest'),
  bid: z.strictObject({ bid, ...proof }).openapi('SignedBid'),
  award: z.strictObject({ award: messageSchema(Award), ...proof }).openapi('SignedAward'),
  withdrawal: z.strictObject(proof).openapi('SignedWithdrawal'),
} as const

export const idParameter = z.object({ id })

/** Query strings are text. */
const page = {
  first: z.coerce.number().int().min(1).max(100).default(20),
  after: z.string().max(128).optional().openapi({ description: '`next` of the page before.' }),
}
/** An account or a chain to look for: of no such name is none; but a NUL, the database refuses. */
const name = account.regex(/^[!-~]*$/, 'must be letters, digits and signs')
const lowerCase = name.transform((text) => text.toLowerCase()).optional()

export const pageQuery = z.object(page)
export const requestsQuery = z.object({
  ...page,
  chain: name.optional(),
  client: lowerCase,
  token: lowerCase,
  status: z.enum(marketStatuses).optional(),
  deadlineFrom: z.coerce.number().int().min(0).optional().openapi({ description: 'Seconds.' }),
})

export const statedSchema = z.object({ id }).openapi('Stated')

const evaluatorTerms = z.string().openapi({
  description: "On one line, as the evaluator's event tells them; empty for an evaluator that is none of Parley's.",
})

const terms = z
  .object({
    client: account,
    provider: account,
    agentId: decimal,
    evaluator: account,
    evaluatorTerms,
    token: account,
    budget: decimal,
    expiredAt: decimal,
    description: z.string().openapi({ description: "Must be the first line of the job's description." }),
  })
  .openapi('AwardedTerms')

export const awardedSchema = z.object({ id, job: terms }).openapi('Awarded')

const stored = {
  id,
  chain: z.string(),
  status: z.enum(marketStatuses),
  signature: z.string(),
  publicKey: z.string().optional(),
  createdAt: z.iso.datetime(),
}

const requestShape = {
  ...stored,
  client: account,
  text: z.string(),
  token: account,
  budget: decimal,
  deadline: decimal,
  evaluator: account,
  evaluatorTerms,
  nonce: decimal,
}

export const requestListSchema = z
  .object({ requests: z.array(z.object(requestShape).openapi('MarketRequest')), next: z.string().optional() })
  .openapi('MarketRequests')

export const bidListSchema = z
  .object({
    bids: z.array(
      z
        .object({
          ...stored,
          requestId: id,
          provider: account,
          agentId: decimal,
          text: z.string(),
          price: decimal,
          deadline: decimal,
          validUntil: decimal,
        })
        .openapi('MarketBid'),
    ),
    next: z.string().optional(),
  })
  .openapi('MarketBids')

export const viewedSchema = z
  .object({
    ...requestShape,
    bidCount: z.number().int(),
    award: z
      .object({
        id,
        bidId: id,
        signature: z.string(),
        publicKey: z.string().optional(),
        terms,
        job: z
          .object({ jobId: id, status: z.enum(jobStatuses), transaction: z.string() })
          .optional()
          .openapi({
            description: 'A job on chain that is what was awarded, of the hirings that this relayer has sent.',
          }),
      })
      .optional(),
  })
  .openapi('ViewedMarketRequest')
