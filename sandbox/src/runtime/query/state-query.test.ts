import { describe, expect, test } from 'vitest'
import { readHub } from '../testing/fixtures.ts'
import { ALICE, BOB, call, NEAR, send, testNode } from '../testing/test-chain.ts'
import { debugText } from './debug-text.ts'

describe('a query', () => {
  test('reads the state after the block that it names', () => {
    const node = testNode()
    send(node, ALICE, BOB.accountId, [{ kind: 'Transfer', deposit: NEAR }])

    const amountAt = (height: bigint) => node.query({ kind: 'height', height })?.viewAccount(BOB.accountId)?.amount

    expect([amountAt(0n), amountAt(1n), amountAt(2n)]).toEqual([1_000n * NEAR, 1_000n * NEAR, 1_001n * NEAR])
    expect(node.query({ kind: 'height', height: 9n })).toBeNull()
  })

  test('of what is not there answers null, or an empty list', () => {
    const state = testNode().query({ kind: 'latest' })

    expect(state?.viewAccount('nobody.near')).toBeNull()
    expect(state?.viewAccessKey(ALICE.accountId, BOB.secretKey.publicKey)).toBeNull()
    expect(state?.viewAccessKeyList('nobody.near')).toEqual([])
    expect(state?.viewCode(ALICE.accountId)).toBeNull()
    expect(state?.viewState(ALICE.accountId, new Uint8Array(0))).toEqual([])
  })

  test('does not mix up accounts whose names begin alike', () => {
    const node = testNode()
    const data = (accountId: string, key: string) => {
      return { kind: 'Data', accountId, key: Buffer.from(key), value: Buffer.from(accountId) } as const
    }
    node.patchState([data('a.near', 'k1'), data('a.near', 'k2'), data('a.near', 'other'), data('a.near.near', 'k3')])

    const keys = node.query({ kind: 'latest' })?.viewState('a.near', Buffer.from('k'))

    expect(keys?.map(({ key }) => Buffer.from(key).toString())).toEqual(['k1', 'k2'])
  })
})

const hub = readHub()

describe.skipIf(hub === undefined)('a view call', () => {
  const node = testNode()
  send(node, BOB, BOB.accountId, [{ kind: 'DeployContract', code: hub ?? new Uint8Array(0) }])
  const view = (accountId: string, methodName: string, args: object = {}) => {
    return node.query({ kind: 'latest' })?.callFunction(accountId, methodName, Buffer.from(JSON.stringify(args)))
  }

  test('returns what the contract returns, and changes nothing', () => {
    const before = node.latestBlock()

    expect(view(BOB.accountId, 'seen')).toEqual({ status: 'success', value: new TextEncoder().encode('[]'), logs: [] })
    expect(node.latestBlock()).toBe(before)
  })

  test('that writes, fails, or calls what is not there says so in nearcore’s words', () => {
    const message = (accountId: string, methodName: string, args: object = {}) => {
      const answer = view(accountId, methodName, args)
      return answer?.status === 'failed' ? answer.message : answer
    }

    expect(message(BOB.accountId, 'missing')).toBe(
      'wasm execution failed with error: MethodResolveError(MethodNotFound)',
    )
    expect(message(BOB.accountId, 'note', { text: 'hi' })).toBe(
      'wasm execution failed with error: HostError(ProhibitedInView { method_name: "predecessor_account_id" })',
    )
    expect(message(ALICE.accountId, 'any')).toBe(
      'wasm execution failed with error: CompilationError(CodeDoesNotExist { account_id: "alice.near" })',
    )
    expect(message('nobody.near', 'any')).toBe('Account ID #nobody.near does not exist')
  })

  test('sees what was written before', () => {
    send(node, ALICE, BOB.accountId, [call('note', { text: 'hi' })])

    expect(view(BOB.accountId, 'seen')).toMatchObject({
      value: new TextEncoder().encode('["hi from alice.near with 0"]'),
    })
  })
})

test('an error’s text is escaped as Rust does', () => {
  const panic = { kind: 'HostError', error: 'GuestPanic', message: '' } as const

  expect(debugText({ ...panic, fields: { panic_msg: 'say "no"\n\u0007é' } })).toBe(
    'HostError(GuestPanic { panic_msg: "say \\"no\\"\\n\\u{7}é" })',
  )
  expect(debugText({ kind: 'WasmTrap', error: 'Unreachable', message: '' })).toBe('WasmTrap(Unreachable)')
})
