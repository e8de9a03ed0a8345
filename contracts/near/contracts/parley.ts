/**
 * The registry, the escrow, its evaluators and the ledger in one contract: what asks another contract takes two blocks
 * more. Numbers are decimal strings in JSON, bytes are hexadecimal with 0x. What is different from Solidity is in contracts/near/README.md.
 */

export * from './parley/state.ts'

// Its methods, a file a concept.

export * from './parley/arbitration.ts'
export * from './parley/backing.ts'
export * from './parley/crowd.ts'
export * from './parley/enclaves.ts'
export * from './parley/funding.ts'
export * from './parley/governance.ts'
export * from './parley/guardrails.ts'
export * from './parley/hooks.ts'
export * from './parley/jobs.ts'
export * from './parley/ledger.ts'
export * from './parley/milestones.ts'
export * from './parley/payments.ts'
export * from './parley/quorum.ts'
export * from './parley/results.ts'
export * from './parley/storage.ts'
