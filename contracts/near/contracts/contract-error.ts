import type { ErrorName } from '@parley/protocol'

/** ERC-721's names, and OpenZeppelin's of who may do what. */
type StandardErrorName =
  | 'ERC721NonexistentToken'
  | 'ERC721InsufficientApproval'
  | 'OwnableUnauthorizedAccount'
  | 'AccessControlUnauthorizedAccount'
  | 'TimelockInsufficientDelay'
  | 'TimelockUnauthorizedCaller'
  | 'TimelockUnexecutedPredecessor'
  | 'TimelockUnexpectedOperationState'

/** `Name: details`, the NEAR spelling of a Solidity error; thrown, it ends the call with the stack behind it. */
export class ContractError extends Error {
  constructor(name: ErrorName | StandardErrorName, ...details: readonly (string | number | bigint)[]) {
    super([`${name}:`, ...details].join(' '))
  }
}

/** Solidity's `require(isMet, Name(details))`. */
export function require(
  isMet: boolean,
  name: ErrorName | StandardErrorName,
  ...details: readonly (string | number | bigint)[]
): asserts isMet {
  if (!isMet) throw new ContractError(name, ...details)
}
