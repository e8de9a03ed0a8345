import type { Hex } from '@parley/protocol'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { BOB, CAROL, OWNER, RELAYER } from './actors.ts'
import { type Chain, NEAR, openChain, TERA } from './chain.ts'
import { deployToken, TOKEN } from './hostile-token.ts'
import { DAY, operationOf, WORKLOAD } from './steps.ts'

const DELAY = 2n * DAY
const READY = `0x${'4'.padStart(64, '0')}`
const PENDING = `0x${'6'.padStart(64, '0')}`

let chain: Chain
let restore: () => void

beforeAll(async () => {
  chain = await openChain({ timelockDelay: DELAY })
  restore = chain.snapshot()
})

beforeEach(() => restore())

type Operation = ReturnType<typeof operationOf>

const allowing = () =>
  operationOf({ target: chain.parley, method: 'set_workload', args: { workload: WORKLOAD, is_allowed: true } })

async function schedule(operation: Operation): Promise<Hex> {
  const { value } = await chain.send(OWNER, chain.owner, 'schedule', { ...operation, delay: DELAY })
  return value as Hex
}

async function scheduleAndWait(operation: Operation): Promise<Hex> {
  const id = await schedule(operation)
  chain.warp(DELAY)
  return id
}

const stateOf = (id: Hex) => chain.view<number>(chain.owner, 'get_operation_state', { id })
const execute = (id: Hex, deposit = 0n, who = CAROL) => chain.attempt(who, chain.owner, 'execute', { id }, { deposit })
const nearOf = (accountId: string) => chain.node.query({ kind: 'latest' })?.viewAccount(accountId)?.amount ?? 0n

describe('what is scheduled', () => {
  it('is there for all to see, to the byte, until it is done or cancelled', async () => {
    const args = '{ "workload" : "0x77", "is_allowed":true }'
    const operation = operationOf({ target: chain.parley, method: 'set_workload', args })
    const id = await schedule(operation)
    const other = await schedule(allowing())

    const listed = await chain.view(chain.owner, 'get_operations')

    const stored = { ...operation, deposit: '0', id, ready_at: String(chain.now() + DELAY), is_executing: false }
    expect(listed).toEqual([stored, expect.objectContaining({ id: other })])
    expect(await chain.view(chain.owner, 'hash_operation', operation)).toBe(id)
    expect(await chain.view(chain.owner, 'get_timestamp', { id })).toBe(String(chain.now() + DELAY))
    await chain.send(OWNER, chain.owner, 'cancel', { id })
    chain.warp(DELAY)
    expect(execute(other).value).toBe(true)
    expect(await chain.view(chain.owner, 'get_operations')).toEqual([])
    expect(await chain.view(chain.owner, 'get_timestamp', { id })).toBe('0')
    expect(await chain.view(chain.owner, 'get_timestamp', { id: other })).toBe('1')
  })

  it.each([
    ['target', { target: 'other.test.near' }],
    ['method', { method: 'set_token' }],
    ['args', { args: '{}' }],
    ['deposit', { deposit: 1n }],
    ['predecessor', { predecessor: WORKLOAD }],
    ['salt', { salt: WORKLOAD }],
  ])('has another id with another %s', async (_, change) => {
    const id = await chain.view(chain.owner, 'hash_operation', allowing())

    expect(await chain.view(chain.owner, 'hash_operation', { ...allowing(), ...change })).not.toBe(id)
  })

  it('has the same id only where nothing moves from one text to the next', async () => {
    const [one, other] = [
      { ...allowing(), method: 'ab', args: 'c' },
      { ...allowing(), method: 'a', args: 'bc' },
    ]

    const ids = await Promise.all([one, other].map((operation) => chain.view(chain.owner, 'hash_operation', operation)))
    expect(ids[0]).not.toBe(ids[1])
  })

  it('is so much and no more, until some of it ends', async () => {
    const ids: Hex[] = []
    for (let n = 0; n < 64; n++) {
      const args = 'x'.repeat(4096)
      const salt = `0x${n.toString(16).padStart(64, '0')}` as const
      ids.push(await schedule(operationOf({ target: chain.parley, method: 'x', args }, { salt })))
    }

    await expect(schedule(allowing())).rejects.toThrow('TimelockFull: 64')
    expect(await chain.view(chain.owner, 'get_operations')).toHaveLength(64)
    await chain.send(OWNER, chain.owner, 'cancel', { id: ids[7] })
    await schedule(allowing())
  })

  it('is no longer than a log holds', async () => {
    const long = operationOf({ target: chain.parley, method: 'x', args: 'x'.repeat(4097) })

    await expect(schedule(long)).rejects.toThrow('InputInvalid: args has 4097 characters, more than 4096')
  })
})

