/** Why something failed on NEAR, by the name that it has everywhere. Shapes: nearcore's core/primitives/src/errors.rs. */
import { type ErrorName, ParleyError } from '@parley/protocol'
import { readPanic } from '@parley/sdk'

/** serde's form of an enum: a name, or an object with the name as its only key. */
export type Tagged = string | Readonly<Record<string, unknown>>

/** What a failed receipt's, or transaction's, `Failure` holds. */
export interface ExecutionFailure {
  readonly ActionError?: { readonly kind: Tagged }
  readonly InvalidTxError?: Tagged
}

/** What nearcore itself says of delegate actions (NEP-366), and of transactions that it takes from nobody. */
const nearcoreErrors: Readonly<Record<string, ErrorName>> = {
  DelegateActionInvalidSignature: 'SignatureInvalid',
  DelegateActionAccessKeyError: 'SignatureInvalid',
  DelegateActionExpired: 'RequestExpired',
  DelegateActionInvalidNonce: 'RequestReplayed',
  DelegateActionNonceTooLarge: 'InputInvalid',
  ActionsValidation: 'InputInvalid',
  TransactionSizeExceeded: 'InputInvalid',
}

/** A failure as a refusal. What has no name of ours is TransactionReverted, in nearcore's words. */
export function readFailure({ ActionError, InvalidTxError }: ExecutionFailure): ParleyError {
  const kind = ActionError?.kind ?? InvalidTxError ?? 'Unknown'
  const [tag, details] = typeof kind === 'string' ? [kind, undefined] : (Object.entries(kind)[0] ?? ['Unknown', kind])
  const execution = tag === 'FunctionCallError' ? executionError(details) : undefined
  if (execution !== undefined) return readExecution(execution)
  const text = details === undefined ? tag : `${tag}: ${JSON.stringify(details)}`
  return new ParleyError(nearcoreErrors[tag] ?? 'TransactionReverted', text)
}

/** Receipts print nearcore's own words, or a contract's after these: nothing in those can be nearcore's. */
function readExecution(text: string): ParleyError {
  if (text.startsWith('Exceeded the prepaid gas'))
    return new ParleyError('GasTooLow', 'the calls need more gas than they got')
  return readPanic(text.replace(/^Smart contract panicked: /, ''))
}

function executionError(details: unknown): string | undefined {
  if (typeof details !== 'object' || details === null || !('ExecutionError' in details)) return undefined
  return String(details.ExecutionError)
}
