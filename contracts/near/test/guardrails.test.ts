import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Actor, ALICE, BOB, CAROL, OPERATOR, OWNER, RELAYER } from './actors.ts'
import { type Chain, openChain } from './chain.ts'
import { deployToken, REFUSING, TOKEN } from './hostile-token.ts'
import { DAY } from './steps.ts'

const LIMIT = '500'
const WEALTH = 1000n
const oneYocto = { deposit: 1n }

let chain: Chain
let restore: () => void

beforeAll(async () => {
  chain = await openChain()
  const wealth = { receiver_id: ALICE.accountId, amount: WEALTH }
  await chain.send(OWNER, chain.dollar, 'ft_transfer', wealth, oneYocto)
  await chain.send(...chain.transferCall(ALICE, chain.dollar, WEALTH, ''))
  restore = chain.snapshot()
})

beforeEach(() => restore())

const setPolicy = (change: object = {}) => {
  const methods = {
    methods: '3',
    is_any_counterparty: true,
    confirmers: [OPERATOR.accountId],
    confirmations_needed: '1',
  }
  const policy = { key: BOB.accountId, expires_at: chain.now() + 10n * DAY, ...methods, ...change }
  return [ALICE, chain.parley, 'set_policy', policy, oneYocto] as const
}
const setLimit = (token: string, limit = LIMIT) => {
  const args = { key: BOB.accountId, token, limit, period_seconds: '3600', threshold: '100' }
  return [ALICE, chain.parley, 'set_spend_limit', args, oneYocto] as const
}
const setCounterparty = (counterparty: string) => {
  const args = { key: BOB.accountId, counterparty, is_allowed: true }
  return [ALICE, chain.parley, 'set_counterparty', args, oneYocto] as const
}
const spendTransfer = (amount: bigint, to = CAROL) => {
  const args = { account: ALICE.accountId, token: chain.dollar, to: to.accountId, amount }
  return [BOB, chain.parley, 'spend_transfer', args] as const
}
const spendWithdraw = (amount: bigint, token: string) => {
  const args = { account: ALICE.accountId, token, amount, receiver: CAROL.accountId }
  return [BOB, chain.parley, 'spend_withdraw', args] as const
}
const revoke = () => [ALICE, chain.parley, 'revoke_policy', { key: BOB.accountId }] as const

async function availableOf({ accountId }: Actor): Promise<bigint> {
  const args = { account_id: accountId }
  const balance = await chain.view<{ available: string }>(chain.parley, 'storage_balance_of', args)
  return BigInt(balance.available)
}

describe('state', () => {
  it('of a policy is its owner’s, and comes back with it', async () => {
    const before = await availableOf(ALICE)
    await chain.send(...setPolicy())
    await chain.send(...setLimit(chain.dollar))
    await chain.send(...setCounterparty(CAROL.accountId))
    expect(await availableOf(ALICE)).toBeLessThan(before)

    await chain.send(...revoke())

    expect(await availableOf(ALICE)).toBe(before)
  })

  it('does not change by what keys and confirmers do', async () => {
    await chain.send(...setPolicy())
    await chain.send(...setLimit(chain.dollar))
    // Balances have three digits from now on.
    await chain.send(...spendTransfer(100n))
    const usage = () => chain.node.query({ kind: 'latest' })?.viewAccount(chain.parley)?.storageUsage
    const before = usage()

    await chain.send(...spendTransfer(99n))
    await chain.send(...spendTransfer(50n))
    const operation = { account: ALICE.accountId, key: BOB.accountId, token: chain.dollar }
    const spending = { method: '1', counterparty: CAROL.accountId, amount: '150', details: `0x${'00'.repeat(32)}` }
    const operation_id = await chain.view(chain.parley, 'next_operation_id', { ...operation, ...spending })
    const word = { account: ALICE.accountId, key: BOB.accountId, operation_id }
    await chain.send(OPERATOR, chain.parley, 'confirm_spend', word, oneYocto)
    await chain.send(...spendTransfer(150n))
    chain.warp(3600n)
    await chain.send(...spendTransfer(5n))

    expect(usage()).toBe(before)
  })

  it('of a counterparty’s first balance is the key’s', async () => {
    await chain.send(...setPolicy())
    await chain.send(...setLimit(chain.dollar))
    const [alice, bob] = [await availableOf(ALICE), await availableOf(BOB)]

    await chain.send(...spendTransfer(1n))

    expect(await availableOf(ALICE)).toBe(alice)
    expect(await availableOf(BOB)).toBe(bob - 215n * 10n ** 19n)
  })

  it('of a policy has its bounds', async () => {
    await chain.send(...setPolicy())
    for (let n = 0; n < 16; n++) await chain.send(...setLimit(`t${n}.near`))
    for (let n = 0; n < 32; n++) await chain.send(...setCounterparty(`c${n}.near`))

    expect(chain.attempt(...setLimit('more.near')).failure).toBe(`PolicyFull: ${ALICE.accountId} ${BOB.accountId} 16`)
    expect(chain.attempt(...setCounterparty('more.near')).failure).toBe(
      `PolicyFull: ${ALICE.accountId} ${BOB.accountId} 32`,
    )
    await chain.send(...setLimit('t0.near', '7'))
    await chain.send(...setCounterparty('c0.near'))
  })
})

