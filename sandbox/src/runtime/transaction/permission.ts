import type { AccessKeyPermission } from '../../primitives/account.ts'
import type { Action } from '../../primitives/action.ts'
import type { InvalidAccessKeyError } from '../errors.ts'

/**
 * Why a key may not do this, or `undefined`. A function-call key signs one call, without deposit, to its receiver.
 * nearcore: `verify_function_call_permission` in verifier.rs.
 */
export function checkPermission(
  permission: AccessKeyPermission,
  actions: readonly Action[],
  receiverId: string,
): InvalidAccessKeyError | undefined {
  if (!('methodNames' in permission)) return undefined
  const [call, ...more] = actions
  if (call?.kind !== 'FunctionCall' || more.length > 0) return 'RequiresFullAccess'
  if (call.deposit > 0n) return 'DepositWithFunctionCall'
  if (permission.receiverId !== receiverId) {
    return { ReceiverMismatch: { tx_receiver: receiverId, ak_receiver: permission.receiverId } }
  }
  const { methodNames } = permission
  if (methodNames.length === 0 || methodNames.includes(call.methodName)) return undefined
  return { MethodNameMismatch: { method_name: call.methodName } }
}
