import { initialize, NearBindgen } from '../../builder/runtime/contract.ts'
import * as input from '../input.ts'

@NearBindgen({ requireInit: true, isLazy: true })
export class Agents {
  /** Who may replace the code: a timelock. A new owner comes with new code. */
  owner_id = ''
  /** Which contract says what feedback stands on. */
  parley_id = ''
  approved_code_hash = ''
  next_agent_id = 0
  next_approval_id = 0

  @initialize({})
  init({ owner, parley }: { owner: string; parley: string }): void {
    this.owner_id = input.account(owner, 'owner')
    this.parley_id = input.account(parley, 'parley')
  }
}
