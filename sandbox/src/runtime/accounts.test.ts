import { describe, expect, test } from 'vitest'
import { accountKind } from '../primitives/account-id.ts'
import type { Action } from '../primitives/action.ts'
import { ALICE, actor, BOB, balanceOf, NEAR, NEAR_ROOT, send, testNode } from './testing/test-chain.ts'
import type { TransactionStatus } from './types.ts'

const SUB = actor('sub.alice.near')
const fullAccessKey = (publicKey = SUB.secretKey.publicKey): Action => {
  return { kind: 'AddKey', publicKey, accessKey: { nonce: 0n, permission: { kind: 'FullAccess' } } }
}

function failureOf({ finalStatus }: TransactionStatus): unknown {
  return finalStatus.kind === 'Failure' && 'ActionError' in finalStatus.error
    ? finalStatus.error.ActionError
    : finalStatus
}

describe('a new account', () => {
  test('counts 100 bytes, and 82 for an ed25519 full-access key', () => {
    const node = testNode()

    send(node, ALICE, SUB.accountId, [{ kind: 'CreateAccount' }, { kind: 'Transfer', deposit: NEAR }, fullAccessKey()])

    const account = node.query({ kind: 'latest' })?.viewAccount(SUB.accountId)
    expect(account).toMatchObject({ amount: NEAR, locked: 0n, storageUsage: 182n, contract: { kind: 'None' } })
  })

  test('needs no balance while it uses at most 770 bytes (NEP-448)', () => {
    const node = testNode()

    const status = send(node, ALICE, SUB.accountId, [{ kind: 'CreateAccount' }, fullAccessKey()])

    expect(status.finalStatus.kind).toBe('SuccessValue')
    expect(balanceOf(node, SUB.accountId)).toBe(0n)
  })

  test('costs 0.007 NEAR in the place of the gas of its creation (NEP-642)', () => {
    const node = testNode()

    const status = send(node, ALICE, SUB.accountId, [{ kind: 'CreateAccount' }])

    const gasPrice = node.latestBlock().gasPrice
    const sendGas = 108_059_500_000n + 500_000_000_000n
    const receiptGas = 108_059_500_000n
    const charge = 7n * 10n ** 21n
    expect(status.receiptOutcomes[0]?.gasBurnt).toBe(receiptGas + 7_200_000_000_000n)
    expect(1_000n * NEAR - balanceOf(node, ALICE.accountId)).toBe(charge + (sendGas + receiptGas) * gasPrice)
    expect(status.receiptOutcomes[0]?.tokensBurnt).toBe(charge + receiptGas * gasPrice)
  })

  test('is not charged for when its receipt fails', () => {
    const node = testNode()
    const missingMethod: Action = {
      kind: 'FunctionCall',
      methodName: 'any',
      args: new Uint8Array(0),
      gas: 1n,
      deposit: 0n,
    }

    const status = send(node, ALICE, SUB.accountId, [{ kind: 'CreateAccount' }, missingMethod])

    expect(failureOf(status)).toEqual({
      index: 1,
      kind: { FunctionCallError: { CompilationError: { CodeDoesNotExist: { account_id: SUB.accountId } } } },
    })
    expect(node.query({ kind: 'latest' })?.viewAccount(SUB.accountId)).toBeNull()
    expect(1_000n * NEAR - balanceOf(node, ALICE.accountId)).toBeLessThan(7n * 10n ** 21n)
  })
})

describe('who may create which account', () => {
  test('only the parent creates an account', () => {
    const node = testNode()

    const byStranger = send(node, BOB, SUB.accountId, [{ kind: 'CreateAccount' }])
    const byGrandparent = send(node, NEAR_ROOT, SUB.accountId, [{ kind: 'CreateAccount' }])

    const refusal = (predecessor_id: string) => {
      return { index: 0, kind: { CreateAccountNotAllowed: { account_id: SUB.accountId, predecessor_id } } }
    }
    expect(failureOf(byStranger)).toEqual(refusal('bob.near'))
    expect(failureOf(byGrandparent)).toEqual(refusal('near'))
  })

  test('only the registrar creates names without a dot', () => {
    const registrar = actor('registrar')
    const node = testNode({
      genesisAccounts: [registrar, ALICE].map(({ accountId, secretKey }) => {
        return { accountId, amount: 1_000n * NEAR, publicKeys: [secretKey.publicKey] }
      }),
    })

    const byAlice = send(node, ALICE, 'top', [{ kind: 'CreateAccount' }])
    const byRegistrar = send(node, registrar, 'top', [{ kind: 'CreateAccount' }])

    const names = { account_id: 'top', registrar_account_id: 'registrar', predecessor_id: 'alice.near' }
    expect(failureOf(byAlice)).toEqual({ index: 0, kind: { CreateAccountOnlyByRegistrar: names } })
    expect(byRegistrar.finalStatus.kind).toBe('SuccessValue')
  })

  test('an account that is there cannot be created', () => {
    const node = testNode()

    const status = send(node, NEAR_ROOT, BOB.accountId, [{ kind: 'CreateAccount' }])

    expect(failureOf(status)).toEqual({ index: 0, kind: { AccountAlreadyExists: { account_id: 'bob.near' } } })
  })
})

