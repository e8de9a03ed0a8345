import { fieldsOf, readArray, readCount } from '../fields.ts'
import { readStateRecord } from '../state-records.ts'
import type { RpcMethod } from './context.ts'

/** `sandbox_patch_state {records}`: writes accounts, keys, code and data into the state, in one block. */
export const sandboxPatchState: RpcMethod = (params, { node }) => {
  node.patchState(readArray(fieldsOf(params), 'records', readStateRecord))
  return {}
}

/** `sandbox_fast_forward {delta_height}`: so many blocks later, with the time that they take. */
export const sandboxFastForward: RpcMethod = (params, { node }) => {
  node.fastForward(readCount(fieldsOf(params), 'delta_height'))
  return {}
}
