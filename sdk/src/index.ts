export { agentCardSchema } from './agent-card.ts'
export * from './evm/calls.ts'
export * from './evm/forward-request.ts'
export * from './evm/party.ts'
export * from './graphql.ts'
export * from './hire.ts'
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
export * from './near/party.ts'
export * from './near/rpc.ts'
export * from './party.ts'
export { refusal } from './refusal.ts'
export * from './registration-file.ts'
export * from './relayer.ts'
export * from './sealing.ts'
export * from './work.ts'
