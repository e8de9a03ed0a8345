/** One owner, who hands over in two steps: OpenZeppelin's Ownable2Step. */
import { caller } from './context.ts'
import { require } from './contract-error.ts'

export interface Owned {
  owner_id: string
  /** Empty when ownership is not on its way to anybody. */
  pending_owner_id: string
}

export function requireOwner({ owner_id }: Owned): void {
  require(caller() === owner_id, 'OwnableUnauthorizedAccount', caller())
}

export function transferOwnership(contract: Owned, newOwner: string | null): void {
  requireOwner(contract)

  contract.pending_owner_id = newOwner ?? ''
}

export function acceptOwnership(contract: Owned): void {
  require(caller() === contract.pending_owner_id, 'OwnableUnauthorizedAccount', caller())

  contract.owner_id = contract.pending_owner_id
  contract.pending_owner_id = ''
}
