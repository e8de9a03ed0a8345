/** UpgradeableRegistry.sol. */
import type { Hex } from '@parley/protocol'
import { call, NearPart, view } from '../../builder/runtime/contract.ts'
import { requireSelf } from '../context.ts'
import * as input from '../input.ts'
import { approveUpgrade, onUpgrade, upgrade } from '../upgrades.ts'
import { Agents } from './state.ts'

@NearPart()
export class Upgrades extends Agents {
  /** Names the only code, by its SHA-256, that may take this code's place; none takes that back. Owner only. */
  @call({})
  approve_upgrade({ code_hash }: { code_hash: Hex | null }): void {
    approveUpgrade(this, code_hash === null ? null : input.bytes32(code_hash, 'code_hash'))
  }

  /** Deploys the code (base64) that was approved. Anyone may bring it, with 300 Tgas. */
  @call({})
  upgrade({ code }: { code: string }): void {
    upgrade(this, input.base64(code, 'code'))
  }

  @call({})
  on_upgrade(): void {
    requireSelf()

    onUpgrade(this)
  }

  @view({})
  owner(): string {
    return this.owner_id
  }
}
