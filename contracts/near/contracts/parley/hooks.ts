/** JobHooks.sol. */
import type { Hex } from '@parley/protocol'
import { call, NearPart, view } from '../../builder/runtime/contract.ts'
import { requireMayAllow } from '../guard.ts'
import * as hooks from '../hooks.ts'
import * as input from '../input.ts'
import { readJob } from '../job.ts'
import { Parley } from './state.ts'

@NearPart()
export class Hooks extends Parley {
  /** Lets clients choose a hook, or no longer. Owner only, and the guardian to take one back; jobs keep the hook that they have. */
  @call({})
  set_hook_whitelist({ hook, status }: { hook: string; status: boolean }): void {
    const account = input.account(hook, 'hook')
    requireMayAllow(this, input.bool(status, 'status'))

    hooks.setHookWhitelist(account, status)
  }

  /** A job's hook. */
  @view({})
  hook_of(job: { job_id: Hex }): string | null {
    return readJob(input.jobIdOf(job))?.hook ?? null
  }

  @view({})
  whitelisted_hooks({ hook }: { hook: string }): boolean {
    return hooks.isWhitelisted(input.account(hook, 'hook'))
  }
}
