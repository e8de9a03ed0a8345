import type {
  agentMetadata,
  agents,
  blocks,
  enclaves,
  forwardedRequests,
  jobs,
  marketAwards,
  marketBids,
  marketRequests,
  payments,
} from '@parley/database'

export type AgentRow = typeof agents.$inferSelect
export type AgentMetadataRow = typeof agentMetadata.$inferSelect
export type BlockRow = Omit<typeof blocks.$inferSelect, 'pending'>
export type EnclaveRow = typeof enclaves.$inferSelect
export type ForwardedRequestRow = typeof forwardedRequests.$inferSelect
export type JobRow = typeof jobs.$inferSelect
export type MarketAwardRow = typeof marketAwards.$inferSelect
export type MarketBidRow = typeof marketBids.$inferSelect
export type MarketRequestRow = typeof marketRequests.$inferSelect
export type PaymentRow = typeof payments.$inferSelect
