/**
 * Who awaits a job gets its end as the answer of its own call: a yield (NEP-519) of this contract's, which has the job's id for a name. What
 * becomes of the wait changes nothing about the job's money.
 */
import { fromHex, type Hex } from '@parley/protocol'
import { near } from 'near-sdk-js'
import { host } from '../builder/runtime/host.ts'
import { toJson } from '../builder/runtime/native.ts'
import { AWAITED_GAS, WAIT_AGAIN_GAS } from './gas.ts'
import type { Job } from './job.ts'

/** The call under way answers when the job has ended, or after 200 blocks: what `on_awaited` says then. All gas that is left goes there. */
export function wait(job_id: Hex): undefined {
  const yielded = host.promise_yield_create_with_id(
    'on_awaited',
    toJson({ job_id }),
    0n,
    AWAITED_GAS,
    1n,
    fromHex(job_id),
  )
  host.promise_return(yielded)
}

export function canWaitAgain(): boolean {
  return near.prepaidGas() - near.usedGas() >= AWAITED_GAS + WAIT_AGAIN_GAS
}

/** After a job's end. An answer has 1,024 bytes at most. */
export function answerWait(job_id: Hex, { is_awaited }: Job, answer: object): void {
  // That nobody waits any more is no reason to fail.
  if (is_awaited) host.promise_yield_resume_with_yield_id(fromHex(job_id), toJson({ job_id, ...answer }))
}
