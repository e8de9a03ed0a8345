import type { AccessKey, Account, AccountContract } from '../primitives/index.ts'
import type { StateRecord } from '../runtime/types.ts'
import {
  type Fields,
  fieldsOf,
  readAccountId,
  readAmount,
  readArray,
  readBase64,
  readHash,
  readPublicKey,
  readString,
  wrongField,
} from './fields.ts'

/**
 * A record as genesis.json and `sandbox_patch_state` write it: an object whose one field names the kind (nearcore's
 * core/primitives/src/state_record.rs). Receipts on their way are no records here. Throws a WrongField.
 */
export function readStateRecord(value: unknown): StateRecord {
  const [entry, ...others] = Object.entries(fieldsOf(value))
  if (!entry || others.length > 0) throw wrongField('a record is an object with one field')
  const [kind, content] = entry
  const record = fieldsOf(content)
  switch (kind) {
    case 'Account':
      return { kind, accountId: readAccountId(record), account: readAccount(fieldsOf(record.account)) }
    case 'AccessKey':
      return { kind, ...readAccessKeyRecord(record) }
    case 'Contract':
      return { kind, accountId: readAccountId(record), code: readBase64(record, 'code') }
    case 'Data':
      return {
        kind,
        accountId: readAccountId(record),
        key: readBase64(record, 'data_key'),
        value: readBase64(record, 'value'),
      }
    default:
      throw wrongField(
        `unknown variant \`${kind}\`, expected one of \`Account\`, \`AccessKey\`, \`Contract\`, \`Data\``,
      )
  }
}

function readAccount(fields: Fields): Account {
  return {
    version: fields.version === 'V2' ? 2 : 1,
    amount: readAmount(fields, 'amount'),
    locked: readAmount(fields, 'locked'),
    storageUsage: readAmount(fields, 'storage_usage'),
    contract: readContract(fields),
  }
}

function readContract(fields: Fields): AccountContract {
  if (typeof fields.global_contract_hash === 'string') {
    return { kind: 'Global', hash: readHash(fields, 'global_contract_hash') }
  }
  if (typeof fields.global_contract_account_id === 'string') {
    return { kind: 'GlobalByAccount', accountId: readAccountId(fields, 'global_contract_account_id') }
  }
  const hash = readHash(fields, 'code_hash')
  return hash.some((byte) => byte !== 0) ? { kind: 'Local', hash } : { kind: 'None' }
}

function readAccessKeyRecord(record: Fields) {
  const fields = fieldsOf(record.access_key)
  const accessKey: AccessKey = { nonce: readAmount(fields, 'nonce'), permission: readPermission(fields.permission) }
  return { accountId: readAccountId(record), publicKey: readPublicKey(record), accessKey }
}

function readPermission(value: unknown): AccessKey['permission'] {
  if (value === 'FullAccess') return { kind: 'FullAccess' }
  const { FunctionCall } = fieldsOf(value)
  if (FunctionCall === undefined) throw wrongField('a permission is `FullAccess` or `FunctionCall`')
  const fields = fieldsOf(FunctionCall)
  const isUnlimited = fields.allowance === null || fields.allowance === undefined
  return {
    kind: 'FunctionCall',
    allowance: isUnlimited ? null : readAmount(fields, 'allowance'),
    receiverId: readString(fields, 'receiver_id'),
    methodNames: readArray(fields, 'method_names', String),
  }
}
