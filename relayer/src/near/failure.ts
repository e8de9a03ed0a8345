/** Why something failed on NEAR, by the name that it has everywhere. Shapes: nearcore's core/primitives/src/errors.rs. */
import { type ErrorName, isContractErrorName, isErrorName, nearContractErrorNames, ParleyError } from '@parley/protocol'

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

/** Why a view failed. Views print Rust's debug form of a panic: in quotes, with escapes. */
export function readViewError(text: string): ParleyError {
  const quoted = /GuestPanic \{ panic_msg: "((?:[^"\\]|\\.)*)"/s.exec(text)?.[1]
  return readPanic(quoted === undefined ? text : unescapeRust(quoted))
}

/** Receipts print nearcore's own words, or a contract's after these: nothing in those can be nearcore's. */
function readExecution(text: string): ParleyError {
  if (text.startsWith('Exceeded the prepaid gas'))
    return new ParleyError('GasTooLow', 'the calls need more gas than they got')
  return readPanic(text.replace(/^Smart contract panicked: /, ''))
}

/** A contract's panic: `Name: details`, and a stack on the lines below. */
function readPanic(text: string): ParleyError {
  const [message = text] = text.split('\n', 1)
  const [name = ''] = message.split(':', 1)
  return new ParleyError(isRefusal(name) ? name : 'TransactionReverted', message)
}

/** Names that a contract refuses by: not those that only services use, whatever a stranger's contract says. */
function isRefusal(name: string): name is ErrorName {
  if (!isErrorName(name)) return false
  return isContractErrorName(name) || nearContractErrorNames.includes(name) || name === 'InputInvalid'
}

function executionError(details: unknown): string | undefined {
  if (typeof details !== 'object' || details === null || !('ExecutionError' in details)) return undefined
  return String(details.ExecutionError)
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', 0: '\0' }

/** One escape after the other: what follows an escaped backslash is none. */
function unescapeRust(text: string): string {
  return text.replace(/\\(?:u\{([0-9a-f]{1,6})\}|(.))/gs, (_, code: string | undefined, character: string) =>
    code === undefined ? (escapes[character] ?? character) : characterOf(Number.parseInt(code, 16)),
  )
}

function characterOf(codePoint: number): string {
  return codePoint <= 0x10ffff ? String.fromCodePoint(codePoint) : '\ufffd'
}
