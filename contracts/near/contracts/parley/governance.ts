/** Who owns the contract, who guards it, and whether it is paused. Governed.sol. */
import { call, NearPart, view } from '../../builder/runtime/contract.ts'
import { setGuardian, setPaused } from '../guard.ts'
import * as input from '../input.ts'
import { acceptOwnership, requireOwner, transferOwnership } from '../ownership.ts'
import { Parley } from './state.ts'

@NearPart()
export class Governance extends Parley {
  /** Names another guardian, or none. Owner only. */
  @call({})
  set_guardian({ new_guardian }: { new_guardian: string | null }): void {
    const guardian = input.optionalAccount(new_guardian, 'new_guardian')
    requireOwner(this)

    setGuardian(this, guardian)
  }

  /** Refuses what takes new risk from now on. Guardian and owner only. */
  @call({})
  pause(): void {
    setPaused(this, true)
  }

  /** Takes new risk again. Guardian and owner only. */
  @call({})
  unpause(): void {
    setPaused(this, false)
  }

  /** To nobody takes an offer back. Owner only. */
  @call({})
  transfer_ownership({ new_owner }: { new_owner: string | null }): void {
    transferOwnership(this, input.optionalAccount(new_owner, 'new_owner'))
  }

  @call({})
  accept_ownership(): void {
    acceptOwnership(this)
  }

  @view({})
  owner(): string {
    return this.owner_id
  }

  @view({})
  pending_owner(): string | null {
    return this.pending_owner_id === '' ? null : this.pending_owner_id
  }

  @view({})
  guardian(): string | null {
    return this.guardian_id === '' ? null : this.guardian_id
  }

  @view({})
  is_paused(): boolean {
    return this.is_paused_now
  }
}
