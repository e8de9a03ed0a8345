/** NEP-145. */
import { call, NearPart, view } from '../../builder/runtime/contract.ts'
import { caller } from '../context.ts'
import * as input from '../input.ts'
import {
  type StorageBalance,
  type StorageBalanceBounds,
  storageBalanceBounds,
  storageBalanceOf,
  storageDeposit,
  storageUnregister,
  storageWithdraw,
} from '../storage.ts'
import { Agents } from './state.ts'

@NearPart()
export class Storage extends Agents {
  @call({ payableFunction: true })
  storage_deposit(deposit: { account_id?: string | null; registration_only?: boolean | null }): StorageBalance {
    const accountId = input.optionalAccount(deposit.account_id, 'account_id') ?? caller()
    return storageDeposit(accountId, input.bool(deposit.registration_only ?? false, 'registration_only'))
  }

  @call({ payableFunction: true })
  storage_withdraw({ amount }: { amount?: string | null }): StorageBalance {
    return storageWithdraw(amount === undefined || amount === null ? null : input.uint(amount, 'amount', 128n))
  }

  @call({ payableFunction: true })
  storage_unregister(_: { force?: boolean }): boolean {
    return storageUnregister()
  }

  @view({})
  storage_balance_of({ account_id }: { account_id: string }): StorageBalance | null {
    return storageBalanceOf(input.account(account_id, 'account_id'))
  }

  @view({})
  storage_balance_bounds(): StorageBalanceBounds {
    return storageBalanceBounds()
  }
}
