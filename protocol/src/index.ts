export * from './attestation.ts'
export { fromJson, type Json, toJson } from './codec.ts'
export { DOMAIN_NAME, DOMAIN_VERSION, domainSeparator, type SigningDomain } from './domain.ts'
export * from './errors.ts'
export * from './events.ts'
export { concat, fromHex, type Hex, toHex } from './hex.ts'
export { jobId, requestHash } from './ids.ts'
export {
  type Field,
  type FieldType,
  hashStruct,
  hashTypedData,
  type Keccak256,
  type Message,
  typedDataTypes,
  typeString,
  type ValueOf,
} from './message.ts'
export * from './messages.ts'
export * as jobModel from './model/job.ts'
export * from './relay.ts'
