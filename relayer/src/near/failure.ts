/** Why something failed on NEAR, by the name that it has everywhere. Shapes: nearcore's core/primitives/src/errors.rs. */
import { type ErrorName, isContractErrorName, isErrorName, nearContractErrorNames, ParleyError } from '@parley/protocol'

/** serde's form of an enum: a name, or an object with the name as its only key. */
export type Tagged = string | Readonly<Record<string, unknown>>

/** What a failed receipt's, or transaction's, `Failure` holds. */
export interface ExecutionFailure {
  readonly ActionError?: { readonly kind: Tagged }
  readonly InvalidTxError?: Tagged
}

/** What nearcore itself says of a delegate action (NEP-366). */
const delegateErrors: Readonly<Record<string, ErrorName>> = {
  DelegateActionInvalidSignature: 'SignatureInvalid',
  DelegateActionAccessKeyError: 'SignatureInvalid',
  DelegateActionExpired: 'RequestExpired',
  DelegateActionInvalidNonce: 'RequestReplayed',
  DelegateActionNonceTooLarge: 'InputInvalid',
}

/** A failure as a refusal. What has no name of ours is TransactionReverted, in nearcore's words. */
export function readFailure({ ActionError, InvalidTxError }: ExecutionFailure): ParleyError {
  const kind = ActionError?.kind ?? InvalidTxError ?? 'Unknown'
  const [tag, details] = typeof kind === 'string' ? [kind, undefined] : (Object.entries(kind)[0] ?? ['Unknown', kind])
  const execution = tag === 'FunctionCallError' ? executionError(details) : undefined
  if (execution !== undefined) return readPanic(execution)
  const text = details === undefined ? tag : `${tag}: ${JSON.stringify(details)}`
  return new ParleyError(delegateErrors[tag] ?? 'TransactionReverted', text)
}

/** A contract's panic, as a receipt or a view reports it: `Name: details`, and a stack on the lines below. */
export function readPanic(text: string): ParleyError {
  if (text.includes('Exceeded the prepaid gas'))
    return new ParleyError('GasTooLow', 'the calls need more gas than they got')
  const [message = text] = panicMessage(text).split('\n', 1)
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

/** Receipts print the message, views Rust's debug form of it: in quotes, with escapes that are nearly JSON's. */
function panicMessage(text: string): string {
  const quoted = /panic_msg: ("(?:[^"\\]|\\.)*")/s.exec(text)?.[1]
  if (quoted !== undefined) return unescapeRust(quoted)
  return text.replace(/^Smart contract panicked: /, '')
}

function unescapeRust(quoted: string): string {
  const json = quoted
    .replace(/\\u\{([0-9a-f]{1,6})\}/g, (_, code: string) =>
      JSON.stringify(String.fromCodePoint(Number.parseInt(code, 16))).slice(1, -1),
    )
    .replaceAll("\\'", "'")
    .replaceAll('\\0', '\\u0000')
  try {
    return JSON.parse(json)
  } catch {
    return quoted.slice(1, -1)
  }
}
