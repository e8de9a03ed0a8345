/** What the owner and a guardian may stop at once. Mirrors contracts/evm/contracts/Governed.sol. */
import { caller } from './context.ts'
import { require } from './contract-error.ts'
import { emit } from './events.ts'
import { type Owned, requireOwner } from './ownership.ts'

export interface Guarded extends Owned {
  /** Empty for none. */
  guardian_id: string
  is_paused_now: boolean
}

/** In front of what takes new risk, and of nothing else. */
export function requireUnpaused({ is_paused_now }: Guarded): void {
  require(!is_paused_now, 'Paused')
}

/** In front of a policy that allows something: what is taken back cannot wait for the owner, who is a timelock. */
export function requireMayAllow(contract: Guarded, isAllowing: boolean): void {
  if (isAllowing || !isGuardian(contract)) requireOwner(contract)
}

export function isGuardian({ guardian_id }: Guarded): boolean {
  return caller() === guardian_id
}

export function setPaused(contract: Guarded, isPaused: boolean): void {
  require(isGuardian(contract) || caller() === contract.owner_id, 'GuardianOnly', caller())

  contract.is_paused_now = isPaused
  emit('pause_set', { is_paused: isPaused, set_by: caller() })
}

export function setGuardian(contract: Guarded, newGuardian: string | null): void {
  contract.guardian_id = newGuardian ?? ''
  emit('guardian_set', { guardian: newGuardian })
}
