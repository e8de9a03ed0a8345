/** New code for this contract: its owner, a timelock, names the code's hash, and anybody brings the code. The state stays. */
import { type Hex, toHex } from '@parley/protocol'
import { near } from 'near-sdk-js'
import { caller, self } from './context.ts'
import { require } from './contract-error.ts'
import { logEvent } from './events.ts'
import { UPGRADE_CALLBACK_GAS } from './gas.ts'

export interface Upgradeable {
  owner_id: string
  /** SHA-256 of code that may take this code's place; empty for none. */
  approved_code_hash: string
}

export function approveUpgrade(contract: Upgradeable, codeHash: Hex | null): void {
  require(caller() === contract.owner_id, 'OwnableUnauthorizedAccount', caller())

  contract.approved_code_hash = codeHash ?? ''
  log('upgrade_approved', codeHash)
}

/** Deploys the code and calls its `on_upgrade`, both or neither. */
export function upgrade({ approved_code_hash }: Upgradeable, code: Uint8Array): void {
  const codeHash = toHex(near.sha256(code))
  require(codeHash === approved_code_hash, 'CodeNotApproved', codeHash)

  const promise = near.promiseBatchCreate(self())
  near.promiseBatchActionDeployContract(promise, code)
  // Code takes gas by its length, and one transaction must hold all of it.
  near.promiseBatchActionFunctionCallWeight(promise, 'on_upgrade', '{}', 0n, UPGRADE_CALLBACK_GAS, 1n)
  near.promiseReturn(promise)
}

/** What new code does first, once for each approval: two who bring the same code in one block must not migrate twice. */
export function onUpgrade(contract: Upgradeable): void {
  const codeHash = contract.approved_code_hash
  require(codeHash !== '', 'CodeNotApproved', 'none')

  contract.approved_code_hash = ''
  log('upgraded', codeHash)
}

/** A standard of its own: indexers of Parley's need not know it. */
function log(event: string, code_hash: string | null): void {
  logEvent('upgrade', '1.0.0', event, { code_hash })
}