describe('an execution', () => {
  it('that is under way can be neither repeated nor cancelled', async () => {
    const id = await scheduleAndWait(allowing())

    const [first, second, cancelling] = chain.attemptTogether(
      [CAROL, chain.owner, 'execute', { id }],
      [BOB, chain.owner, 'execute', { id }],
      [OWNER, chain.owner, 'cancel', { id }],
    )

    expect(first?.failure).toBeUndefined()
    expect(second?.failure).toBe(`TimelockUnexpectedOperationState: ${id} ${READY}`)
    expect(cancelling?.failure).toBe(`TimelockUnexpectedOperationState: ${id} ${PENDING}`)
    expect(await stateOf(id)).toBe(3)
  })

  it('brings the call its deposit, from who executes it', async () => {
    const args = { account_id: BOB.accountId }
    const deposit = NEAR / 2n
    const before = BigInt((await depositOf(BOB.accountId)).total)
    const id = await scheduleAndWait(operationOf({ target: chain.parley, method: 'storage_deposit', args, deposit }))

    expect(execute(id, deposit - 1n).failure).toMatch(/^InputInvalid: attached_deposit must be 5/)
    expect(execute(id, deposit).failure).toBeUndefined()

    expect(BigInt((await depositOf(BOB.accountId)).total)).toBe(before + deposit)
  })

  it('that fails gives the deposit back to who brought it', async () => {
    const id = await scheduleAndWait(operationOf({ target: chain.parley, method: 'none', args: {}, deposit: NEAR }))
    const [timelock, executor] = [nearOf(chain.owner), nearOf(RELAYER.accountId)]

    const { value, failure } = execute(id, NEAR, RELAYER)

    expect(failure).toContain('MethodNotFound')
    expect(value).toBe(false)
    expect(await stateOf(id)).toBe(2)
    // But for gas: what an execution burns, and a part of that which goes to the contract.
    expect(executor - nearOf(RELAYER.accountId)).toBeLessThan(NEAR / 100n)
    expect(nearOf(chain.owner) - timelock).toBeLessThan(NEAR / 100n)
  })

  it('of a call to an account that is not there fails, and can be repeated when it is', async () => {
    const id = await scheduleAndWait(operationOf({ target: 'nobody.test.near', method: 'x', args: {} }))

    expect(execute(id).value).toBe(false)

    expect(await stateOf(id)).toBe(2)
  })

  it('whose call answers with as much as its gas pays for ends all the same', async () => {
    const answer = '(drop (memory.grow (i32.const 64))) (call $value_return (i64.const 3500000) (i64.const 0))'
    deployToken(chain, `(func (export "answer") ${answer})`)
    const id = await scheduleAndWait(operationOf({ target: TOKEN.accountId, method: 'answer', args: {} }))

    const { value } = chain.attempt(CAROL, chain.owner, 'execute', { id }, { gas: 300n * TERA })

    expect(value).toBe(true)
    expect(await stateOf(id)).toBe(3)
  })

  it('happens by the executors alone, when there are any', async () => {
    const granting = { role: 'executor', account: BOB.accountId }
    const closing = { role: 'executor', account: null }
    const ids = [
      await schedule(operationOf({ target: chain.owner, method: 'grant_role', args: granting })),
      await schedule(operationOf({ target: chain.owner, method: 'revoke_role', args: closing })),
    ]
    const id = await scheduleAndWait(allowing())
    for (const role of ids) expect(execute(role).value).toBe(true)

    expect(execute(id).failure).toBe(`AccessControlUnauthorizedAccount: ${CAROL.accountId} executor`)
    expect(execute(id, 0n, BOB).value).toBe(true)
  })
})

describe('the timelock itself', () => {
  it.each([
    ['update_delay', { new_delay: '0' }, 'TimelockUnauthorizedCaller: owner.test.near'],
    [
      'grant_role',
      { role: 'proposer', account: 'bob.test.near' },
      'AccessControlUnauthorizedAccount: owner.test.near admin',
    ],
    [
      'revoke_role',
      { role: 'proposer', account: 'bob.test.near' },
      'AccessControlUnauthorizedAccount: owner.test.near admin',
    ],
    ['on_execute', { id: WORKLOAD, executor: 'bob.test.near' }, 'SelfOnly: owner.test.near'],
  ])('lets nobody call %s', async (method, args, refusal) => {
    expect(chain.attempt(OWNER, chain.owner, method, args).failure).toBe(refusal)
  })

  it('does not schedule its own callback, which would begin again what is under way', async () => {
    const callback = operationOf({
      target: chain.owner,
      method: 'on_execute',
      args: { id: WORKLOAD, executor: 'x.near' },
    })

    await expect(schedule(callback)).rejects.toThrow('InputInvalid: method ')
  })

  it('lets who has a role give it up', async () => {
    const role = { role: 'proposer', account: OWNER.accountId }

    await chain.send(OWNER, chain.owner, 'revoke_role', role)

    expect(await chain.view(chain.owner, 'has_role', role)).toBe(false)
    await expect(schedule(allowing())).rejects.toThrow('AccessControlUnauthorizedAccount: owner.test.near proposer')
  })

  it('has no key by which anybody could change it, and is made once', async () => {
    expect(chain.node.query({ kind: 'latest' })?.viewAccessKeyList(chain.owner)).toEqual([])
    const again = chain.send(OWNER, chain.owner, 'init', { min_delay: '0', proposers: [CAROL.accountId] })
    await expect(again).rejects.toThrow('Contract already initialized')
  })
})

function depositOf(account_id: string): Promise<{ readonly total: string }> {
  return chain.view(chain.parley, 'storage_balance_of', { account_id })
}
