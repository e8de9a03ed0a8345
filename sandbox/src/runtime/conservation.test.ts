import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Action } from '../primitives/action.ts'
import { readHub } from './testing/fixtures.ts'
import {
  type Actor,
  ALICE,
  actor,
  BOB,
  CAROL,
  call,
  NEAR,
  NEAR_ROOT,
  send,
  sign,
  sumOfBalances,
  testNode,
} from './testing/test-chain.ts'
import type { Node } from './types.ts'

const hub = readHub()

const ACTORS = [ALICE, BOB, CAROL, NEAR_ROOT]
const CHILDREN = ACTORS.map(({ accountId }) => actor(`child.${accountId}`))
const IMPLICIT = 'ab'.repeat(32)
const EVERYBODY = [...ACTORS, ...CHILDREN].map(({ accountId }) => accountId).concat(IMPLICIT, 'nobody.near')

const someone = fc.constantFrom(...ACTORS, ...CHILDREN)
const somebody = fc.constantFrom(...EVERYBODY)
const amount = fc.bigInt({ min: 0n, max: 400n * NEAR })

const fullAccess = { nonce: 0n, permission: { kind: 'FullAccess' } } as const

const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ kind: fc.constant('Transfer' as const), deposit: amount }),
  fc.constant<Action>({ kind: 'CreateAccount' }),
  fc.constantFrom(...CHILDREN).map(({ secretKey }): Action => {
    return { kind: 'AddKey', publicKey: secretKey.publicKey, accessKey: fullAccess }
  }),
  fc.record({ kind: fc.constant('Stake' as const), stake: amount, publicKey: fc.constant(ALICE.secretKey.publicKey) }),
  fc.record({ kind: fc.constant('DeployContract' as const), code: fc.constant(hub ?? new Uint8Array(9)) }),
  fc.record({
    kind: fc.constant('DeployGlobalContract' as const),
    code: fc.uint8Array({ maxLength: 20 }),
    deployMode: fc.constantFrom('CodeHash' as const, 'AccountId' as const),
  }),
  fc.record({ deposit: amount, to: somebody, text: fc.constantFrom('hi', 'fail') }).map(({ deposit, to, text }) => {
    return call('relay', { to, text }, { deposit })
  }),
  fc.record({ deposit: amount, to: somebody }).map(({ deposit, to }) => call('break_down', { to }, { deposit })),
  fc.constantFrom(call('ask'), call('answer', { text: 'yes' }), call('missing')),
)

const deletion = somebody.map((beneficiaryId): Action => ({ kind: 'DeleteAccount', beneficiaryId }))

const step = fc.record({
  signer: someone,
  receiver: fc.option(somebody, { nil: undefined }),
  actions: fc.array(action, { minLength: 1, maxLength: 3 }),
  last: fc.option(deletion, { nil: undefined, freq: 8 }),
})

/** Sends if the signer is there and its key too; a refusal is fine. */
function attempt(node: Node, signer: Actor, receiverId: string, actions: Action[]): void {
  node.sendTransaction(sign(node, signer, receiverId, actions))
}

test('whatever happens, tokens are on accounts or were burnt', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
      const node = testNode({ epochLength: 20 })
      if (hub) send(node, BOB, BOB.accountId, [{ kind: 'DeployContract', code: hub }])
      let burnt = 4_000n * NEAR - node.latestBlock().totalSupply
      node.onBlock(({ chunk }) => {
        burnt += chunk.balanceBurnt
      })

      for (const { signer, receiver, actions, last } of steps) {
        attempt(node, signer, receiver ?? signer.accountId, last ? [...actions, last] : actions)
      }
      node.fastForward(300)

      expect(node.latestBlock().totalSupply).toBe(4_000n * NEAR - burnt)
      expect(sumOfBalances(node, EVERYBODY)).toBe(node.latestBlock().totalSupply)
    }),
    { numRuns: 60 },
  )
})
