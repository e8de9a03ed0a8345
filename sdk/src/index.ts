export type { ActionArguments, ActionName, Actions } from './actions.ts'
export { agentCardSchema } from './agent-card.ts'
export type { Answer, Arguments, MethodName, ViewName } from './arguments.ts'
export { encodeCall } from './evm/codec.ts'
export * from './evm/forward-request.ts'
export * from './evm/party.ts'
export * from './graphql.ts'
export * from './hire.ts'
export type { Hiring, JobTerms, Terms, TermsKind } from './hiring.ts'
export * from './market.ts'
export {
  findBids,
  findRequest,
  findRequests,
  type MarketBid,
  type MarketRequest,
  type RequestQuery,
} from './market-reading.ts'
export type { NearContracts } from './near/calls.ts'
export type { ContractCalls, NearSecretKey } from './near/delegate.ts'
export { readPanic, readViewError } from './near/panic.ts'
export * from './near/party.ts'
export * from './near/rpc.ts'
export * from './party.ts'
export { refusal } from './refusal.ts'
export * from './registration-file.ts'
export * from './relayer.ts'
export * from './sealing.ts'
export type { WalletConsent, WalletOffer } from './wallets.ts'
export * from './work.ts'
