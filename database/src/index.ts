export * from './chain-tables.ts'
export { type Connection, connect, type Database, isUnreachable, migrate, schema } from './connect.ts'
export * from './relay-tables.ts'
export { storable } from './storable.ts'
