import type {
  CompilationError,
  FunctionCallError,
  HostErrorName,
  MethodResolveError,
  PrepareError,
  WasmTrap,
} from './types.ts'

type Fields = Record<string, string | bigint>

/** Ends a call from within: thrown by host functions, caught where the call began. */
export class HostAbort extends Error {
  readonly error: FunctionCallError

  constructor(name: HostErrorName, fields: Fields = {}) {
    super(name)
    this.error = { kind: 'HostError', error: name, fields, message: hostErrorMessage(name, fields) }
  }
}

export function linkError(msg: string): FunctionCallError {
  return { kind: 'LinkError', msg, message: msg }
}

export function methodResolveError(error: MethodResolveError): FunctionCallError {
  return { kind: 'MethodResolveError', error, message: error }
}

export function wasmTrap(error: WasmTrap): FunctionCallError {
  return { kind: 'WasmTrap', error, message: `WebAssembly trap: ${TRAP_MESSAGES[error]}` }
}

export function compilationError(error: CompilationError): FunctionCallError {
  return { kind: 'CompilationError', error, message: compilationMessage(error) }
}

function compilationMessage(error: CompilationError): string {
  switch (error.kind) {
    case 'CodeDoesNotExist':
      return `cannot find contract code for account ${error.accountId}`
    case 'PrepareError':
      return `PrepareError: ${PREPARE_MESSAGES[error.error]}`
    case 'WasmtimeCompileError':
      return `Wasmtime compilation error: ${error.msg}`
  }
}

const TRAP_MESSAGES: Record<WasmTrap, string> = {
  Unreachable: 'An `unreachable` opcode was executed.',
  IncorrectCallIndirectSignature: 'Call indirect incorrect signature trap.',
  MemoryOutOfBounds: 'Memory out of bounds trap.',
  IllegalArithmetic: 'An arithmetic exception, e.g. divided by zero.',
  IndirectCallToNull: 'Indirect call to null.',
  StackOverflow: 'Stack overflow.',
  GenericTrap: 'Generic trap.',
}

const PREPARE_MESSAGES: Record<PrepareError, string> = {
  Serialization: 'Error happened while serializing the module.',
  Deserialization: 'Error happened while deserializing the module.',
  InternalMemoryDeclared: 'Internal memory declaration has been found in the module.',
  GasInstrumentation: 'Gas instrumentation failed.',
  StackHeightInstrumentation: 'Stack instrumentation failed.',
  Instantiate: 'Error happened during instantiation.',
  Memory: 'Error creating memory.',
  TooManyFunctions: 'Too many functions in contract.',
  TooManyLocals: 'Too many locals declared in the contract.',
  TooManyTables: 'Too many tables declared in the contract.',
  TooManyTableElements: 'Too many table elements declared in the contract.',
  FunctionBodyTooLarge: 'A function body in the contract exceeds the size limit.',
  InstrumentedCodeTooLarge: 'The instrumented code exceeds the size limit.',
  TooManyBlocksPerFunction: 'Too many basic blocks in a function.',
  TooManyBlocksPerContract: 'Too many basic blocks in a contract.',
  TooManyTypes: 'Too many type-section entries declared in the contract.',
  TooManyParamsPerContract: 'Too many function parameters in the contract',
  TooManyParamsPerFunction: 'Too many parameters in a single function',
  OperandStackTooLarge: 'A function uses too much operand stack.',
  TooManyGlobals: 'Too many globals declared in the contract.',
}

/** nearcore: `Display` of `HostError`. */
function hostErrorMessage(name: HostErrorName, f: Fields): string {
  switch (name) {
    case 'BadUTF8':
      return 'String encoding is bad UTF-8 sequence.'
    case 'BadUTF16':
      return 'String encoding is bad UTF-16 sequence.'
    case 'GasExceeded':
      return 'Exceeded the prepaid gas.'
    case 'GasLimitExceeded':
      return 'Exceeded the maximum amount of gas allowed to burn per contract.'
    case 'BalanceExceeded':
      return 'Exceeded the account balance.'
    case 'EmptyMethodName':
      return 'Tried to call an empty method name.'
    case 'GuestPanic':
      return `Smart contract panicked: ${f.panic_msg}`
    case 'IntegerOverflow':
      return 'Integer overflow.'
    case 'InvalidPromiseIndex':
      return `${f.promise_idx} does not correspond to existing promises`
    case 'CannotAppendActionToJointPromise':
      return 'Actions can only be appended to non-joint promise.'
    case 'CannotReturnJointPromise':
      return 'Returning joint promise is currently prohibited.'
    case 'CannotSetRefundToOnJointPromise':
      return 'Setting refund_to on a joint promise is prohibited.'
    case 'InvalidPromiseResultIndex':
      return `Accessed invalid promise result index: ${f.result_idx}`
    case 'InvalidRegisterId':
      return `Accessed invalid register id: ${f.register_id}`
    case 'MemoryAccessViolation':
      return 'Accessed memory outside the bounds.'
    case 'InvalidActionIndex':
      return `Action ${f.action_index} in receipt ${f.receipt_index} does not exist or has the wrong type of action.`
    case 'InvalidAccountId':
      return 'VM Logic returned an invalid account id'
    case 'InvalidMethodName':
      return 'VM Logic returned an invalid method name'
    case 'InvalidPublicKey':
      return 'VM Logic provided an invalid public key'
    case 'ProhibitedInView':
      return `${f.method_name} is not allowed in view calls`
    case 'NumberOfLogsExceeded':
      return `The number of logs will exceed the limit ${f.limit}`
    case 'KeyLengthExceeded':
      return `The length of a storage key ${f.length} exceeds the limit ${f.limit}`
    case 'ValueLengthExceeded':
      return `The length of a storage value ${f.length} exceeds the limit ${f.limit}`
    case 'TotalLogLengthExceeded':
      return `The length of a log message ${f.length} exceeds the limit ${f.limit}`
    case 'NumberPromisesExceeded':
      return `The number of promises within a FunctionCall ${f.number_of_promises} exceeds the limit ${f.limit}`
    case 'NumberInputDataDependenciesExceeded':
      return `The number of input data dependencies ${f.number_of_input_data_dependencies} exceeds the limit ${f.limit}`
    case 'ReturnedValueLengthExceeded':
      return `The length of a returned value ${f.length} exceeds the limit ${f.limit}`
    case 'ContractSizeExceeded':
      return `The size of a contract code in DeployContract action ${f.size} exceeds the limit ${f.limit}`
    case 'Deprecated':
      return `Attempted to call deprecated host function ${f.method_name}`
    case 'AltBn128InvalidInput':
      return `AltBn128 invalid input: ${f.msg}`
    case 'ECRecoverError':
      return `ECDSA recover error: ${f.msg}`
    case 'Ed25519VerifyInvalidInput':
      return `ED25519 signature verification error: ${f.msg}`
    case 'P256VerifyInvalidInput':
      return `P256 signature verification error: ${f.msg}`
    case 'MlDsaVerifyInvalidInput':
      return `ML-DSA-65 signature verification error: ${f.msg}`
    case 'BLS12381InvalidInput':
      return `BLS12-381 invalid input: ${f.msg}`
    case 'YieldPayloadLength':
      return `Yield resume payload is ${f.length} bytes which exceeds the ${f.limit} byte limit`
    case 'DataIdMalformed':
      return 'yield resumption token is malformed'
    case 'YieldIdMalformed':
      return 'yield id is malformed'
    case 'ContractCodeHashMalformed':
      return 'contract code hash is malformed'
    case 'DataEntryAlreadyExists':
      return 'Data entry for given key already exists'
  }
}
