import { BorshError, type Codec } from './borsh.ts'
import { string } from './codecs.ts'

/** A NEAR account's name; `isValidAccountId` holds. */
export type AccountId = string

const MIN_LENGTH = 2
const MAX_LENGTH = 64

// Lower-case letters and digits, separated by single '-', '_' or '.', as nearcore's account-id crate has it.
const PATTERN = /^[a-z\d]+(?:[-_.][a-z\d]+)*$/

export function isValidAccountId(text: string): boolean {
  return text.length >= MIN_LENGTH && text.length <= MAX_LENGTH && PATTERN.test(text)
}

export type AccountKind = 'named' | 'nearImplicit' | 'ethImplicit' | 'nearDeterministic'

/**
 * What the form of an account id says. 64 hex digits are an ed25519 key (NEAR-implicit); `0x` and 40 hex digits an
 * Ethereum address (NEP-518); `0s` and 40 hex digits the hash of an initial state (NEP-616).
 */
export function accountKind(accountId: AccountId): AccountKind {
  if (/^[\da-f]{64}$/.test(accountId)) return 'nearImplicit'
  if (/^0x[\da-f]{40}$/.test(accountId)) return 'ethImplicit'
  if (/^0s[\da-f]{40}$/.test(accountId)) return 'nearDeterministic'
  return 'named'
}

/** A name without a dot that is not implicit: only the registrar creates these, when it is too short. */
export function isTopLevelAccount(accountId: AccountId): boolean {
  return accountId !== 'system' && !accountId.includes('.')
}

/** Whether `accountId` is `<one label>.<parent>`. Only the parent creates it. */
export function isSubAccountOf(accountId: AccountId, parent: AccountId): boolean {
  if (!accountId.endsWith(`.${parent}`)) return false
  return !accountId.slice(0, -parent.length - 1).includes('.')
}

export const accountIdCodec: Codec<AccountId> = {
  write: string.write,
  read(reader) {
    const text = string.read(reader)
    if (!isValidAccountId(text)) throw new BorshError(`invalid account id: "${text.slice(0, 100)}"`)
    return text
  },
}
