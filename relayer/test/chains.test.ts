import { type Database, requests } from '@parley/database'
import { encodeFunctionData } from 'viem'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { rowsOf, takingOf } from './dispatcher.ts'
import { accountAt, createDispatcher, type Ground, signForward, startGround } from './evm-ground.ts'
import { signDelegate } from './near-delegate.ts'
import { ALICE, createNearDispatcher, type NearGround, startNearGround } from './near-ground.ts'
import { type Answer, postTo } from './posting.ts'

const EVM = 'eip155:31337'
const NEAR = 'near:localnet'

let evm: Ground
let near: NearGround
let db: Database
let post: (kind: string, body: object, idempotencyKey?: string) => Promise<Answer>

beforeAll(async () => {
  ;[evm, near] = await Promise.all([startGround(), startNearGround()])
  db = (await evm.newDatabase()).db
  const ofEvm = await createDispatcher(evm, db)
  const ofNear = await createNearDispatcher(near, db)
  post = postTo({ ...takingOf(ofEvm), chains: [ofEvm.chain, ofNear.chain] })
})
afterAll(() => Promise.all([evm.stop(), near.stop()]))
afterEach(async () => {
  await db.delete(requests)
})

describe('a relayer of two chains', () => {
  test('tells by its form which chain a signed request is for', async () => {
    const answers = [await post('transactions', await forward()), await post('transactions', delegate())]

    expect(answers.map(({ status }) => status)).toEqual([202, 202])
    expect((await rowsOf(db)).map(({ chain }) => chain)).toEqual([EVM, NEAR])
  })

  test('wants to be told which chain a challenge is for', async () => {
    const unsaid = await post('challenges', {})
    const said = [await post('challenges', { chain: EVM }), await post('challenges', { chain: NEAR })]

    expect(unsaid).toMatchObject({ status: 400, body: { error: { code: 'InputInvalid', field: 'chain' } } })
    expect(unsaid.body.error?.message).toContain(`${EVM} or ${NEAR}`)
    expect(said.map(({ status }) => status)).toEqual([202, 202])
    expect((await rowsOf(db)).map(({ chain }) => chain)).toEqual([EVM, NEAR])
  })

  test('refuses a chain that is of another kind than what was signed', async () => {
    const answers = [
      await post('transactions', { ...(await forward()), chain: NEAR }),
      await post('transactions', { ...delegate(), chain: EVM }),
    ]

    for (const { status, body } of answers) {
      expect(status).toBe(400)
      expect(body.error).toMatchObject({ code: 'InputInvalid', field: 'chain' })
    }
  })

  test('keeps the idempotency keys of its chains apart', async () => {
    const KEY = 'an-idempotency-key'

    const answers = [
      await post('challenges', { chain: EVM }, KEY),
      await post('challenges', { chain: NEAR }, KEY),
      await post('challenges', { chain: NEAR }, KEY),
    ]

    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202])
    expect(answers[1]?.body.id).not.toBe(answers[0]?.body.id)
    expect(answers[2]?.body.id).toBe(answers[1]?.body.id)
  })

  test.each<[string, (body: { request: object; signature: string }) => object, string]>([
    ['an account that is none', (body) => ({ ...body, request: { ...body.request, from: 'alice' } }), 'request.from'],
    [
      'several faults',
      (body) => ({ ...body, request: { ...body.request, from: 1, gas: 1, nonce: 1 } }),
      'request.from',
    ],
    ['no signature', ({ request }) => ({ request }), 'signature'],
    ['a delegate that is no text', () => ({ delegate: 7 }), 'delegate'],
    ['a delegate that is no base64', () => ({ delegate: '***' }), 'delegate'],
    ['a field that nobody knows', () => ({ ...delegate(), tip: 1 }), 'tip'],
    ['a chain that is no text', () => ({ ...delegate(), chain: 1 }), 'chain'],
  ])('names the field of a body with %s', async (_, change, field) => {
    const answer = await post('transactions', change(await forward()))

    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'InputInvalid', field } } })
  })
})

function forward() {
  const { address: to, abi } = evm.devnet.contracts.agents
  const data = encodeFunctionData({ abi, functionName: 'register', args: ['ipfs://one'] })
  return signForward(evm.devnet, accountAt(16), [{ to, data }])
}

function delegate() {
  return signDelegate(near, ALICE, near.deployment.agents, [{ method: 'register', args: { agent_uri: 'ipfs://one' } }])
}
