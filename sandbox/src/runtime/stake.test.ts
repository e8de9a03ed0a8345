import { describe, expect, test } from 'vitest'
import type { Action } from '../primitives/action.ts'
import { ALICE, actor, BOB, NEAR, send, testNode } from './testing/test-chain.ts'
import type { Node, TransactionStatus } from './types.ts'

const VALIDATOR = actor('validator.near')

/** One validator with 100 NEAR at stake, in epochs of 10 blocks. */
function validatedNode(): Node {
  return testNode({
    epochLength: 10,
    genesisAccounts: [VALIDATOR, ALICE, BOB].map(({ accountId, secretKey }) => {
      const locked = accountId === VALIDATOR.accountId ? 100n * NEAR : 0n
      return { accountId, amount: 1_000n * NEAR, locked, publicKeys: [secretKey.publicKey] }
    }),
  })
}

function stakeOf(stake: bigint): Action[] {
  return [{ kind: 'Stake', stake, publicKey: ALICE.secretKey.publicKey }]
}

function errorKind({ finalStatus }: TransactionStatus): unknown {
  return finalStatus.kind === 'Failure' && 'ActionError' in finalStatus.error
    ? finalStatus.error.ActionError.kind
    : finalStatus.kind
}

const lockedBy = (node: Node, accountId: string) => node.query({ kind: 'latest' })?.viewAccount(accountId)?.locked

describe('a stake', () => {
  test('locks tokens at once', () => {
    const node = validatedNode()

    send(node, ALICE, ALICE.accountId, stakeOf(50n * NEAR))

    const account = node.query({ kind: 'latest' })?.viewAccount(ALICE.accountId)
    expect(account?.locked).toBe(50n * NEAR)
    expect(account?.amount).toBeLessThan(950n * NEAR)
  })

  test('that is taken back stays locked until no epoch needs it', () => {
    const node = validatedNode()
    send(node, ALICE, ALICE.accountId, stakeOf(50n * NEAR))
    node.fastForward(25)

    send(node, ALICE, ALICE.accountId, stakeOf(0n))

    const lockedPerEpoch: (bigint | undefined)[] = []
    for (let epoch = 0; epoch < 6; epoch++) {
      lockedPerEpoch.push(lockedBy(node, ALICE.accountId))
      node.fastForward(10)
    }
    const held = lockedPerEpoch.filter((locked) => locked === 50n * NEAR).length
    expect(held).toBeGreaterThanOrEqual(2)
    expect(lockedPerEpoch.at(-1)).toBe(0n)
    expect(lockedBy(node, VALIDATOR.accountId)).toBe(100n * NEAR)
  })

  test('must be affordable, and no smaller than a tenth of the smallest', () => {
    const node = validatedNode()

    expect(errorKind(send(node, ALICE, ALICE.accountId, stakeOf(1_001n * NEAR)))).toMatchObject({
      TriesToStake: { account_id: 'alice.near', stake: String(1_001n * NEAR), locked: '0' },
    })
    expect(errorKind(send(node, ALICE, ALICE.accountId, stakeOf(10n * NEAR - 1n)))).toEqual({
      InsufficientStake: {
        account_id: 'alice.near',
        stake: String(10n * NEAR - 1n),
        minimum_stake: String(10n * NEAR),
      },
    })
    expect(errorKind(send(node, ALICE, ALICE.accountId, stakeOf(0n)))).toEqual({
      TriesToUnstake: { account_id: 'alice.near' },
    })
  })

  test('keeps its account from being deleted', () => {
    const node = validatedNode()
    send(node, ALICE, ALICE.accountId, stakeOf(50n * NEAR))

    const deletion: Action = { kind: 'DeleteAccount', beneficiaryId: BOB.accountId }

    expect(errorKind(send(node, ALICE, ALICE.accountId, [deletion]))).toEqual({
      DeleteAccountStaking: { account_id: 'alice.near' },
    })
  })
})
