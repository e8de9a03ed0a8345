import { describe, expect, test } from 'vitest'
import type { AccessKeyPermission } from '../primitives/account.ts'
import { type Action, type DelegateAction, delegateActionHash, type NonDelegateAction } from '../primitives/action.ts'
import { formatKey } from '../primitives/public-key.ts'
import { secretKeyFromSeed, signMessage } from '../primitives/signing.ts'
import { ALICE, BOB, balanceOf, CAROL, NEAR, send, TGAS, testNode } from './testing/test-chain.ts'
import type { Node, TransactionStatus } from './types.ts'

/** Bob relays what Alice signed. */
const RELAYER = BOB

const TRANSFER: NonDelegateAction[] = [{ kind: 'Transfer', deposit: NEAR }]

function signed(node: Node, change: Partial<DelegateAction> = {}, signer = ALICE.secretKey): Action {
  const nonce = node.query({ kind: 'latest' })?.viewAccessKey(ALICE.accountId, ALICE.secretKey.publicKey)?.nonce ?? 0n
  const delegateAction: DelegateAction = {
    senderId: ALICE.accountId,
    receiverId: CAROL.accountId,
    actions: TRANSFER,
    nonce: nonce + 1n,
    maxBlockHeight: 1_000n,
    publicKey: ALICE.secretKey.publicKey,
    ...change,
  }
  return { kind: 'Delegate', delegateAction, signature: signMessage(signer, delegateActionHash(delegateAction)) }
}

function errorKind({ receiptOutcomes }: TransactionStatus): unknown {
  const status = receiptOutcomes[0]?.status
  return status?.kind === 'Failure' && 'ActionError' in status.error ? status.error.ActionError.kind : status
}

function failure(change: Partial<DelegateAction>): unknown {
  const node = testNode()
  return errorKind(send(node, RELAYER, ALICE.accountId, [signed(node, change)]))
}

