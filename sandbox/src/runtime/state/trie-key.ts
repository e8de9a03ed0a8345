import { type GlobalContractIdentifier, globalContractIdentifierCodec } from '../../primitives/action.ts'
import { encode } from '../../primitives/borsh.ts'
import type { CryptoHash } from '../../primitives/hash.ts'
import { type PublicKey, publicKeyCodec } from '../../primitives/public-key.ts'

/** What the first byte of a key says about its value. nearcore: `col` in core/primitives/src/trie_key.rs. */
const Column = {
  account: 0,
  contractCode: 1,
  accessKey: 2,
  receivedData: 3,
  postponedReceiptId: 4,
  pendingDataCount: 5,
  postponedReceipt: 6,
  delayedReceipts: 7,
  contractData: 9,
  yieldIndices: 10,
  yieldTimeout: 11,
  yieldReceipt: 12,
  globalContractCode: 18,
  globalContractNonce: 19,
  yieldStatus: 20,
  yieldIdToDataId: 22,
  dataIdToYieldId: 23,
} as const

const COMMA = Uint8Array.of(0x2c)

const utf8 = new TextEncoder()

/** Keys of the state trie, as nearcore writes them. */
export const trieKey = {
  account: (accountId: string) => join(Column.account, utf8.encode(accountId)),

  contractCode: (accountId: string) => join(Column.contractCode, utf8.encode(accountId)),

  accessKeyPrefix: (accountId: string) =>
    join(Column.accessKey, utf8.encode(accountId), Uint8Array.of(Column.accessKey)),

  accessKey: (accountId: string, publicKey: PublicKey) =>
    join(Column.accessKey, utf8.encode(accountId), Uint8Array.of(Column.accessKey), encode(publicKeyCodec, publicKey)),

  contractData: (accountId: string, key: Uint8Array) => join(Column.contractData, utf8.encode(accountId), COMMA, key),

  receivedData: (accountId: string, dataId: CryptoHash) => byHash(Column.receivedData, accountId, dataId),
  postponedReceiptId: (accountId: string, dataId: CryptoHash) => byHash(Column.postponedReceiptId, accountId, dataId),
  pendingDataCount: (accountId: string, receiptId: CryptoHash) => byHash(Column.pendingDataCount, accountId, receiptId),
  postponedReceipt: (accountId: string, receiptId: CryptoHash) => byHash(Column.postponedReceipt, accountId, receiptId),

  delayedReceiptIndices: () => Uint8Array.of(Column.delayedReceipts),
  delayedReceipt: (index: bigint) => join(Column.delayedReceipts, u64(index)),

  yieldIndices: () => Uint8Array.of(Column.yieldIndices),
  yieldTimeout: (index: bigint) => join(Column.yieldTimeout, u64(index)),
  yieldReceipt: (accountId: string, dataId: CryptoHash) => byHash(Column.yieldReceipt, accountId, dataId),
  yieldStatus: (accountId: string, dataId: CryptoHash) => byHash(Column.yieldStatus, accountId, dataId),
  yieldIdToDataId: (accountId: string, yieldId: CryptoHash) => byHash(Column.yieldIdToDataId, accountId, yieldId),
  dataIdToYieldId: (accountId: string, dataId: CryptoHash) => byHash(Column.dataIdToYieldId, accountId, dataId),

  globalContractCode: (identifier: GlobalContractIdentifier) =>
    join(Column.globalContractCode, encode(globalContractIdentifierCodec, identifier)),

  globalContractNonce: (identifier: GlobalContractIdentifier) =>
    join(Column.globalContractNonce, encode(globalContractIdentifierCodec, identifier)),
}

function byHash(column: number, accountId: string, hash: CryptoHash): Uint8Array {
  return join(column, utf8.encode(accountId), COMMA, hash)
}

function join(column: number, ...parts: Uint8Array[]): Uint8Array {
  return Buffer.concat([Uint8Array.of(column), ...parts])
}

function u64(value: bigint): Uint8Array {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(value)
  return bytes
}
