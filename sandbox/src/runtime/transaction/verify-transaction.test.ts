import { describe, expect, test } from 'vitest'
import type { Action } from '../../primitives/action.ts'
import { formatKey } from '../../primitives/public-key.ts'
import { secretKeyFromSeed } from '../../primitives/signing.ts'
import { signTransaction, type Transaction } from '../../primitives/transaction.ts'
import { ALICE, actor, BOB, NEAR, send, sign, TGAS, testNode } from '../testing/test-chain.ts'
import type { Node } from '../types.ts'

const TRANSFER: Action[] = [{ kind: 'Transfer', deposit: 1n }]

function refusal(change: Partial<Transaction>, node: Node = testNode()): unknown {
  const { transaction } = sign(node, ALICE, BOB.accountId, TRANSFER)
  const signed = signTransaction({ ...transaction, ...change }, ALICE.secretKey)
  const sent = node.sendTransaction(signed)
  return sent.status === 'invalid' ? sent.error : sent.status
}

function refusalOf(actions: Action[]): unknown {
  return refusal({ actions })
}

describe('a transaction is refused', () => {
  test('when its nonce is not larger than the key’s, so that none runs twice', () => {
    const node = testNode()
    const signed = sign(node, ALICE, BOB.accountId, TRANSFER)

    expect(node.sendTransaction(signed).status).toBe('accepted')
    expect(node.sendTransaction(signed)).toEqual({
      status: 'invalid',
      error: { InvalidNonce: { tx_nonce: 1, ak_nonce: 1 } },
    })
  })

  test('when its nonce is too large for the height', () => {
    expect(refusal({ nonce: { kind: 'Nonce', nonce: 999_999n } })).toBe('accepted')
    expect(refusal({ nonce: { kind: 'Nonce', nonce: 1_000_000n } })).toEqual({
      NonceTooLarge: { tx_nonce: 1_000_000, upper_bound: 1_000_000 },
    })
  })

  test('in strict mode, when its nonce is not the next', () => {
    expect(refusal({ version: 1, nonceMode: 'Strict', nonce: { kind: 'Nonce', nonce: 1n } })).toBe('accepted')
    expect(refusal({ version: 1, nonceMode: 'Strict', nonce: { kind: 'Nonce', nonce: 2n } })).toEqual({
      InvalidNonce: { tx_nonce: 2, ak_nonce: 0 },
    })
  })

  test('when it names a nonce of a gas key and the key is none', () => {
    const nonce = { kind: 'GasKeyNonce', nonce: 1n, nonceIndex: 0 } as const

    expect(refusal({ version: 1, nonce })).toEqual({ InvalidNonceIndex: { tx_nonce_index: 0, num_nonces: 0 } })
  })

  test('when the block that it names is unknown or too old', () => {
    const node = testNode({ transactionValidityPeriod: 10 })
    const old = node.latestBlock().hash
    node.fastForward(10)

    expect(refusal({ blockHash: new Uint8Array(32).fill(1) })).toBe('Expired')
    expect(refusal({ blockHash: old }, node)).toBe('accepted')
    node.fastForward(1)
    expect(refusal({ blockHash: old, nonce: { kind: 'Nonce', nonce: 2n } }, node)).toBe('Expired')
  })

  test('when the signature is another’s, or the key is no key of the signer', () => {
    const node = testNode()
    const signed = sign(node, ALICE, BOB.accountId, TRANSFER)
    const forged = { ...signed, signature: sign(node, BOB, BOB.accountId, TRANSFER).signature }

    expect(node.sendTransaction(forged)).toEqual({ status: 'invalid', error: 'InvalidSignature' })
    expect(node.sendTransaction(sign(node, ALICE, BOB.accountId, TRANSFER, { secretKey: BOB.secretKey }))).toEqual({
      status: 'invalid',
      error: {
        InvalidAccessKeyError: {
          AccessKeyNotFound: { account_id: 'alice.near', public_key: formatKey(BOB.secretKey.publicKey) },
        },
      },
    })
  })

  test('when the signer is not there', () => {
    const node = testNode()

    expect(node.sendTransaction(sign(node, actor('ghost.near'), BOB.accountId, TRANSFER))).toEqual({
      status: 'invalid',
      error: { SignerDoesNotExist: { signer_id: 'ghost.near' } },
    })
  })

  test('when the signer cannot pay for gas and deposits', () => {
    const cost = (108_059_500_000n + 115_123_062_500n) * (100_000_000n + 1_000_000_000n)

    expect(refusalOf([{ kind: 'Transfer', deposit: 1_000n * NEAR }])).toEqual({
      NotEnoughBalance: {
        signer_id: 'alice.near',
        balance: String(1_000n * NEAR),
        cost: String(1_000n * NEAR + cost),
      },
    })
    expect(refusalOf([{ kind: 'Transfer', deposit: 1_000n * NEAR - cost }])).toBe('accepted')
  })

  test('when too little would be left for the signer’s storage', () => {
    const node = testNode()
    const code = new Uint8Array(100_000)
    send(node, ALICE, ALICE.accountId, [{ kind: 'DeployContract', code }])
    const locked = 10n ** 19n * 100_182n

    const amount = node.query({ kind: 'latest' })?.viewAccount(ALICE.accountId)?.amount ?? 0n
    const cost = (108_059_500_000n + 115_123_062_500n) * 1_100_000_000n
    const refused = (deposit: bigint) => refusal({ actions: [{ kind: 'Transfer', deposit }] }, node)
    expect(refused(amount - cost - locked + 1n)).toEqual({
      LackBalanceForState: { signer_id: 'alice.near', amount: '1' },
    })
    expect(refused(amount - cost - locked)).toBe('accepted')
  })

  test('when its cost has no room in 128 bits', () => {
    expect(refusalOf([{ kind: 'Transfer', deposit: 2n ** 128n - 1n }])).toBe('CostOverflow')
  })

  test('when it is longer than 1.5 MiB', () => {
    const args = new Uint8Array(1_572_864)

    expect(refusalOf([{ kind: 'FunctionCall', methodName: 'm', args, gas: 1n, deposit: 0n }])).toMatchObject({
      TransactionSizeExceeded: { limit: 1_572_864 },
    })
  })
})