describe('an implicit account', () => {
  const HEX = '8bca86065be487de45e795b2c3154fe834d53ffa07e0a44f29e76a2a5f075df8'
  const ETH = `0x${'a'.repeat(40)}`
  const DETERMINISTIC = `0s${'0'.repeat(40)}`

  test('of 64 hex digits is made by a transfer, with its own key', () => {
    const node = testNode()

    send(node, ALICE, HEX, [{ kind: 'Transfer', deposit: NEAR }])

    const state = node.query({ kind: 'latest' })
    expect(state?.viewAccount(HEX)).toMatchObject({ amount: NEAR, storageUsage: 182n })
    const nonce = (2n - 1n) * 1_000_000n
    const publicKey = { type: 'ed25519', bytes: Uint8Array.from(Buffer.from(HEX, 'hex')) }
    const accessKey = { nonce, permission: { kind: 'FullAccess' } }
    expect(state?.viewAccessKeyList(HEX)).toEqual([{ publicKey, accessKey }])
  })

  test.each([HEX, ETH, DETERMINISTIC])('%s costs 0.007 NEAR the first time', (accountId) => {
    const node = testNode()

    const first = send(node, ALICE, accountId, [{ kind: 'Transfer', deposit: 1n }])
    const second = send(node, ALICE, accountId, [{ kind: 'Transfer', deposit: 1n }])

    const charge = 7n * 10n ** 21n
    expect(first.finalStatus.kind).toBe('SuccessValue')
    expect(first.receiptOutcomes[0]?.tokensBurnt).toBeGreaterThan(charge)
    expect(second.receiptOutcomes[0]?.tokensBurnt).toBeLessThan(charge)
    expect(first.receiptOutcomes[0]?.gasBurnt).toBe(second.receiptOutcomes[0]?.gasBurnt)
  })

  test('of an Ethereum address points to the wallet contract and counts its hash', () => {
    const node = testNode()

    send(node, ALICE, ETH, [{ kind: 'Transfer', deposit: NEAR }])

    expect(accountKind(ETH)).toBe('ethImplicit')
    expect(node.query({ kind: 'latest' })?.viewAccount(ETH)).toMatchObject({
      storageUsage: 132n,
      contract: { kind: 'Global' },
    })
  })

  test('is not made by CreateAccount, nor by a transfer with company', () => {
    const node = testNode()

    const created = send(node, ALICE, HEX, [{ kind: 'CreateAccount' }])
    const accompanied = send(node, ALICE, HEX, [
      { kind: 'Transfer', deposit: 1n },
      { kind: 'Transfer', deposit: 1n },
    ])

    expect(failureOf(created)).toEqual({ index: 0, kind: { OnlyImplicitAccountCreationAllowed: { account_id: HEX } } })
    expect(failureOf(accompanied)).toEqual({ index: 0, kind: { AccountDoesNotExist: { account_id: HEX } } })
  })
})

describe('deleting an account', () => {
  test('sends what it has to the beneficiary', () => {
    const node = testNode()
    const before = balanceOf(node, BOB.accountId)

    const status = send(node, ALICE, ALICE.accountId, [{ kind: 'DeleteAccount', beneficiaryId: BOB.accountId }])

    expect(node.query({ kind: 'latest' })?.viewAccount(ALICE.accountId)).toBeNull()
    expect(node.query({ kind: 'latest' })?.viewAccessKeyList(ALICE.accountId)).toEqual([])
    expect(balanceOf(node, BOB.accountId)).toBeGreaterThan(before + 999n * NEAR)
    // The refund of the gas finds nobody: it is burnt.
    expect(status.receiptOutcomes.at(-1)?.status.kind).toBe('Failure')
    expect(node.latestBlock().totalSupply).toBe(balanceOf(node, BOB.accountId) + 2_000n * NEAR)
  })

  test('is for the account itself', () => {
    const node = testNode()

    const status = send(node, ALICE, BOB.accountId, [{ kind: 'DeleteAccount', beneficiaryId: ALICE.accountId }])

    const ids = { account_id: 'bob.near', actor_id: 'alice.near' }
    expect(failureOf(status)).toEqual({ index: 0, kind: { ActorNoPermission: ids } })
  })
})
