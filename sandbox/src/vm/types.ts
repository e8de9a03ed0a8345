/**
 * What a contract call gets, what it may ask of the chain, and what it leaves behind; named as in nearcore's
 * near-vm-runner (`logic/context.rs`, `logic/dependencies.rs`, `logic/logic.rs`, `logic/errors.rs`).
 *
 * Gas, balances, heights and sizes on the chain are `bigint` (gas units, yoctoNEAR, blocks, bytes). Hashes are 32 bytes.
 * Public keys are borsh: one byte of key type (0 ed25519, 1 secp256k1, 2 ML-DSA-65), then the key.
 */

/** What the contract sees of the chain, the caller and its own account. nearcore: `VMContext`. */
export interface VMContext {
  currentAccountId: string
  signerAccountId: string
  signerAccountPk: Uint8Array
  predecessorAccountId: string
  refundToAccountId: string
  input: Uint8Array
  promiseResults: PromiseResult[]
  blockHeight: bigint
  /** Nanoseconds since 1970. */
  blockTimestamp: bigint
  epochHeight: bigint
  /** Without the attached deposit. */
  accountBalance: bigint
  accountLockedBalance: bigint
  /** Bytes before the call. */
  storageUsage: bigint
  accountContract: AccountContract
  attachedDeposit: bigint
  prepaidGas: bigint
  randomSeed: Uint8Array
  /** Present in a view call, which may change nothing and burn so much. */
  viewConfig?: { maxGasBurnt: bigint }
  /** Who gets the result as a data receipt; empty unless the call is the last action of its receipt. */
  outputDataReceivers: string[]
}

export type PromiseResult = { status: 'successful'; value: Uint8Array } | { status: 'failed' }

/** The contract of an account. nearcore: `AccountContract`. */
export type AccountContract =
  | { kind: 'none' }
  | { kind: 'local'; codeHash: Uint8Array }
  | { kind: 'global'; codeHash: Uint8Array }
  | { kind: 'globalByAccount'; accountId: string }

/**
 * Charges what a look into the trie costs, and throws when the gas is used up: call it before the work is kept.
 * nearcore: `StorageAccessTracker`.
 */
export interface StorageAccessTracker {
  trieNodeTouched(count: number): void
  cachedTrieNodeAccess(count: number): void
  /** `storageSet` calls it with the length of the value that it replaces, when there is one, after the nodes. */
  derefWriteEvictedValueBytes(bytes: number): void
  /** `storageRemove` calls it with the length of the value that it removes, when there is one, after the nodes. */
  derefRemovedValueBytes(bytes: number): void
}

/** What the contract may ask of the chain. nearcore: `External`, without the receipts, which `VMOutcome` carries. */
export interface External {
  storageGet(key: Uint8Array, tracker: StorageAccessTracker): Uint8Array | undefined
  /** Returns the value that was replaced. */
  storageSet(key: Uint8Array, value: Uint8Array, tracker: StorageAccessTracker): Uint8Array | undefined
  /** Returns the value that was removed. */
  storageRemove(key: Uint8Array, tracker: StorageAccessTracker): Uint8Array | undefined
  storageHasKey(key: Uint8Array, tracker: StorageAccessTracker): boolean
  /** A fresh id: for each receipt that a new receipt waits for, and for each yield, in the order asked. */
  generateDataId(purpose: 'dependency' | 'yield'): Uint8Array
  /** Whether a yield of this account, from an earlier receipt, still waits for this id. */
  hasPromiseYield(dataId: Uint8Array): boolean
  /** The data id of the waiting yield, from an earlier receipt, that the contract named so. */
  dataIdOfYield(yieldId: Uint8Array): Uint8Array | undefined
  /** `undefined` when the account is no validator. */
  validatorStake(accountId: string): bigint | undefined
  validatorTotalStake(): bigint
  chainId(): string
}

/** A receipt that the contract asked for. nearcore: `ActionReceiptMetadata`. */
export interface PromisedReceipt {
  receiverId: string
  /** Indices, in `VMOutcome.receipts`, of the receipts whose results it waits for. */
  dependencies: number[]
  /** The data ids it waits for: one for each dependency, or the one of its yield. */
  inputDataIds: Uint8Array[]
  yielded?: { dataId: Uint8Array; yieldId?: Uint8Array }
  refundTo?: string
  actions: PromisedAction[]
}

/** An action that the contract asked for. Amounts in yoctoNEAR. */
export type PromisedAction =
  | { kind: 'createAccount' }
  | { kind: 'deployContract'; code: Uint8Array }
  | { kind: 'deployGlobalContract'; code: Uint8Array; mode: 'codeHash' | 'accountId' }
  | { kind: 'useGlobalContract'; contractId: GlobalContractIdentifier }
  | {
      kind: 'deterministicStateInit'
      contractId: GlobalContractIdentifier
      /** By hex key; in order of the keys' bytes once it is encoded. */
      entries: Map<string, { key: Uint8Array; value: Uint8Array }>
      amount: bigint
    }
  | {
      kind: 'functionCall'
      methodName: Uint8Array
      args: Uint8Array
      deposit: bigint
      /** Gas that the contract set; `distributeGas` adds the share of `gasWeight`. */
      gas: bigint
      gasWeight: bigint
    }
  | { kind: 'transfer'; deposit: bigint }
  | { kind: 'transferToGasKey'; publicKey: Uint8Array; deposit: bigint }
  | { kind: 'stake'; stake: bigint; publicKey: Uint8Array }
  | { kind: 'addKey'; publicKey: Uint8Array; nonce: bigint; permission: KeyPermission }
  | { kind: 'addGasKey'; publicKey: Uint8Array; numNonces: number; permission: KeyPermission }
  | { kind: 'deleteKey'; publicKey: Uint8Array }
  | { kind: 'deleteAccount'; beneficiaryId: string }

