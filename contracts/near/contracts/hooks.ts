/** Contracts that the owner allows and a client chooses. They are told what was done: on NEAR a call cannot wait for their consent. */
import type { Hex } from '@parley/protocol'
import { near } from 'near-sdk-js'
import { callAside } from './calls.ts'
import { caller } from './context.ts'
import { require } from './contract-error.ts'
import { emit } from './events.ts'
import { HOOK_GAS } from './gas.ts'
import type { Job } from './job.ts'
import { chargeStorage } from './storage.ts'

/** The caller has been checked, and pays. */
export function setHookWhitelist(hook: string, status: boolean): void {
  chargeStorage(caller(), () => {
    if (status) near.storageWrite(keyOf(hook), '1')
    else near.storageRemove(keyOf(hook))
  })
  emit('hook_whitelist_updated', { hook, status })
}

export function isWhitelisted(hook: string): boolean {
  return near.storageHasKey(keyOf(hook))
}

export function requireAllowed(hook: string | null): void {
  require(hook === null || isWhitelisted(hook), 'HookNotAllowed', hook ?? '')
}

/** Calls `on_job_action` of the job's hook, if it has one, and waits for nothing. `actor` is who did it. */
export function tellHook(
  job_id: Hex,
  { hook }: Pick<Job, 'hook'>,
  action: string,
  actor: string,
  fields: object,
): void {
  if (hook === undefined) return
  const args = { job_id, action, caller: actor, ...fields }
  callAside({ contract: hook, method: 'on_job_action', args, gas: HOOK_GAS })
}

function keyOf(hook: string): string {
  return `hook:${hook}`
}
