import { describe, expect, test } from 'vitest'
import type { Action, GlobalContractIdentifier, StateInit } from '../primitives/action.ts'
import { formatHash, sha256 } from '../primitives/hash.ts'
import { readHub } from './testing/fixtures.ts'
import { ALICE, BOB, balanceOf, CAROL, call, NEAR, send, testNode } from './testing/test-chain.ts'
import { deterministicAccountId } from './transaction/deterministic-account-id.ts'
import type { TransactionStatus } from './types.ts'

const CODE = new Uint8Array(1_000).fill(1)
const BY_HASH: GlobalContractIdentifier = { kind: 'CodeHash', hash: sha256(CODE) }
const BY_ACCOUNT: GlobalContractIdentifier = { kind: 'AccountId', accountId: ALICE.accountId }

function deploy(code: Uint8Array, deployMode: 'CodeHash' | 'AccountId'): Action[] {
  return [{ kind: 'DeployGlobalContract', code, deployMode }]
}

function use(contractIdentifier: GlobalContractIdentifier): Action[] {
  return [{ kind: 'UseGlobalContract', contractIdentifier }]
}

function errorKind({ finalStatus }: TransactionStatus): unknown {
  return finalStatus.kind === 'Failure' && 'ActionError' in finalStatus.error
    ? finalStatus.error.ActionError.kind
    : finalStatus.kind
}

describe('a global contract (NEP-591)', () => {
  test('burns 0.0001 NEAR a byte, and serves every account', () => {
    const node = testNode()

    const deployed = send(node, ALICE, ALICE.accountId, deploy(CODE, 'CodeHash'))
    const used = send(node, BOB, BOB.accountId, use(BY_HASH))

    expect(deployed.receiptOutcomes[0]?.tokensBurnt).toBeGreaterThan(NEAR / 10n)
    expect(balanceOf(node, ALICE.accountId)).toBeLessThan(1_000n * NEAR - NEAR / 10n)
    expect(used.finalStatus.kind).toBe('SuccessValue')
    const account = node.query({ kind: 'latest' })?.viewAccount(BOB.accountId)
    expect(account).toMatchObject({ storageUsage: 182n + 32n, contract: { kind: 'Global', hash: sha256(CODE) } })
    expect(node.query({ kind: 'latest' })?.viewCode(BOB.accountId)).toEqual({ code: CODE, hash: sha256(CODE) })
  })

  test('by account changes for everybody when it is deployed again', () => {
    const node = testNode()
    const newer = new Uint8Array(10).fill(2)
    send(node, ALICE, ALICE.accountId, deploy(CODE, 'AccountId'))
    send(node, BOB, BOB.accountId, use(BY_ACCOUNT))

    send(node, ALICE, ALICE.accountId, deploy(newer, 'AccountId'))

    expect(node.query({ kind: 'latest' })?.viewCode(BOB.accountId)?.code).toEqual(newer)
    expect(node.query({ kind: 'latest' })?.viewAccount(BOB.accountId)?.storageUsage).toBe(182n + 10n)
  })

  test('must be there to be used', () => {
    const node = testNode()

    expect(errorKind(send(node, BOB, BOB.accountId, use(BY_HASH)))).toEqual({
      GlobalContractDoesNotExist: { identifier: { CodeHash: formatHash(sha256(CODE)) } },
    })
  })

  test('must be affordable', () => {
    const node = testNode({
      genesisAccounts: [{ accountId: ALICE.accountId, amount: NEAR / 20n, publicKeys: [ALICE.secretKey.publicKey] }],
    })

    expect(errorKind(send(node, ALICE, ALICE.accountId, deploy(CODE, 'CodeHash')))).toEqual({
      LackBalanceForState: { account_id: 'alice.near', amount: String(NEAR / 10n) },
    })
  })

  test('takes the place of an own contract, whose bytes no longer count', () => {
    const node = testNode()
    send(node, ALICE, ALICE.accountId, deploy(CODE, 'CodeHash'))
    send(node, BOB, BOB.accountId, [{ kind: 'DeployContract', code: new Uint8Array(5_000) }])

    send(node, BOB, BOB.accountId, use(BY_HASH))

    expect(node.query({ kind: 'latest' })?.viewAccount(BOB.accountId)?.storageUsage).toBe(182n + 32n)
  })
})

