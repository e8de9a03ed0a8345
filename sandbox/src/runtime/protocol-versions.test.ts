import { describe, expect, test } from 'vitest'
import { readHub } from './testing/fixtures.ts'
import { ALICE, BOB, balanceOf, call, send, sign, testNode } from './testing/test-chain.ts'

const hub = readHub()

describe('protocol 88', () => {
  test.skipIf(hub === undefined)('gives a contract no share of the gas that it burns', () => {
    const gain = (protocolVersion: 86 | 88) => {
      const node = testNode({ protocolVersion })
      send(node, BOB, BOB.accountId, [{ kind: 'DeployContract', code: hub ?? new Uint8Array(0) }])
      const before = balanceOf(node, BOB.accountId)
      send(node, ALICE, BOB.accountId, [call('note', { text: 'hi' })])
      return balanceOf(node, BOB.accountId) - before
    }

    expect(gain(88)).toBe(0n)
    expect(gain(86)).toBeGreaterThan(0n)
  })

  test('refuses calls without a method’s name', () => {
    const sent = (protocolVersion: 86 | 88) => {
      const node = testNode({ protocolVersion })
      return node.sendTransaction(sign(node, ALICE, BOB.accountId, [call('')]))
    }

    expect(sent(88)).toEqual({ status: 'invalid', error: { ActionsValidation: 'FunctionCallEmptyMethodName' } })
    expect(sent(86).status).toBe('accepted')
  })
})
