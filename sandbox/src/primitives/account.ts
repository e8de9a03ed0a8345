import { accountIdCodec } from './account-id.ts'
import { BorshError, type Codec, type ValueOf } from './borsh.ts'
import { enumeration, option, string, struct, u16, u64, u128, unit, vec } from './codecs.ts'
import { cryptoHashCodec, ZERO_HASH } from './hash.ts'

export const accountContractCodec = enumeration({
  None: unit,
  Local: struct({ hash: cryptoHashCodec }),
  Global: struct({ hash: cryptoHashCodec }),
  GlobalByAccount: struct({ accountId: accountIdCodec }),
})

/** Which contract an account runs: its own, or a global one (NEP-591) by hash or by the account that deployed it. */
export type AccountContract = ValueOf<typeof accountContractCodec>

/** An account as the state holds it. Amounts in yoctoNEAR, storage in bytes. */
export type Account = {
  /** Once an account used a global contract it stays 2, as in nearcore. */
  version: 1 | 2
  amount: bigint
  locked: bigint
  storageUsage: bigint
  contract: AccountContract
}

const v1Codec = struct({ locked: u128, codeHash: cryptoHashCodec, storageUsage: u64 })

const v2Codec = struct({ amount: u128, locked: u128, storageUsage: u64, contract: accountContractCodec })

/** In the place of version 1's amount: more than there is, so the record that follows is a versioned one. */
const SENTINEL = 2n ** 128n - 1n

/** The account's record in the trie (nearcore's core/primitives-core/src/account.rs). */
export const accountCodec: Codec<Account> = {
  write(writer, account) {
    const { version, amount, locked, storageUsage, contract } = account
    const codeHash = contract.kind === 'None' ? ZERO_HASH : contract.kind === 'Local' ? contract.hash : undefined
    if (version === 1 && codeHash) {
      writer.u128(amount)
      v1Codec.write(writer, { locked, codeHash, storageUsage })
      return
    }
    writer.u128(SENTINEL)
    writer.u8(0)
    v2Codec.write(writer, account)
  },
  read(reader) {
    const amount = reader.u128()
    if (amount === SENTINEL) {
      const tag = reader.u8()
      if (tag !== 0) throw new BorshError(`Unexpected variant tag: ${tag}`)
      return { version: 2, ...v2Codec.read(reader) }
    }
    const { locked, codeHash, storageUsage } = v1Codec.read(reader)
    const hasCode = codeHash.some((byte) => byte !== 0)
    const contract: AccountContract = hasCode ? { kind: 'Local', hash: codeHash } : { kind: 'None' }
    return { version: 1, amount, locked, storageUsage, contract }
  },
}

/** `allowance` in yoctoNEAR, null is unlimited; no method names mean all. */
const functionCallPermission = { allowance: option(u128), receiverId: string, methodNames: vec(string) }

/** NEP-611: a key with a balance of its own that pays for gas, and several nonces side by side. */
const gasKeyInfo = { balance: u128, numNonces: u16 }

export const accessKeyPermissionCodec = enumeration({
  FunctionCall: struct(functionCallPermission),
  FullAccess: unit,
  GasKeyFunctionCall: struct({ ...gasKeyInfo, ...functionCallPermission }),
  GasKeyFullAccess: struct(gasKeyInfo),
})

export type AccessKeyPermission = ValueOf<typeof accessKeyPermissionCodec>

export const accessKeyCodec = struct({ nonce: u64, permission: accessKeyPermissionCodec })

export type AccessKey = ValueOf<typeof accessKeyCodec>
