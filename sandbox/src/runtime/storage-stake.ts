import type { Account } from '../primitives/account.ts'
import type { RuntimeConfig } from './config.ts'

/** An account with no more bytes than this needs no balance (NEP-448). nearcore: verifier.rs. */
const ZERO_BALANCE_ACCOUNT_STORAGE_LIMIT = 770n

/** How many yoctoNEAR an account lacks for the bytes that it uses; 0 if none. nearcore: `check_storage_stake`. */
export function missingStorageStake(config: RuntimeConfig, account: Account, amount: bigint = account.amount): bigint {
  const required = config.storageAmountPerByte * account.storageUsage
  const available = amount + account.locked
  if (available >= required || account.storageUsage <= ZERO_BALANCE_ACCOUNT_STORAGE_LIMIT) return 0n
  return required - available
}
