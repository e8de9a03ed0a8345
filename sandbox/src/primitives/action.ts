import { accessKeyCodec } from './account.ts'
import { accountIdCodec } from './account-id.ts'
import { BorshError, type Codec, encode, type ValueOf } from './borsh.ts'
import { bytes, enumeration, oneOf, string, struct, u16, u64, u128, unit, vec } from './codecs.ts'
import { type CryptoHash, cryptoHashCodec, sha256 } from './hash.ts'
import { publicKeyCodec, signatureCodec } from './public-key.ts'
import { stateInitDataCodec } from './state-init.ts'

export const globalContractIdentifierCodec = enumeration({
  CodeHash: struct({ hash: cryptoHashCodec }),
  AccountId: struct({ accountId: accountIdCodec }),
})

/** A global contract (NEP-591): by the hash of its code, or by the account that may change it. */
export type GlobalContractIdentifier = ValueOf<typeof globalContractIdentifierCodec>

/** The start of a deterministic account (NEP-616); its hash is the account's name. */
export const stateInitCodec = enumeration({
  V1: struct({ code: globalContractIdentifierCodec, data: stateInitDataCodec }),
})

export type StateInit = ValueOf<typeof stateInitCodec>

/** A transaction's nonce: the key's, or one of a gas key's. */
export const transactionNonceCodec = enumeration({
  Nonce: struct({ nonce: u64 }),
  GasKeyNonce: struct({ nonce: u64, nonceIndex: u16 }),
})

export type TransactionNonce = ValueOf<typeof transactionNonceCodec>

// Deposits and stakes in yoctoNEAR, gas in gas units.
const beforeDelegate = {
  CreateAccount: unit,
  DeployContract: struct({ code: bytes }),
  FunctionCall: struct({ methodName: string, args: bytes, gas: u64, deposit: u128 }),
  Transfer: struct({ deposit: u128 }),
  Stake: struct({ stake: u128, publicKey: publicKeyCodec }),
  AddKey: struct({ publicKey: publicKeyCodec, accessKey: accessKeyCodec }),
  DeleteKey: struct({ publicKey: publicKeyCodec }),
  DeleteAccount: struct({ beneficiaryId: accountIdCodec }),
}

const afterDelegate = {
  DeployGlobalContract: struct({ code: bytes, deployMode: oneOf('CodeHash', 'AccountId') }),
  UseGlobalContract: struct({ contractIdentifier: globalContractIdentifierCodec }),
  DeterministicStateInit: struct({ stateInit: stateInitCodec, deposit: u128 }),
  TransferToGasKey: struct({ publicKey: publicKeyCodec, deposit: u128 }),
  WithdrawFromGasKey: struct({ publicKey: publicKeyCodec, amount: u128 }),
}

/** Keeps a delegate action's place among the tags, where none may stand. */
const nestedDelegate: Codec<never> = {
  write() {},
  read() {
    throw new BorshError("DelegateAction mustn't contain a nested one")
  },
}

const nonDelegateActionCodec = enumeration({
  ...beforeDelegate,
  Delegate: nestedDelegate,
  ...afterDelegate,
  DelegateV2: nestedDelegate,
})

/** What a delegate action may carry: every action but another delegate action. */
export type NonDelegateAction = ValueOf<typeof nonDelegateActionCodec>

export const delegateActionCodec = struct({
  senderId: accountIdCodec,
  receiverId: accountIdCodec,
  actions: vec(nonDelegateActionCodec),
  nonce: u64,
  maxBlockHeight: u64,
  publicKey: publicKeyCodec,
})

/** NEP-366: actions that the sender signed and somebody else pays for. */
export type DelegateAction = ValueOf<typeof delegateActionCodec>

export const delegateActionV2Codec = enumeration({
  V2: struct({
    senderId: accountIdCodec,
    receiverId: accountIdCodec,
    actions: vec(nonDelegateActionCodec),
    nonce: transactionNonceCodec,
    maxBlockHeight: u64,
    publicKey: publicKeyCodec,
  }),
})

/** The same for gas keys (NEP-611). */
export type DelegateActionV2 = ValueOf<typeof delegateActionV2Codec>

export const actionCodec = enumeration({
  ...beforeDelegate,
  Delegate: struct({ delegateAction: delegateActionCodec, signature: signatureCodec }),
  ...afterDelegate,
  DelegateV2: struct({ delegateAction: delegateActionV2Codec, signature: signatureCodec }),
})

/** One step of a transaction or receipt, as nearcore's enum orders and names them. */
export type Action = ValueOf<typeof actionCodec>

/** NEP-461: messages that act on chain are told apart by 2^30 and the number of their NEP. */
const ON_CHAIN_MESSAGE = 2 ** 30

/** What a delegate action's sender signs: sha256(u32(2^30 + 366) ‖ borsh). */
export function delegateActionHash(delegateAction: DelegateAction): CryptoHash {
  return messageHash(366, delegateActionCodec, delegateAction)
}

/** What the sender of a version 2 signs: sha256(u32(2^30 + 611) ‖ borsh). */
export function delegateActionV2Hash(delegateAction: DelegateActionV2): CryptoHash {
  return messageHash(611, delegateActionV2Codec, delegateAction)
}

function messageHash<T>(nep: number, codec: Codec<T>, message: T): CryptoHash {
  const discriminated: Codec<T> = {
    write(writer, value) {
      writer.u32(ON_CHAIN_MESSAGE + nep)
      codec.write(writer, value)
    },
    read: codec.read,
  }
  return sha256(encode(discriminated, message))
}
