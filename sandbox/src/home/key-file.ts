import {
  type AccountId,
  formatKey,
  formatSecretKey,
  parseSecretKey,
  type SecretKey,
  secretKeyFromSeed,
} from '../primitives/index.ts'
import { fieldsOf, readString } from '../rpc/fields.ts'

/** A key as validator_key.json and node_key.json hold it. The node's own key has no account. */
export type KeyFile = { accountId: AccountId; secretKey: SecretKey }

/** The JSON of nearcore's `KeyFile`. */
export function keyFileJson({ accountId, secretKey }: KeyFile): object {
  return {
    account_id: accountId,
    public_key: formatKey(secretKey.publicKey),
    secret_key: formatSecretKey(secretKey),
  }
}

/** Reads such a JSON; `private_key` is taken for `secret_key`, as nearcore does. Throws an error that says what is wrong. */
export function readKeyFile(value: unknown): KeyFile {
  const fields = fieldsOf(value)
  const name = fields.secret_key === undefined && fields.private_key !== undefined ? 'private_key' : 'secret_key'
  const secretKey = parseSecretKey(readString(fields, name))
  const publicKey = readString(fields, 'public_key')
  if (formatKey(secretKey.publicKey) !== publicKey) throw new Error(`public_key is not that of ${name}`)
  return { accountId: readString(fields, 'account_id'), secretKey }
}

/** nearcore's key of a seed: the seed's first 32 bytes, filled up with spaces. For tests only: anybody can make it. */
export function secretKeyOfText(seed: string): SecretKey {
  const bytes = Buffer.alloc(32, ' ')
  bytes.set(Buffer.from(seed).subarray(0, 32))
  return secretKeyFromSeed(bytes)
}
