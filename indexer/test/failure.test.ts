import { expect, test } from 'vitest'
import { reasonOf } from '../src/near/failure.ts'

const functionCall = (error: unknown) => ({ ActionError: { index: 0, kind: { FunctionCallError: error } } })

test.each([
  [
    'a panic, without its stack',
    functionCall({ ExecutionError: 'Smart contract panicked: JobUnknown: 0x07\n    at reject' }),
    'JobUnknown: 0x07',
  ],
  [
    'too little gas',
    functionCall({ ExecutionError: 'Exceeded the prepaid gas.' }),
    'GasTooLow: Exceeded the prepaid gas.',
  ],
  [
    'an error of the machine',
    functionCall({ ExecutionError: 'WebAssembly trap: unreachable' }),
    'WebAssembly trap: unreachable',
  ],
  ['an empty panic', functionCall({ ExecutionError: 'Smart contract panicked: ' }), 'ExecutionError'],
  [
    'a method that is not there',
    functionCall({ MethodResolveError: 'MethodNotFound' }),
    'MethodResolveError: MethodNotFound',
  ],
  [
    'code that is not there',
    functionCall({ CompilationError: { CodeDoesNotExist: { account_id: 'a.near' } } }),
    'CompilationError',
  ],
  [
    'an account that is not there',
    { ActionError: { index: 0, kind: { AccountDoesNotExist: { account_id: 'a.near' } } } },
    'AccountDoesNotExist',
  ],
  [
    'an error that is only a name',
    { ActionError: { index: null, kind: 'DelegateActionExpired' } },
    'DelegateActionExpired',
  ],
  ['an invalid transaction', { InvalidTxError: { InvalidNonce: { tx_nonce: 1, ak_nonce: 2 } } }, 'InvalidNonce'],
  ['what nobody has seen yet', {}, 'UnknownFailure'],
])('reasonOf names %s', (_, failure, reason) => {
  expect(reasonOf(failure)).toBe(reason)
})
