import { accountIdCodec } from '../primitives/account-id.ts'
import { actionCodec, globalContractIdentifierCodec } from '../primitives/action.ts'
import { BorshError, type BorshReader, type BorshWriter, type Codec } from '../primitives/borsh.ts'
import { bytes, option, struct, u64, u128, vec } from '../primitives/codecs.ts'
import { cryptoHashCodec } from '../primitives/hash.ts'
import { publicKeyCodec } from '../primitives/public-key.ts'
import type { ActionReceipt, Receipt, ReceiptEnum } from './types.ts'

const head = { signerId: accountIdCodec }

const tail = {
  signerPublicKey: publicKeyCodec,
  gasPrice: u128,
  outputDataReceivers: vec(struct({ dataId: cryptoHashCodec, receiverId: accountIdCodec })),
  inputDataIds: vec(cryptoHashCodec),
  actions: vec(actionCodec),
}

const v1Codec = struct({ ...head, ...tail })
const v2Codec = struct({ ...head, refundTo: option(accountIdCodec), ...tail })
const dataCodec = struct({ dataId: cryptoHashCodec, data: option(bytes) })

const envelopeCodec = struct({
  predecessorId: accountIdCodec,
  receiverId: accountIdCodec,
  receiptId: cryptoHashCodec,
})

/** nearcore's `GlobalContractDistributionReceipt`, version 2, on its way to the first shard. */
const distributionCodec = struct({
  identifier: globalContractIdentifierCodec,
  targetShard: u64,
  alreadyDeliveredShards: vec(u64),
  code: bytes,
  nonce: u64,
})

/** The tags of nearcore's `ReceiptEnum` (core/primitives/src/receipt.rs). */
const Tag = {
  action: 0,
  data: 1,
  promiseYield: 2,
  promiseResume: 3,
  globalContractDistribution: 4,
  actionV2: 5,
  promiseYieldV2: 6,
} as const

const DISTRIBUTION_V2 = 1

/** Receipts as the state holds them while they wait, and as chunks carry them. */
export const receiptCodec: Codec<Receipt> = {
  write(writer, receipt) {
    envelopeCodec.write(writer, receipt)
    writeEnum(writer, receipt.receipt)
  },
  read(reader) {
    return { ...envelopeCodec.read(reader), receipt: readEnum(reader) }
  },
}

function writeEnum(writer: BorshWriter, receipt: ReceiptEnum): void {
  switch (receipt.kind) {
    case 'Action':
      writeAction(writer, receipt.action, receipt.action.version === 1 ? Tag.action : Tag.actionV2)
      return
    case 'PromiseYield':
      writeAction(writer, receipt.action, receipt.action.version === 1 ? Tag.promiseYield : Tag.promiseYieldV2)
      return
    case 'Data':
      writer.u8(Tag.data)
      dataCodec.write(writer, receipt.data)
      return
    case 'PromiseResume':
      writer.u8(Tag.promiseResume)
      dataCodec.write(writer, receipt.data)
      return
    case 'GlobalContractDistribution':
      writer.u8(Tag.globalContractDistribution)
      writer.u8(DISTRIBUTION_V2)
      distributionCodec.write(writer, { ...receipt.distribution, targetShard: 0n, alreadyDeliveredShards: [] })
      return
  }
}

function writeAction(writer: BorshWriter, action: ActionReceipt, tag: number): void {
  writer.u8(tag)
  const mutable = {
    ...action,
    outputDataReceivers: [...action.outputDataReceivers],
    inputDataIds: [...action.inputDataIds],
    actions: [...action.actions],
  }
  if (action.version === 1) v1Codec.write(writer, mutable)
  else v2Codec.write(writer, mutable)
}

function readEnum(reader: BorshReader): ReceiptEnum {
  const tag = reader.u8()
  switch (tag) {
    case Tag.action:
      return { kind: 'Action', action: { version: 1, refundTo: null, ...v1Codec.read(reader) } }
    case Tag.actionV2:
      return { kind: 'Action', action: { version: 2, ...v2Codec.read(reader) } }
    case Tag.promiseYield:
      return { kind: 'PromiseYield', action: { version: 1, refundTo: null, ...v1Codec.read(reader) } }
    case Tag.promiseYieldV2:
      return { kind: 'PromiseYield', action: { version: 2, ...v2Codec.read(reader) } }
    case Tag.data:
      return { kind: 'Data', data: dataCodec.read(reader) }
    case Tag.promiseResume:
      return { kind: 'PromiseResume', data: dataCodec.read(reader) }
    case Tag.globalContractDistribution: {
      reader.u8()
      const { identifier, code, nonce } = distributionCodec.read(reader)
      return { kind: 'GlobalContractDistribution', distribution: { identifier, code, nonce } }
    }
    default:
      throw new BorshError(`Unexpected variant tag: ${tag}`)
  }
}
