/**
 * Errors in the shape that RPC prints: serde's externally tagged enums of nearcore's core/primitives/src/errors.rs, with
 * amounts of tokens as decimal strings, and gas, nonces, sizes and heights as numbers.
 */

type Tokens = string
type PublicKeyText = string

export type TxExecutionError = { readonly ActionError: ActionError } | { readonly InvalidTxError: InvalidTxError }

export interface ActionError {
  /** `null` when no one action is to blame. */
  readonly index: number | null
  readonly kind: ActionErrorKind
}

export type InvalidTxError =
  | { readonly InvalidAccessKeyError: InvalidAccessKeyError }
  | { readonly SignerDoesNotExist: { readonly signer_id: string } }
  | { readonly InvalidNonce: { readonly tx_nonce: number; readonly ak_nonce: number } }
  | { readonly NonceTooLarge: { readonly tx_nonce: number; readonly upper_bound: number } }
  | 'InvalidSignature'
  | { readonly NotEnoughBalance: { readonly signer_id: string; readonly balance: Tokens; readonly cost: Tokens } }
  | { readonly LackBalanceForState: { readonly signer_id: string; readonly amount: Tokens } }
  | 'CostOverflow'
  | 'InvalidChain'
  | 'Expired'
  | { readonly ActionsValidation: ActionsValidationError }
  | { readonly TransactionSizeExceeded: Limit<'size'> }
  | { readonly InvalidNonceIndex: { readonly tx_nonce_index: number | null; readonly num_nonces: number } }

export type InvalidAccessKeyError =
  | { readonly AccessKeyNotFound: { readonly account_id: string; readonly public_key: PublicKeyText } }
  | { readonly ReceiverMismatch: { readonly tx_receiver: string; readonly ak_receiver: string } }
  | { readonly MethodNameMismatch: { readonly method_name: string } }
  | 'RequiresFullAccess'
  | {
      readonly NotEnoughAllowance: {
        readonly account_id: string
        readonly public_key: PublicKeyText
        readonly allowance: Tokens
        readonly cost: Tokens
      }
    }
  | 'DepositWithFunctionCall'

export type ActionsValidationError =
  | 'DeleteActionMustBeFinal'
  | { readonly TotalPrepaidGasExceeded: Limit<'total_prepaid_gas'> }
  | { readonly TotalNumberOfActionsExceeded: Limit<'total_number_of_actions'> }
  | { readonly AddKeyMethodNamesNumberOfBytesExceeded: Limit<'total_number_of_bytes'> }
  | { readonly AddKeyMethodNameLengthExceeded: Limit<'length'> }
  | 'IntegerOverflow'
  | { readonly InvalidAccountId: { readonly account_id: string } }
  | { readonly ContractSizeExceeded: Limit<'size'> }
  | { readonly FunctionCallMethodNameLengthExceeded: Limit<'length'> }
  | { readonly FunctionCallArgumentsLengthExceeded: Limit<'length'> }
  | { readonly UnsuitableStakingKey: { readonly public_key: PublicKeyText } }
  | 'FunctionCallZeroAttachedGas'
  | 'DelegateActionMustBeOnlyOne'
  | { readonly UnsupportedProtocolFeature: { readonly protocol_feature: string; readonly version: number } }
  | { readonly InvalidDeterministicStateInitReceiver: { readonly receiver_id: string; readonly derived_id: string } }
  | { readonly DeterministicStateInitKeyLengthExceeded: Limit<'length'> }
  | { readonly DeterministicStateInitValueLengthExceeded: Limit<'length'> }
  | { readonly TotalNumberOfDeployActionsExceeded: Limit<'number_of_deploy_actions'> }
  | 'FunctionCallEmptyMethodName'
  | { readonly RemovedProtocolFeature: { readonly protocol_feature: string; readonly version: number } }

export type ReceiptValidationError =
  | { readonly ReturnedValueLengthExceeded: Limit<'length'> }
  | { readonly NumberInputDataDependenciesExceeded: Limit<'number_of_input_data_dependencies'> }
  | { readonly ActionsValidation: ActionsValidationError }
  | { readonly ReceiptSizeExceeded: Limit<'size'> }

type OfAccount = { readonly account_id: string }
type OfKey = { readonly account_id: string; readonly public_key: PublicKeyText }

export type ActionErrorKind =
  | { readonly AccountAlreadyExists: OfAccount }
  | { readonly AccountDoesNotExist: OfAccount }
  | {
      readonly CreateAccountOnlyByRegistrar: {
        readonly account_id: string
        readonly registrar_account_id: string
        readonly predecessor_id: string
      }
    }
  | { readonly CreateAccountNotAllowed: { readonly account_id: string; readonly predecessor_id: string } }
  | { readonly ActorNoPermission: { readonly account_id: string; readonly actor_id: string } }
  | { readonly DeleteKeyDoesNotExist: OfKey }
  | { readonly AddKeyAlreadyExists: OfKey }
  | { readonly DeleteAccountStaking: OfAccount }
  | { readonly LackBalanceForState: { readonly account_id: string; readonly amount: Tokens } }
  | { readonly TriesToUnstake: OfAccount }
  | {
      readonly TriesToStake: {
        readonly account_id: string
        readonly stake: Tokens
        readonly locked: Tokens
        readonly balance: Tokens
      }
    }
  | {
      readonly InsufficientStake: {
        readonly account_id: string
        readonly stake: Tokens
        readonly minimum_stake: Tokens
      }
    }
  | { readonly FunctionCallError: FunctionCallErrorView }
  | { readonly NewReceiptValidationError: ReceiptValidationError }
  | { readonly OnlyImplicitAccountCreationAllowed: OfAccount }
  | { readonly DeleteAccountWithLargeState: OfAccount }
  | 'DelegateActionInvalidSignature'
  | {
      readonly DelegateActionSenderDoesNotMatchTxReceiver: { readonly sender_id: string; readonly receiver_id: string }
    }
  | 'DelegateActionExpired'
  | { readonly DelegateActionAccessKeyError: InvalidAccessKeyError }
  | { readonly DelegateActionInvalidNonce: { readonly delegate_nonce: number; readonly ak_nonce: number } }
  | { readonly DelegateActionNonceTooLarge: { readonly delegate_nonce: number; readonly upper_bound: number } }
  | { readonly GlobalContractDoesNotExist: { readonly identifier: { CodeHash: string } | { AccountId: string } } }

/** nearcore's serialisable copy of the VM's error (`FunctionCallError` in errors.rs). */
export type FunctionCallErrorView =
  | { readonly CompilationError: CompilationErrorView }
  | { readonly MethodResolveError: string }
  | { readonly ExecutionError: string }

export type CompilationErrorView =
  | { readonly CodeDoesNotExist: { readonly account_id: string } }
  | { readonly PrepareError: string }
  | { readonly WasmerCompileError: { readonly msg: string } }

type Limit<Name extends string> = { readonly [K in Name | 'limit']: number }

/** Ends an action with a typed error; the receipt then fails as a whole. */
export class ActionFailure extends Error {
  override name = 'ActionFailure'
  readonly kind: ActionErrorKind

  constructor(kind: ActionErrorKind) {
    super(typeof kind === 'string' ? kind : Object.keys(kind)[0])
    this.kind = kind
  }
}

/** Refuses a transaction with a typed error. */
export class InvalidTransaction extends Error {
  override name = 'InvalidTransaction'
  readonly error: InvalidTxError

  constructor(error: InvalidTxError) {
    super(typeof error === 'string' ? error : Object.keys(error)[0])
    this.error = error
  }
}
