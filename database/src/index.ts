export * from './chain-tables.ts'
export { type Connection, connect, type Database, migrate, schema } from './connect.ts'
export * from './relay-tables.ts'
