import { readViewError } from '@parley/sdk'
import { describe, expect, test } from 'vitest'
import { readFailure } from './failure.ts'

const readReceipt = (text: string) =>
  readFailure({ ActionError: { kind: { FunctionCallError: { ExecutionError: text } } } })

const ofReceipt = (message: string) => readReceipt(`Smart contract panicked: ${message}`)

/** `debug` as Rust prints it, without its quotes. */
const ofView = (debug: string) =>
  readViewError(`wasm execution failed with error: HostError(GuestPanic { panic_msg: "${debug}" })`)

describe('a panic', () => {
  test.each([
    ['of a receipt', ofReceipt('JobUnknown: 0x01\n    at fund (jobs.ts:1)')],
    ['of a view', ofView('JobUnknown: 0x01\\n    at \\"fund\\"')],
    [
      'of a view, as older nodes say it',
      readViewError(
        'wasm execution failed with error: FunctionCallError(HostError(GuestPanic { panic_msg: "JobUnknown: 0x01" }))',
      ),
    ],
  ])('%s has the name of its error, and no stack', (_, error) => {
    expect(error).toMatchObject({ code: 'JobUnknown', message: 'JobUnknown: 0x01' })
  })

  test.each([
    ['a name that only services have', ofReceipt('Internal: oh'), 'TransactionReverted', 'Internal: oh'],
    ['a name of an object', ofReceipt('constructor: oh'), 'TransactionReverted', 'constructor: oh'],
    ['no name', ofReceipt('The account is not registered'), 'TransactionReverted', 'The account is not registered'],
    [
      'a name of NEAR only',
      ofReceipt('StorageDepositTooLow: a.near 5'),
      'StorageDepositTooLow',
      'StorageDepositTooLow: a.near 5',
    ],
    ['escapes of Rust', ofView("Odd \\u{1f600}\\u{7f} it\\'s"), 'TransactionReverted', "Odd \u{1f600}\u007f it's"],
    ['a text that looks like an escape', ofView('Odd \\\\u{ffffff}'), 'TransactionReverted', 'Odd \\u{ffffff}'],
    ['an escape that is none', ofView('Odd \\u{ffffff}'), 'TransactionReverted', 'Odd \ufffd'],
    [
      'the form that views have, in a receipt',
      ofReceipt('GuestPanic { panic_msg: "JobUnknown: \\u{ffffff}" }'),
      'TransactionReverted',
      'GuestPanic { panic_msg: "JobUnknown: \\u{ffffff}" }',
    ],
    [
      "nearcore's words in a contract's mouth",
      ofReceipt('Exceeded the prepaid gas.'),
      'TransactionReverted',
      'Exceeded the prepaid gas.',
    ],
  ])('with %s', (_, error, code, message) => {
    expect(error).toMatchObject({ code, message })
  })
})

test('no gas left has a name, too', () => {
  expect(readReceipt('Exceeded the prepaid gas.')).toMatchObject({ code: 'GasTooLow' })
})

describe('a failure of nearcore', () => {
  test.each([
    ['DelegateActionExpired', 'RequestExpired'],
    ['DelegateActionInvalidSignature', 'SignatureInvalid'],
    [{ DelegateActionInvalidNonce: { delegate_nonce: 1, ak_nonce: 2 } }, 'RequestReplayed'],
    [{ DelegateActionAccessKeyError: 'RequiresFullAccess' }, 'SignatureInvalid'],
    [{ FunctionCallError: { ExecutionError: 'Smart contract panicked: ClientOnly: a.near' } }, 'ClientOnly'],
    [{ FunctionCallError: { MethodResolveError: 'MethodNotFound' } }, 'TransactionReverted'],
    [{ AccountDoesNotExist: { account_id: 'a.near' } }, 'TransactionReverted'],
  ])('%j has a name of ours', (kind, code) => {
    expect(readFailure({ ActionError: { kind } })).toMatchObject({ code })
  })
})
