/**
 * What clients and providers sign to find each other. No contract reads it; the domain is the escrow's, where an award becomes a job, so that
 * nothing counts on another chain or for another escrow. A message's digest is its id. Times are in seconds, amounts in atoms.
 */
import { defineMessage, type ValueOf } from './message.ts'

/**
 * What a client wants done, in plain words: for `budget` of `token` at most, by `deadline`, judged by `evaluator` on `evaluatorTerms`. `nonce`
 * tells two requests of the same words apart.
 */
const WorkRequest = defineMessage('WorkRequest', [
  ['client', 'address'],
  ['text', 'string'],
  ['token', 'address'],
  ['budget', 'uint128'],
  ['deadline', 'uint64'],
  ['evaluator', 'address'],
  ['evaluatorTerms', 'string'],
  ['nonce', 'uint256'],
])

/** What a provider offers: its agent does the work by `deadline` for `price`. It stands until `validUntil`. */
const Bid = defineMessage('Bid', [
  ['requestId', 'bytes32'],
  ['provider', 'address'],
  ['agentId', 'uint256'],
  ['text', 'string'],
  ['price', 'uint128'],
  ['deadline', 'uint64'],
  ['validUntil', 'uint64'],
])

/** The client of a request takes a bid. */
const Award = defineMessage('Award', [
  ['requestId', 'bytes32'],
  ['bidId', 'bytes32'],
])

/** Who signed a request or a bid takes it back; `id` is its digest. */
const Withdrawal = defineMessage('Withdrawal', [['id', 'bytes32']])

/** The messages of the market as each kind of chain signs them: an account is a name on NEAR, so a string. */
export const marketMessages = {
  evm: { WorkRequest, Bid, Award, Withdrawal },
  near: {
    WorkRequest: defineMessage('WorkRequest', [
      ['client', 'string'],
      ['text', 'string'],
      ['token', 'string'],
      ['budget', 'uint128'],
      ['deadline', 'uint64'],
      ['evaluator', 'string'],
      ['evaluatorTerms', 'string'],
      ['nonce', 'uint256'],
    ]),
    Bid: defineMessage('Bid', [
      ['requestId', 'bytes32'],
      ['provider', 'string'],
      ['agentId', 'uint256'],
      ['text', 'string'],
      ['price', 'uint128'],
      ['deadline', 'uint64'],
      ['validUntil', 'uint64'],
    ]),
    Award,
    Withdrawal,
  },
} as const

export const marketMessageNames = ['WorkRequest', 'Bid', 'Award', 'Withdrawal'] as const
export type MarketMessageName = (typeof marketMessageNames)[number]

/** The values of a market message on either kind of chain: an account is an address or a name. */
export type MarketValue<Name extends MarketMessageName> = Name extends MarketMessageName
  ? ValueOf<(typeof marketMessages)['near'][Name]>
  : never

export type WorkRequest = MarketValue<'WorkRequest'>
export type Bid = MarketValue<'Bid'>
export type Award = MarketValue<'Award'>
export type Withdrawal = MarketValue<'Withdrawal'>