export type GlobalContractIdentifier =
  | { kind: 'codeHash'; codeHash: Uint8Array }
  | { kind: 'accountId'; accountId: string }

export type KeyPermission =
  | { kind: 'fullAccess' }
  /** Without `allowance` the key may spend everything. */
  | { kind: 'functionCall'; allowance?: bigint; receiverId: string; methodNames: string[] }

/** Data for a yield. When the yield is one of this call, `VMOutcome.receipts` holds it. */
export interface PromisedResume {
  dataId: Uint8Array
  data: Uint8Array
}

/** `receipt` is an index into `VMOutcome.receipts`. */
export type ReturnData =
  | { kind: 'none' }
  | { kind: 'value'; value: Uint8Array }
  | { kind: 'receiptIndex'; receipt: number }

/** What a call did. When `error` is there, nothing it changed or asked for may be kept, but gas and logs are. */
export interface VMOutcome {
  gasBurnt: bigint
  /** Burnt, and given to promises, without the share of gas weights. */
  gasUsed: bigint
  /** Yocto left on the account, the attached deposit included, what promises take excluded. */
  balance: bigint
  /** Yocto that promises take from nobody: an account with nothing may attach one yocto to a call. */
  subsidizedAmount: bigint
  storageUsage: bigint
  returnData: ReturnData
  logs: string[]
  /** Gas burnt by cost: `wasm`, nearcore's names of host costs, and `action:` with nearcore's names of action costs. */
  profile: Map<string, bigint>
  receipts: PromisedReceipt[]
  resumes: PromisedResume[]
  error?: FunctionCallError
}

/** `message` is what nearcore prints (its `Display`), as a node puts it into `ExecutionError`. */
export type FunctionCallError = { message: string } & (
  | { kind: 'CompilationError'; error: CompilationError }
  | { kind: 'LinkError'; msg: string }
  | { kind: 'MethodResolveError'; error: MethodResolveError }
  | { kind: 'WasmTrap'; error: WasmTrap }
  | { kind: 'HostError'; error: HostErrorName; fields: Record<string, string | bigint> }
)

export type CompilationError =
  | { kind: 'CodeDoesNotExist'; accountId: string }
  | { kind: 'PrepareError'; error: PrepareError }
  /** V8 refuses a module that NEAR's rules accept. */
  | { kind: 'WasmtimeCompileError'; msg: string }

export type MethodResolveError = 'MethodEmptyName' | 'MethodNotFound' | 'MethodInvalidSignature'

/** In the order of their borsh numbers. */
export type PrepareError =
  | 'Serialization'
  | 'Deserialization'
  | 'InternalMemoryDeclared'
  | 'GasInstrumentation'
  | 'StackHeightInstrumentation'
  | 'Instantiate'
  | 'Memory'
  | 'TooManyFunctions'
  | 'TooManyLocals'
  | 'TooManyTables'
  | 'TooManyTableElements'
  | 'FunctionBodyTooLarge'
  | 'InstrumentedCodeTooLarge'
  | 'TooManyBlocksPerFunction'
  | 'TooManyBlocksPerContract'
  | 'TooManyTypes'
  | 'TooManyParamsPerContract'
  | 'TooManyParamsPerFunction'
  | 'OperandStackTooLarge'
  | 'TooManyGlobals'

export type WasmTrap =
  | 'Unreachable'
  | 'IncorrectCallIndirectSignature'
  | 'MemoryOutOfBounds'
  | 'IllegalArithmetic'
  | 'IndirectCallToNull'
  | 'StackOverflow'
  | 'GenericTrap'

/** The host errors that protocol 86 to 88 can produce. */
export type HostErrorName =
  | 'BadUTF16'
  | 'BadUTF8'
  | 'GasExceeded'
  | 'GasLimitExceeded'
  | 'BalanceExceeded'
  | 'EmptyMethodName'
  | 'GuestPanic'
  | 'IntegerOverflow'
  | 'InvalidPromiseIndex'
  | 'CannotAppendActionToJointPromise'
  | 'CannotReturnJointPromise'
  | 'CannotSetRefundToOnJointPromise'
  | 'InvalidPromiseResultIndex'
  | 'InvalidRegisterId'
  | 'MemoryAccessViolation'
  | 'InvalidActionIndex'
  | 'InvalidAccountId'
  | 'InvalidMethodName'
  | 'InvalidPublicKey'
  | 'ProhibitedInView'
  | 'NumberOfLogsExceeded'
  | 'KeyLengthExceeded'
  | 'ValueLengthExceeded'
  | 'TotalLogLengthExceeded'
  | 'NumberPromisesExceeded'
  | 'NumberInputDataDependenciesExceeded'
  | 'ReturnedValueLengthExceeded'
  | 'ContractSizeExceeded'
  | 'Deprecated'
  | 'ECRecoverError'
  | 'AltBn128InvalidInput'
  | 'Ed25519VerifyInvalidInput'
  | 'P256VerifyInvalidInput'
  | 'MlDsaVerifyInvalidInput'
  | 'BLS12381InvalidInput'
  | 'YieldPayloadLength'
  | 'DataIdMalformed'
  | 'YieldIdMalformed'
  | 'ContractCodeHashMalformed'
  | 'DataEntryAlreadyExists'
