export * from './account.ts'
export * from './account-id.ts'
export * from './attestation.ts'
export { fromJson, type Json, toJson } from './codec.ts'
export * from './crowd.ts'
export * from './domain.ts'
export * from './erc8004.ts'
export * from './errors.ts'
export * from './evaluator-terms.ts'
export * from './events.ts'
export { concat, fromHex, type Hex, toHex } from './hex.ts'
export * from './ids.ts'
export * from './market.ts'
export * from './market-messages.ts'
export * from './merkle.ts'
export {
  byteLengths,
  type Field,
  type FieldType,
  hashStruct,
  hashTypedData,
  type Keccak256,
  type Message,
  typedDataTypes,
  typeString,
  uintBits,
  utf8,
  type ValueOf,
  wordFromUint,
} from './message.ts'
export * from './messages.ts'
export * from './methods.ts'
export * as agentModel from './model/agent.ts'
export * as arbitrationModel from './model/arbitration.ts'
export * as backingModel from './model/backing.ts'
export * as crowdModel from './model/crowd.ts'
export * as reputationModel from './model/feedback.ts'
export * as guardrailsModel from './model/guardrails.ts'
export * as jobModel from './model/job.ts'
export * as ledgerModel from './model/ledger.ts'
export * as milestoneModel from './model/milestones.ts'
export * as quorumModel from './model/quorum.ts'
export * as validationModel from './model/validation.ts'
export * from './near-events.ts'
export * from './nep413.ts'
export * from './relay.ts'