describe('actions are refused', () => {
  const fullAccess = { nonce: 0n, permission: { kind: 'FullAccess' } } as const
  const runs = (gas: bigint, methodName = 'm'): Action => {
    return { kind: 'FunctionCall', methodName, args: new Uint8Array(0), gas, deposit: 0n }
  }
  const invalid = (error: unknown) => ({ ActionsValidation: error })

  test('when there are more than 100', () => {
    expect(refusalOf(Array(101).fill(TRANSFER[0]))).toEqual(
      invalid({ TotalNumberOfActionsExceeded: { total_number_of_actions: 101, limit: 100 } }),
    )
    expect(refusalOf(Array(100).fill(TRANSFER[0]))).toBe('accepted')
  })

  test('when an account is deleted before the end', () => {
    const deletion: Action = { kind: 'DeleteAccount', beneficiaryId: BOB.accountId }

    expect(refusalOf([deletion, ...TRANSFER])).toEqual(invalid('DeleteActionMustBeFinal'))
  })

  test('when a call brings no gas, or all together more than a Pgas', () => {
    expect(refusalOf([runs(0n)])).toEqual(invalid('FunctionCallZeroAttachedGas'))
    expect(refusalOf([runs(600n * TGAS), runs(401n * TGAS)])).toEqual(
      invalid({ TotalPrepaidGasExceeded: { total_prepaid_gas: 1_001 * 1e12, limit: 1_000 * 1e12 } }),
    )
    expect(refusalOf([runs(2n ** 64n - 1n), runs(1n)])).toEqual(invalid('IntegerOverflow'))
  })

  test('when a method’s name is longer than 256 bytes', () => {
    expect(refusalOf([runs(1n, 'm'.repeat(257))])).toEqual(
      invalid({ FunctionCallMethodNameLengthExceeded: { length: 257, limit: 256 } }),
    )
  })

  test('when a key is for names that are too long, too many, or no account', () => {
    const key = (receiverId: string, methodNames: string[]): Action => {
      const permission = { kind: 'FunctionCall', allowance: null, receiverId, methodNames } as const
      return { kind: 'AddKey', publicKey: BOB.secretKey.publicKey, accessKey: { nonce: 0n, permission } }
    }

    expect(refusalOf([key('Not An Account', [])])).toEqual(
      invalid({ InvalidAccountId: { account_id: 'Not An Account' } }),
    )
    expect(refusalOf([key('bob.near', ['m'.repeat(257)])])).toEqual(
      invalid({ AddKeyMethodNameLengthExceeded: { length: 257, limit: 256 } }),
    )
    expect(refusalOf([key('bob.near', Array(20).fill('m'.repeat(100)))])).toEqual(
      invalid({ AddKeyMethodNamesNumberOfBytesExceeded: { total_number_of_bytes: 2_020, limit: 2_000 } }),
    )
  })

  test('when there are more than 10 deployments', () => {
    const deployments: Action[] = Array(11).fill({ kind: 'DeployContract', code: new Uint8Array(1) })

    expect(refusalOf(deployments)).toEqual(
      invalid({ TotalNumberOfDeployActionsExceeded: { number_of_deploy_actions: 11, limit: 10 } }),
    )
  })

  test('when a stake’s key is no key of a validator', () => {
    const secp256k1 = { type: 'secp256k1', bytes: new Uint8Array(64) } as const
    const ofOrderTwo = Uint8Array.of(0xec, ...new Uint8Array(30).fill(0xff), 0x7f)
    const smallOrder = { type: 'ed25519', bytes: ofOrderTwo } as const

    for (const publicKey of [secp256k1, smallOrder]) {
      expect(refusalOf([{ kind: 'Stake', stake: 1n, publicKey }])).toEqual(
        invalid({ UnsuitableStakingKey: { public_key: formatKey(publicKey) } }),
      )
    }
  })

  test('when they are for gas keys, which this node does not have', () => {
    const { publicKey } = secretKeyFromSeed(new Uint8Array(32))
    const permission = { kind: 'GasKeyFullAccess', balance: 0n, numNonces: 1 } as const
    const gasKeyActions: Action[] = [
      { kind: 'AddKey', publicKey, accessKey: { ...fullAccess, permission } },
      { kind: 'TransferToGasKey', publicKey, deposit: 1n },
      { kind: 'WithdrawFromGasKey', publicKey, amount: 1n },
    ]

    for (const action of gasKeyActions) {
      expect(refusalOf([action])).toEqual(
        invalid({ UnsupportedProtocolFeature: { protocol_feature: 'GasKeys', version: 86 } }),
      )
    }
  })
})
