/** ERC-8004's registries. Agents are tokens (NEP-171), ids count from 0. Mirrors contracts/evm/contracts/AgentRegistry.sol and its like. */

export * from './agents/state.ts'

// Its methods, a file a concept.

export * from './agents/feedback.ts'
export * from './agents/identity.ts'
export * from './agents/storage.ts'
export * from './agents/tokens.ts'
export * from './agents/upgrades.ts'
export * from './agents/validations.ts'
