import { describe, expect, test } from 'vitest'
import type { Action } from '../primitives/action.ts'
import { formatKey } from '../primitives/public-key.ts'
import { secretKeyFromSeed } from '../primitives/signing.ts'
import { ALICE, BOB, CAROL, NEAR, send, sign, TGAS, testNode } from './testing/test-chain.ts'

const OTHER = secretKeyFromSeed(new Uint8Array(32).fill(7))

function callKey(allowance: bigint | null, methodNames: string[] = []): Action {
  const permission = { kind: 'FunctionCall', allowance, receiverId: BOB.accountId, methodNames } as const
  return { kind: 'AddKey', publicKey: OTHER.publicKey, accessKey: { nonce: 5n, permission } }
}

function functionCall(methodName = 'run', deposit = 0n): Action {
  return { kind: 'FunctionCall', methodName, args: new Uint8Array(0), gas: TGAS, deposit }
}

describe('adding a key', () => {
  test('starts its nonce at the block height, whatever the action says', () => {
    const node = testNode()

    send(node, ALICE, ALICE.accountId, [callKey(NEAR)])

    const accessKey = node.query({ kind: 'latest' })?.viewAccessKey(ALICE.accountId, OTHER.publicKey)
    expect(accessKey?.nonce).toBe(0n)
    node.fastForward(10)
    const key = secretKeyFromSeed(new Uint8Array(32).fill(8))
    const added: Action = {
      kind: 'AddKey',
      publicKey: key.publicKey,
      accessKey: { nonce: 0n, permission: { kind: 'FullAccess' } },
    }
    const height = send(node, ALICE, ALICE.accountId, [added]).receiptOutcomes[0]?.blockHeight ?? 0n
    expect(height).toBeGreaterThan(10n)
    expect(node.query({ kind: 'latest' })?.viewAccessKey(ALICE.accountId, key.publicKey)?.nonce).toBe(
      (height - 1n) * 1_000_000n,
    )
  })

  test('counts key, permission and 40 bytes more, and deleting it counts them back', () => {
    const node = testNode()
    const usage = () => node.query({ kind: 'latest' })?.viewAccount(ALICE.accountId)?.storageUsage

    send(node, ALICE, ALICE.accountId, [callKey(NEAR, ['run'])])
    const added = usage()
    send(node, ALICE, ALICE.accountId, [{ kind: 'DeleteKey', publicKey: OTHER.publicKey }])

    // 33 key; 8 nonce, 1 permission, 17 allowance, 4 + 8 receiver, 4 + (4 + 3) names.
    expect(added).toBe(182n + 33n + (8n + 1n + 17n + 12n + 11n) + 40n)
    expect(usage()).toBe(182n)
  })

  test('that is there, or deleting one that is not, fails', () => {
    const node = testNode()

    const again = send(node, ALICE, ALICE.accountId, [
      {
        kind: 'AddKey',
        publicKey: ALICE.secretKey.publicKey,
        accessKey: { nonce: 0n, permission: { kind: 'FullAccess' } },
      },
    ])
    const gone = send(node, ALICE, ALICE.accountId, [{ kind: 'DeleteKey', publicKey: OTHER.publicKey }])

    const ofKey = (public_key: string) => ({ account_id: 'alice.near', public_key })
    expect(again.finalStatus).toMatchObject({
      error: { ActionError: { index: 0, kind: { AddKeyAlreadyExists: ofKey(formatKey(ALICE.secretKey.publicKey)) } } },
    })
    expect(gone.finalStatus).toMatchObject({
      error: { ActionError: { index: 0, kind: { DeleteKeyDoesNotExist: ofKey(formatKey(OTHER.publicKey)) } } },
    })
  })
})

describe('a function-call key', () => {
  const refusalOf = (allowance: bigint | null, receiverId: string, actions: Action[], methodNames: string[] = []) => {
    const node = testNode()
    send(node, ALICE, ALICE.accountId, [callKey(allowance, methodNames)])
    return node.sendTransaction(sign(node, ALICE, receiverId, actions, { secretKey: OTHER }))
  }
  const invalidKey = (InvalidAccessKeyError: unknown) => ({ status: 'invalid', error: { InvalidAccessKeyError } })

  test('signs one call to its receiver', () => {
    expect(refusalOf(null, BOB.accountId, [functionCall()]).status).toBe('accepted')
    expect(refusalOf(null, BOB.accountId, [functionCall(), functionCall()])).toEqual(invalidKey('RequiresFullAccess'))
    expect(refusalOf(null, BOB.accountId, [{ kind: 'Transfer', deposit: 1n }])).toEqual(
      invalidKey('RequiresFullAccess'),
    )
    expect(refusalOf(null, CAROL.accountId, [functionCall()])).toEqual(
      invalidKey({ ReceiverMismatch: { tx_receiver: 'carol.near', ak_receiver: 'bob.near' } }),
    )
  })

  test('attaches no deposit and keeps to its methods', () => {
    expect(refusalOf(null, BOB.accountId, [functionCall('run', 1n)])).toEqual(invalidKey('DepositWithFunctionCall'))
    expect(refusalOf(null, BOB.accountId, [functionCall('run')], ['run']).status).toBe('accepted')
    expect(refusalOf(null, BOB.accountId, [functionCall('stop')], ['run'])).toEqual(
      invalidKey({ MethodNameMismatch: { method_name: 'stop' } }),
    )
  })

  test('spends its allowance and no more, and refunds go back to it', () => {
    const node = testNode()
    send(node, ALICE, ALICE.accountId, [callKey(NEAR)])
    const allowance = () => {
      const permission = node.query({ kind: 'latest' })?.viewAccessKey(ALICE.accountId, OTHER.publicKey)?.permission
      return permission?.kind === 'FunctionCall' ? permission.allowance : undefined
    }

    const signed = sign(node, ALICE, BOB.accountId, [functionCall()], { secretKey: OTHER })
    node.sendTransaction(signed)

    const status = node.transactionStatus(signed.hash)
    const burnt = [status?.transactionOutcome, ...(status?.receiptOutcomes ?? [])].reduce(
      (sum, outcome) => sum + (outcome?.tokensBurnt ?? 0n),
      0n,
    )
    expect(allowance()).toBe(NEAR - burnt)
  })

  test('with too small an allowance is refused', () => {
    const refused = refusalOf(1n, BOB.accountId, [functionCall()])

    const figures = { account_id: 'alice.near', public_key: formatKey(OTHER.publicKey), allowance: '1' }
    expect(refused).toMatchObject(invalidKey({ NotEnoughAllowance: figures }))
  })
})
