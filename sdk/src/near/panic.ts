/** How a contract on NEAR says no: by a panic that begins with an error's name. */
import { type ErrorName, isContractErrorName, isErrorName, nearContractErrorNames, ParleyError } from '@parley/protocol'

/** Why a view failed. Views print Rust's debug form of a panic: in quotes, with escapes. */
export function readViewError(text: string): ParleyError {
  const quoted = /GuestPanic \{ panic_msg: "((?:[^"\\]|\\.)*)"/s.exec(text)?.[1]
  return readPanic(quoted === undefined ? text : unescapeRust(quoted))
}

/** A contract's panic: `Name: details`, and a stack on the lines below. */
export function readPanic(text: string): ParleyError {
  const [message = text] = text.split('\n', 1)
  const [name = ''] = message.split(':', 1)
  return new ParleyError(isRefusal(name) ? name : 'TransactionReverted', message)
}

/** Names that a contract refuses by: not those that only services use, whatever a stranger's contract says. */
function isRefusal(name: string): name is ErrorName {
  if (!isErrorName(name)) return false
  return isContractErrorName(name) || nearContractErrorNames.includes(name) || name === 'InputInvalid'
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