describe('a deterministic account (NEP-616)', () => {
  const data = [{ key: new Uint8Array(10).fill(3), value: new Uint8Array(1_000).fill(4) }]
  const stateInit: StateInit = { kind: 'V1', code: BY_HASH, data }
  const accountId = deterministicAccountId(stateInit)
  const start = (deposit: bigint): Action[] => [{ kind: 'DeterministicStateInit', stateInit, deposit }]

  test('starts with its code and data, takes what its storage costs and gives the rest back', () => {
    const node = testNode()
    send(node, ALICE, ALICE.accountId, deploy(CODE, 'CodeHash'))
    const before = balanceOf(node, CAROL.accountId)

    const status = send(node, CAROL, accountId, start(5n * NEAR))

    const bytes = 100n + 32n + 10n + 1_000n + 40n
    expect(status.finalStatus.kind).toBe('SuccessValue')
    const account = node.query({ kind: 'latest' })?.viewAccount(accountId)
    expect(account).toMatchObject({ amount: bytes * 10n ** 19n, storageUsage: bytes, contract: { kind: 'Global' } })
    expect(node.query({ kind: 'latest' })?.viewState(accountId, new Uint8Array(0))).toEqual(data)
    expect(balanceOf(node, CAROL.accountId)).toBeGreaterThan(before - NEAR / 10n)
  })

  test('that runs already stays as it is', () => {
    const node = testNode()
    send(node, ALICE, ALICE.accountId, deploy(CODE, 'CodeHash'))
    send(node, CAROL, accountId, start(NEAR))
    const before = node.query({ kind: 'latest' })?.viewAccount(accountId)

    const again = send(node, BOB, accountId, start(NEAR))

    expect(again.finalStatus.kind).toBe('SuccessValue')
    expect(node.query({ kind: 'latest' })?.viewAccount(accountId)).toEqual(before)
  })

  test('has the name that its state gives it', () => {
    const node = testNode()

    expect(() => send(node, CAROL, BOB.accountId, start(NEAR))).toThrow('InvalidDeterministicStateInitReceiver')
  })

  test('starts with no longer keys than a contract may write', () => {
    const node = testNode()
    const long: StateInit = { kind: 'V1', code: BY_HASH, data: [{ key: new Uint8Array(2_049), value: CODE }] }
    const action: Action = { kind: 'DeterministicStateInit', stateInit: long, deposit: 0n }

    expect(() => send(node, CAROL, deterministicAccountId(long), [action])).toThrow(
      '{"DeterministicStateInitKeyLengthExceeded":{"length":2049,"limit":2048}}',
    )
  })
})

const hub = readHub()

test.skipIf(hub === undefined)('a global contract runs with the storage of the account that uses it', () => {
  const node = testNode()
  send(node, ALICE, ALICE.accountId, deploy(hub ?? CODE, 'AccountId'))
  for (const user of [BOB, CAROL]) send(node, user, user.accountId, use(BY_ACCOUNT))

  send(node, ALICE, BOB.accountId, [call('note', { text: 'only here' })])

  const seen = (accountId: string) => {
    const answer = node.query({ kind: 'latest' })?.callFunction(accountId, 'seen', Buffer.from('{}'))
    return answer?.status === 'success' ? JSON.parse(Buffer.from(answer.value).toString()) : answer
  }
  expect(seen(BOB.accountId)).toEqual(['only here from alice.near with 0'])
  expect(seen(CAROL.accountId)).toEqual([])
})