describe('a delegate action (NEP-366)', () => {
  test('acts in the sender’s name and at the relayer’s cost', () => {
    const node = testNode()

    const status = send(node, RELAYER, ALICE.accountId, [signed(node)])

    expect(status.finalStatus.kind).toBe('SuccessValue')
    expect(status.receipts[1]).toMatchObject({
      predecessorId: ALICE.accountId,
      receiverId: CAROL.accountId,
      receipt: { action: { signerId: RELAYER.accountId, signerPublicKey: RELAYER.secretKey.publicKey } },
    })
    expect(balanceOf(node, ALICE.accountId)).toBe(1_000n * NEAR)
    expect(balanceOf(node, CAROL.accountId)).toBe(1_001n * NEAR)
    expect(balanceOf(node, RELAYER.accountId)).toBeLessThan(999n * NEAR)
  })

  test('burns the fees of the envelope where it is opened, and of its content where that goes', () => {
    const node = testNode()

    const status = send(node, RELAYER, ALICE.accountId, [signed(node)])

    const [receipt, transfer, delegate] = [108_059_500_000n, 115_123_062_500n, 200_000_000_000n]
    expect(status.transactionOutcome?.gasBurnt).toBe(receipt + delegate + transfer)
    expect(status.receiptOutcomes[0]?.gasBurnt).toBe(receipt + delegate + transfer)
    expect(status.receiptOutcomes[1]?.gasBurnt).toBe(receipt + transfer)
    const gas = 3n * (receipt + transfer) + 2n * delegate
    expect(999n * NEAR - balanceOf(node, RELAYER.accountId)).toBe(gas * node.latestBlock().gasPrice)
  })

  test('counts once', () => {
    const node = testNode()
    const action = signed(node)

    send(node, RELAYER, ALICE.accountId, [action])

    const again = send(node, RELAYER, ALICE.accountId, [action])
    expect(errorKind(again)).toEqual({ DelegateActionInvalidNonce: { delegate_nonce: 1, ak_nonce: 1 } })
    expect(balanceOf(node, CAROL.accountId)).toBe(1_001n * NEAR)
  })

  test('gives the deposit of a failed content to the sender, as nearcore does', () => {
    const node = testNode()

    send(node, RELAYER, ALICE.accountId, [signed(node, { receiverId: 'nobody.near' })])

    expect(balanceOf(node, ALICE.accountId)).toBe(1_001n * NEAR)
    expect(balanceOf(node, RELAYER.accountId)).toBeLessThan(999n * NEAR)
  })

  test('fails when it has expired', () => {
    expect(failure({ maxBlockHeight: 1n })).toBe('DelegateActionExpired')
    expect(failure({ maxBlockHeight: 2n })).toMatchObject({ kind: 'SuccessValue' })
  })

  test('fails when somebody else signed it', () => {
    const node = testNode()

    const status = send(node, RELAYER, ALICE.accountId, [signed(node, {}, RELAYER.secretKey)])

    expect(errorKind(status)).toBe('DelegateActionInvalidSignature')
  })

  test('fails when it is not sent to its sender', () => {
    const node = testNode()

    const status = send(node, RELAYER, CAROL.accountId, [signed(node)])

    const ids = { sender_id: ALICE.accountId, receiver_id: CAROL.accountId }
    expect(errorKind(status)).toEqual({ DelegateActionSenderDoesNotMatchTxReceiver: ids })
  })

  test('fails when its nonce is out of range', () => {
    expect(failure({ nonce: 0n })).toEqual({ DelegateActionInvalidNonce: { delegate_nonce: 0, ak_nonce: 0 } })
    expect(failure({ nonce: 2_000_000n })).toEqual({
      DelegateActionNonceTooLarge: { delegate_nonce: 2_000_000, upper_bound: 2_000_000 },
    })
  })

  test('fails when the key is no key of the sender', () => {
    const node = testNode()
    const other = secretKeyFromSeed(new Uint8Array(32).fill(9))

    const status = send(node, RELAYER, ALICE.accountId, [signed(node, { publicKey: other.publicKey }, other)])

    const key = { account_id: ALICE.accountId, public_key: formatKey(other.publicKey) }
    expect(errorKind(status)).toEqual({ DelegateActionAccessKeyError: { AccessKeyNotFound: key } })
  })

  test('keeps within a function-call key', () => {
    const node = testNode()
    const other = secretKeyFromSeed(new Uint8Array(32).fill(9))
    const permission: AccessKeyPermission = {
      kind: 'FunctionCall',
      allowance: null,
      receiverId: CAROL.accountId,
      methodNames: ['run'],
    }
    send(node, ALICE, ALICE.accountId, [
      { kind: 'AddKey', publicKey: other.publicKey, accessKey: { nonce: 0n, permission } },
    ])
    const run = (methodName: string, deposit: bigint): NonDelegateAction[] => {
      return [{ kind: 'FunctionCall', methodName, args: new Uint8Array(0), gas: TGAS, deposit }]
    }
    const outcome = (actions: NonDelegateAction[]) => {
      return errorKind(
        send(node, RELAYER, ALICE.accountId, [signed(node, { actions, publicKey: other.publicKey, nonce: 1n }, other)]),
      )
    }

    expect(outcome(TRANSFER)).toEqual({ DelegateActionAccessKeyError: 'RequiresFullAccess' })
    expect(outcome(run('run', 1n))).toEqual({ DelegateActionAccessKeyError: 'DepositWithFunctionCall' })
    expect(outcome(run('stop', 0n))).toEqual({
      DelegateActionAccessKeyError: { MethodNameMismatch: { method_name: 'stop' } },
    })
    expect(outcome(run('run', 0n))).toMatchObject({ kind: 'SuccessValue' })
  })
})

test('two delegate actions do not go together', () => {
  const node = testNode()

  expect(() => send(node, RELAYER, ALICE.accountId, [signed(node), signed(node)])).toThrow(
    'DelegateActionMustBeOnlyOne',
  )
})