describe('a token that refuses a withdrawal', () => {
  it('gives the balance back; what the key has spent stays spent', async () => {
    deployToken(chain, REFUSING)
    const deposit = { account_id: TOKEN.accountId }
    await chain.send(RELAYER, chain.parley, 'storage_deposit', deposit, { deposit: 10n ** 23n })
    const brought = { sender_id: ALICE.accountId, amount: '500', msg: '' }
    await chain.send(TOKEN, chain.parley, 'ft_on_transfer', brought)
    await chain.send(...setPolicy())
    await chain.send(...setLimit(TOKEN.accountId))

    const { value } = chain.attempt(...spendWithdraw(100n, TOKEN.accountId))

    expect(value).toBe('0')
    const id = { account_id: ALICE.accountId, token_id: `nep141:${TOKEN.accountId}` }
    expect(await chain.view(chain.parley, 'mt_balance_of', id)).toBe('500')
    const asked = { account: ALICE.accountId, key: BOB.accountId, token: TOKEN.accountId }
    expect(await chain.view(chain.parley, 'get_spend_limit', asked)).toMatchObject({ spent: '100' })
  })
})

describe('a key that may only call functions', () => {
  it.each(['set_policy', 'set_spend_limit', 'set_counterparty', 'confirm_spend'])(
    'of an owner or confirmer gives nothing away: %s wants one yoctoNEAR',
    (method) => {
      for (const deposit of [0n, 2n]) {
        const { failure } = chain.attempt(ALICE, chain.parley, method, {}, { deposit })
        expect(failure).toBe('InputInvalid: attached_deposit must be 1 yoctoNEAR')
      }
    },
  )

  it('may revoke and spend without', async () => {
    await chain.send(...setPolicy())
    await chain.send(...setLimit(chain.dollar))
    await chain.send(...spendTransfer(1n))
    await chain.send(...revoke())

    expect(chain.attempt(...spendTransfer(1n)).failure).toBe(`PolicyUnknown: ${ALICE.accountId} ${BOB.accountId}`)
  })
})

describe('a hiring', () => {
  const hire = (change: object) => {
    const hiring = {
      token: chain.dollar,
      budget: '100',
      provider: CAROL.accountId,
      provider_agent_id: '0',
      evaluator: OPERATOR.accountId,
      expired_at: chain.now() + DAY,
      description: '',
    }
    const args = { account: ALICE.accountId, hiring: { ...hiring, ...change } }
    return [BOB, chain.parley, 'spend_hire', args] as const
  }
  const spent = async () => {
    const asked = { account: ALICE.accountId, key: BOB.accountId, token: chain.dollar }
    return (await chain.view<{ spent: string }>(chain.parley, 'get_spend_limit', asked)).spent
  }

  beforeEach(async () => {
    await chain.send(...setPolicy({ methods: '4' }))
    await chain.send(...setLimit(chain.dollar))
  })

  it('is of the account that pays', () => {
    expect(chain.attempt(...hire({ client: CAROL.accountId })).failure).toBe(`ClientOnly: ${BOB.accountId}`)
  })

  it.each([
    ['token', 'NO'],
    ['budget', '-1'],
    ['provider', null],
    ['client', 5],
  ])('with a malformed %s counts nothing', async (field, value) => {
    expect(chain.attempt(...hire({ [field]: value })).failure).toMatch(new RegExp(`^InputInvalid: hiring.${field} `))
    expect(await spent()).toBe('0')
  })

  it('of an agent that is not the provider’s is none, and stays spent', async () => {
    const { failure } = chain.attempt(...hire({}))

    expect(failure).toMatch(/^ERC721NonexistentToken:/)
    const id = { account_id: ALICE.accountId, token_id: `nep141:${chain.dollar}` }
    expect(await chain.view(chain.parley, 'mt_balance_of', id)).toBe(String(WEALTH))
    expect(await spent()).toBe('100')
  })
})

describe('a policy', () => {
  it('has nothing that every object has', async () => {
    await chain.send(...setPolicy({ confirmers: [], confirmations_needed: '0' }))
    const word = { account: ALICE.accountId, key: BOB.accountId, operation_id: `0x${'00'.repeat(32)}` }
    const spending = { account: ALICE.accountId, token: 'constructor', to: CAROL.accountId, amount: '1' }

    expect(chain.attempt(BOB, chain.parley, 'spend_transfer', spending).failure).toBe(
      'SpendLimitExceeded: constructor 0 1',
    )
    expect(chain.attempt(CAROL, chain.parley, 'confirm_spend', word, oneYocto).failure).toBe(
      `ConfirmerOnly: ${CAROL.accountId}`,
    )
  })

  it('refuses a confirmer that is no account', () => {
    expect(chain.attempt(...setPolicy({ confirmers: ['NO'] })).failure).toBe(
      'InputInvalid: confirmers is not an account id',
    )
  })
})
