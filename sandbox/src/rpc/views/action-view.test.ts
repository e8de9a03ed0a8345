import { expect, test } from 'vitest'
import {
  type AccessKeyPermission,
  type Action,
  formatHash,
  formatKey,
  type NonDelegateAction,
  sha256,
} from '../../primitives/index.ts'
import { toJsonText } from '../json.ts'
import { actionView } from './action-view.ts'

const publicKey = { type: 'ed25519', bytes: new Uint8Array(32).fill(1) } as const
const signature = { type: 'ed25519', bytes: new Uint8Array(64) } as const
const key = formatKey(publicKey)
const hash = sha256(Buffer.from('code'))
const code = Buffer.from(hash).toString('base64')
const seen = (action: Action) => JSON.parse(toJsonText(actionView(action)))

test('actionView shows actions as nearcore’s ActionView', () => {
  const limited = {
    kind: 'FunctionCall' as const,
    allowance: 5n,
    receiverId: 'x',
    methodNames: ['a'],
  } satisfies AccessKeyPermission
  const gasKey = {
    ...limited,
    kind: 'GasKeyFunctionCall' as const,
    balance: 7n,
    numNonces: 2,
  } satisfies AccessKeyPermission
  const limitedView = { allowance: '5', receiver_id: 'x', method_names: ['a'] }

  expect(seen({ kind: 'CreateAccount' })).toBe('CreateAccount')
  expect(seen({ kind: 'DeployContract', code: Buffer.from('code') })).toEqual({ DeployContract: { code } })
  expect(
    seen({ kind: 'FunctionCall', methodName: 'm', args: Buffer.from('{}'), gas: 5n, deposit: 2n ** 100n }),
  ).toEqual({
    FunctionCall: { method_name: 'm', args: 'e30=', gas: 5, deposit: (2n ** 100n).toString() },
  })
  expect(seen({ kind: 'AddKey', publicKey, accessKey: { nonce: 0n, permission: limited } })).toEqual({
    AddKey: { public_key: key, access_key: { nonce: 0, permission: { FunctionCall: limitedView } } },
  })
  expect(seen({ kind: 'AddKey', publicKey, accessKey: { nonce: 0n, permission: gasKey } })).toMatchObject({
    AddKey: {
      access_key: { permission: { GasKeyFunctionCall: { balance: '7', num_nonces: 2, ...limitedView } } },
    },
  })
  expect(seen({ kind: 'DeployGlobalContract', code: Buffer.from('code'), deployMode: 'AccountId' })).toEqual({
    DeployGlobalContractByAccountId: { code },
  })
  expect(seen({ kind: 'UseGlobalContract', contractIdentifier: { kind: 'CodeHash', hash } })).toEqual({
    UseGlobalContract: { code_hash: formatHash(hash) },
  })
  expect(
    seen({
      kind: 'DeterministicStateInit',
      stateInit: {
        kind: 'V1',
        code: { kind: 'AccountId', accountId: 'a.near' },
        data: [{ key: Buffer.from('k'), value: Buffer.from('v') }],
      },
      deposit: 1n,
    }),
  ).toEqual({ DeterministicStateInit: { code: { account_id: 'a.near' }, data: { 'aw==': 'dg==' }, deposit: '1' } })
})

test('inside a delegate action, actions are shown as serde writes them, code in full', () => {
  const actions: NonDelegateAction[] = [
    { kind: 'CreateAccount' },
    { kind: 'DeployContract', code: Buffer.from('code') },
    { kind: 'Transfer', deposit: 3n },
  ]
  const common = { senderId: 'a.near', receiverId: 'b.near', actions, maxBlockHeight: 2n ** 63n, publicKey }
  const commonView = {
    sender_id: 'a.near',
    receiver_id: 'b.near',
    actions: [{ CreateAccount: {} }, { DeployContract: { code: 'Y29kZQ==' } }, { Transfer: { deposit: '3' } }],
    public_key: key,
  }

  const first = actionView({ kind: 'Delegate', delegateAction: { ...common, nonce: 9n }, signature })
  const nonce = { kind: 'GasKeyNonce', nonce: 9n, nonceIndex: 1 } as const
  const second = seen({ kind: 'DelegateV2', delegateAction: { kind: 'V2', ...common, nonce }, signature })

  expect(toJsonText(first)).toContain('"max_block_height":9223372036854775808')
  expect(JSON.parse(toJsonText(first))).toMatchObject({
    Delegate: { delegate_action: { ...commonView, nonce: 9 }, signature: formatKey(signature) },
  })
  expect(second).toMatchObject({
    DelegateV2: { delegate_action: { V2: { ...commonView, nonce: { GasKeyNonce: { nonce: 9, nonce_index: 1 } } } } },
  })
})
