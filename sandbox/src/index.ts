export * from './primitives/index.ts'
export type * from './runtime/errors.ts'
export { createNode } from './runtime/node.ts'
export type * from './runtime/types.ts'
