import { describe, expect, test } from 'vitest'
import { readFailure, readPanic } from './failure.ts'

describe('a panic', () => {
  test.each([
    ['of a receipt', 'Smart contract panicked: JobUnknown: 0x01\n    at fund (jobs.ts:1)'],
    [
      'of a view',
      'wasm execution failed with error: HostError(GuestPanic { panic_msg: "JobUnknown: 0x01\\n    at \\"fund\\"" })',
    ],
    [
      'of a view, as older nodes say it',
      'wasm execution failed with error: FunctionCallError(HostError(GuestPanic { panic_msg: "JobUnknown: 0x01" }))',
    ],
  ])('%s has the name of its error, and no stack', (_, text) => {
    expect(readPanic(text)).toMatchObject({ code: 'JobUnknown', message: 'JobUnknown: 0x01' })
  })

  test.each([
    ['a name that only services have', 'Smart contract panicked: Internal: oh', 'TransactionReverted', 'Internal: oh'],
    ['a name of an object', 'Smart contract panicked: constructor: oh', 'TransactionReverted', 'constructor: oh'],
    [
      'no name',
      'Smart contract panicked: The account is not registered',
      'TransactionReverted',
      'The account is not registered',
    ],
    [
      'a name of NEAR only',
      'Smart contract panicked: StorageDepositTooLow: a.near 5',
      'StorageDepositTooLow',
      'StorageDepositTooLow: a.near 5',
    ],
    [
      'escapes of Rust',
      'GuestPanic { panic_msg: "Odd \\u{1f600}\\u{7f} it\\\'s" }',
      'TransactionReverted',
      "Odd \u{1f600}\u007f it's",
    ],
    ['no gas left', 'Exceeded the prepaid gas.', 'GasTooLow', 'the calls need more gas than they got'],
  ])('with %s', (_, text, code, message) => {
    expect(readPanic(text)).toMatchObject({ code, message })
  })
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
