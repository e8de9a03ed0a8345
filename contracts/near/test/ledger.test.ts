import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Actor, ALICE, actor, BOB, CAROL, OWNER, RELAYER, ROOT } from './actors.ts'
import { type Chain, openChain, TERA } from './chain.ts'
import {
  ACCEPTING,
  answering,
  callingBack,
  createAccount,
  deployToken,
  REFUSING,
  SPENDING,
  TOKEN,
  talkative,
} from './hostile-token.ts'

const WEALTH = 1000n
/** What a byte of state costs, in yoctoNEAR. */
const BYTE = 10n ** 19n
const UINT128_MAX = 2n ** 128n - 1n

let chain: Chain
let restore: () => void
let dollars: string

beforeAll(async () => {
  chain = await openChain()
  dollars = `nep141:${chain.dollar}`
  const wealth = { receiver_id: ALICE.accountId, amount: WEALTH }
  await chain.send(OWNER, chain.dollar, 'ft_transfer', wealth, { deposit: 1n })
  deployToken(chain, REFUSING)
  restore = chain.snapshot()
})

beforeEach(() => restore())

const hostile = `nep141:${TOKEN.accountId}`
const oneYocto = { deposit: 1n }
const deposit = (amount: bigint, receiver?: Actor) =>
  chain.transferCall(ALICE, chain.dollar, amount, receiver ? { deposit: { receiver_id: receiver.accountId } } : '')
/** The token says that somebody has sent it: nobody can know better. */
const bring = (amount: bigint, sender_id = ALICE.accountId, msg: unknown = '') =>
  [TOKEN, chain.parley, 'ft_on_transfer', { sender_id, amount, msg }] as const
const withdraw = (amount: bigint, token = chain.dollar, who = ALICE, receiver = who.accountId) =>
  [who, chain.parley, 'withdraw', { token, amount, receiver }, oneYocto] as const
const transfer = (who: Actor, to: Actor, amount: bigint, token_id = dollars) =>
  [who, chain.parley, 'mt_transfer', { receiver_id: to.accountId, token_id, amount }, oneYocto] as const
const choose = (who: Actor, token: string, is_chosen: boolean) =>
  [who, chain.parley, 'choose_token', { token, is_chosen }] as const
const payStorage = (account_id: string) =>
  chain.send(RELAYER, chain.parley, 'storage_deposit', { account_id }, { deposit: 10n ** 23n })

async function balanceOf({ accountId }: Actor, token_id = dollars): Promise<bigint> {
  return BigInt(await chain.view<string>(chain.parley, 'mt_balance_of', { account_id: accountId, token_id }))
}

async function dollarsOf(account_id: string): Promise<bigint> {
  return BigInt(await chain.view<string>(chain.dollar, 'ft_balance_of', { account_id }))
}

/** What an account's state is charged for, its own record included. */
async function bytesOf(account_id: string): Promise<bigint> {
  const balance = await chain.view<{ total: string; available: string } | null>(chain.parley, 'storage_balance_of', {
    account_id,
  })
  return balance === null ? 0n : (BigInt(balance.total) - BigInt(balance.available)) / BYTE
}

describe('state', () => {
  it('of a first own deposit is the depositor’s: its record and a token in it', async () => {
    const before = await bytesOf(ALICE.accountId)

    await chain.send(...deposit(300n))
    expect((await bytesOf(ALICE.accountId)) - before).toBe(222n)

    await chain.send(...deposit(WEALTH - 300n))
    await chain.send(...withdraw(WEALTH))
    expect((await bytesOf(ALICE.accountId)) - before).toBe(222n)
  })

  it('of a deposit for another is the depositor’s', async () => {
    const [alice, bob] = [await bytesOf(ALICE.accountId), await bytesOf(BOB.accountId)]

    await chain.send(...deposit(300n, BOB))

    expect((await bytesOf(ALICE.accountId)) - alice).toBe(215n)
    expect(await bytesOf(BOB.accountId)).toBe(bob)
  })

  it('of a transfer is who makes it’s, once', async () => {
    await chain.send(...deposit(300n))
    const [alice, bob] = [await bytesOf(ALICE.accountId), await bytesOf(BOB.accountId)]

    await chain.send(...transfer(ALICE, BOB, 1n))
    await chain.send(...transfer(BOB, ALICE, 1n))
    await chain.send(...transfer(ALICE, BOB, 2n))

    expect((await bytesOf(ALICE.accountId)) - alice).toBe(215n)
    expect(await bytesOf(BOB.accountId)).toBe(bob)
  })

  it('is refused to who has not paid, and the token gives the money back', async () => {
    await chain.send(ALICE, chain.parley, 'storage_unregister', {}, oneYocto)

    const { failure } = chain.attempt(...deposit(300n))

    expect(failure).toMatch(`StorageDepositTooLow: ${ALICE.accountId} `)
    expect(await dollarsOf(ALICE.accountId)).toBe(WEALTH)
  })

  it('is needed by nobody who is given something: it can be passed on and withdrawn without', async () => {
    await chain.send(BOB, chain.parley, 'storage_unregister', {}, oneYocto)
    await chain.send(...deposit(300n, BOB))

    await chain.send(...withdraw(100n, chain.dollar, BOB))
    await chain.send(...deposit(1n, CAROL))
    await chain.send(...transfer(BOB, CAROL, 200n))

    expect([await balanceOf(BOB), await balanceOf(CAROL)]).toEqual([0n, 201n])
  })

  it('of somebody is not spent by a token that names it', async () => {
    const before = await bytesOf(ALICE.accountId)

    const { failure } = chain.attempt(...bring(1n))

    expect(failure).toMatch(`StorageDepositTooLow: ${TOKEN.accountId} `)
    await payStorage(TOKEN.accountId)
    await chain.send(...bring(1n))
    expect(await balanceOf(ALICE, hostile)).toBe(1n)
    expect(await bytesOf(ALICE.accountId)).toBe(before)
  })
})

describe('choose_token', () => {
  it('moves a balance into the record and out of it, and charges for where it is', async () => {
    await chain.send(...deposit(300n, BOB))
    const before = await bytesOf(BOB.accountId)

    await chain.send(...choose(BOB, chain.dollar, true))
    expect(await balanceOf(BOB)).toBe(300n)
    expect((await bytesOf(BOB.accountId)) - before).toBe(113n + 109n - 215n)

    await chain.send(...choose(BOB, chain.dollar, false))
    expect(await balanceOf(BOB)).toBe(300n)
    await chain.send(...withdraw(300n, chain.dollar, BOB))
    expect(await dollarsOf(BOB.accountId)).toBe(300n)
  })

  it('changes nothing the second time', async () => {
    await chain.send(...choose(BOB, chain.dollar, false))
    for (let time = 0; time < 2; time++) await chain.send(...choose(BOB, chain.dollar, true))

    expect(await bytesOf(BOB.accountId)).toBe(210n + 222n)
  })

  it('gives back what the state was paid for', async () => {
    const before = await bytesOf(CAROL.accountId)
    await chain.send(...choose(CAROL, 'a1.near', true))
    await chain.send(...choose(CAROL, 'a2.near', true))
    await chain.send(...choose(CAROL, 'a2.near', false))
    await chain.send(...choose(CAROL, 'a1.near', false))

    // A balance that has a place keeps it.
    expect((await bytesOf(CAROL.accountId)) - before).toBe(2n * 215n)
  })

  it('takes 32 tokens; a deposit of another is credited beside the record', async () => {
    for (let n = 0; n < 32; n++) await chain.send(...choose(ALICE, `t${n}.near`, true))

    const { failure } = chain.attempt(...choose(ALICE, chain.dollar, true))
    expect(failure).toBe(`TokensFull: ${ALICE.accountId} 32`)

    const before = await bytesOf(ALICE.accountId)
    await chain.send(...deposit(300n))
    expect(await balanceOf(ALICE)).toBe(300n)
    expect((await bytesOf(ALICE.accountId)) - before).toBe(215n)
  })

  it('takes a token that is called like what every object has, and gives it back', async () => {
    const before = await bytesOf(ALICE.accountId)

    await chain.send(...choose(ALICE, 'constructor', true))
    expect((await bytesOf(ALICE.accountId)) - before).toBe(222n)
    await chain.send(...choose(ALICE, 'constructor', false))

    expect((await bytesOf(ALICE.accountId)) - before).toBe(215n)
    expect(await balanceOf(ALICE, 'nep141:constructor')).toBe(0n)
  })

  it('makes no balance of what every object has', async () => {
    await chain.send(...deposit(300n))

    expect(await balanceOf(ALICE, 'nep141:constructor')).toBe(0n)
    expect(chain.attempt(...transfer(ALICE, BOB, 1n, 'nep141:constructor')).failure).toBe(
      `BalanceTooLow: ${ALICE.accountId} constructor 0 1`,
    )
  })
})

describe('others’ dust', () => {
  it('does not make the calls of who receives it dearer', async () => {
    await chain.send(...deposit(300n))
    const burnt = () => {
      const { status } = chain.attempt(...transfer(ALICE, BOB, 1n))
      return status.receiptOutcomes[0]?.gasBurnt ?? 0n
    }
    burnt()
    const before = burnt()

    await payStorage(TOKEN.accountId)
    await chain.send(...bring(1n))

    // A deeper trie costs a node or two.
    expect(Number(burnt() - before) / Number(before)).toBeLessThan(0.02)
  })
})

describe('a deposit', () => {
  it('of another purpose than any is given back', async () => {
    for (const msg of [{}, { deposit: 5 }, { deposit: { receiver_id: 'NO' } }, { deposit: { receiver_id: 7 } }]) {
      const { failure } = chain.attempt(...chain.transferCall(ALICE, chain.dollar, 300n, msg))
      expect(failure).toMatch(/^InputInvalid: msg/)
    }
    expect(await dollarsOf(ALICE.accountId)).toBe(WEALTH)
  })

  it('of nothing is refused', () => {
    expect(chain.attempt(...bring(0n)).failure).toBe('AmountZero:')
  })

  it('makes money of the token that brings it, and of no other', async () => {
    await payStorage(TOKEN.accountId)
    await chain.send(...deposit(300n))

    await chain.send(...bring(UINT128_MAX, ALICE.accountId))

    expect(await balanceOf(ALICE, hostile)).toBe(UINT128_MAX)
    expect(await balanceOf(ALICE)).toBe(300n)
    expect(await dollarsOf(chain.parley)).toBe(300n)
  })

  it('that a balance does not hold is refused', async () => {
    await payStorage(TOKEN.accountId)
    await chain.send(...bring(UINT128_MAX))

    expect(chain.attempt(...bring(1n)).failure).toBe(`BalanceOverflow: ${ALICE.accountId} ${TOKEN.accountId}`)
    await chain.send(...bring(1n, BOB.accountId))
    const { failure } = chain.attempt(...transfer(BOB, ALICE, 1n, hostile))
    expect(failure).toBe(`BalanceOverflow: ${ALICE.accountId} ${TOKEN.accountId}`)
  })
})

describe('a withdrawal that the token refuses', () => {
  beforeEach(async () => {
    await payStorage(TOKEN.accountId)
    await chain.send(...bring(500n))
  })

  const refund = { caller: ALICE.accountId, from: `0x${'00'.repeat(20)}`, to: ALICE.accountId, token: TOKEN.accountId }

  it.each([
    ['fails', REFUSING],
    ['spends all its gas', SPENDING],
    ['is no method of it', ''],
  ])('because it %s, is credited back with an event', async (_, body) => {
    deployToken(chain, body)

    const { value, events } = chain.attempt(...withdraw(200n, TOKEN.accountId))

    expect(value).toBe('0')
    expect(events.at(-1)).toEqual({ name: 'LedgerTransfer', args: { ...refund, amount: 200n } })
    expect(await balanceOf(ALICE, hostile)).toBe(500n)
  })

  it('is credited to the record, when the token was chosen meanwhile', async () => {
    chain.attemptTogether(withdraw(500n, TOKEN.accountId), choose(ALICE, TOKEN.accountId, true))

    expect(await balanceOf(ALICE, hostile)).toBe(500n)
  })

  it('cannot be spent while it is on its way', async () => {
    const [sent, spent] = chain.attemptTogether(withdraw(500n, TOKEN.accountId), transfer(ALICE, BOB, 1n, hostile))

    expect(sent?.value).toBe('0')
    expect(spent?.failure).toBe(`BalanceTooLow: ${ALICE.accountId} ${TOKEN.accountId} 0 1`)
  })

  it('needs nobody’s storage, though all of it has been withdrawn', async () => {
    await chain.send(ALICE, chain.parley, 'storage_unregister', {}, oneYocto)

    chain.attempt(...withdraw(500n, TOKEN.accountId))

    expect(await balanceOf(ALICE, hostile)).toBe(500n)
  })

  it('is sent when the token says yes', async () => {
    deployToken(chain, ACCEPTING)

    const { value } = await chain.send(...withdraw(500n, TOKEN.accountId))

    expect(value).toBe('500')
    expect(await balanceOf(ALICE, hostile)).toBe(0n)
  })
})

describe('a token', () => {
  beforeEach(async () => {
    await payStorage(TOKEN.accountId)
    await chain.send(...bring(500n))
  })

  it('that answers at length does not stop a withdrawal', async () => {
    deployToken(chain, talkative(290_000))

    expect((await chain.send(...withdraw(500n, TOKEN.accountId))).value).toBe('500')
  })

  it.each(['on_withdraw', 'mt_resolve_transfer'])('that calls back %s gets nothing', async (method) => {
    const args = { account: ALICE.accountId, token: chain.dollar, receiver: ALICE.accountId, amount: '500' }
    deployToken(chain, callingBack(chain.parley, method, args))

    const { failure } = chain.attempt(...withdraw(500n, TOKEN.accountId))

    expect(failure).toBe(`SelfOnly: ${TOKEN.accountId}`)
    expect(await balanceOf(ALICE)).toBe(0n)
  })

  it('that brings the money back while it is withdrawn makes money of its own only', async () => {
    const args = { sender_id: ALICE.accountId, amount: '500', msg: '' }
    deployToken(chain, callingBack(chain.parley, 'ft_on_transfer', args))

    await chain.send(...withdraw(500n, TOKEN.accountId))

    expect(await balanceOf(ALICE, hostile)).toBe(500n)
    expect(await balanceOf(ALICE)).toBe(0n)
  })
})

describe('withdraw', () => {
  it('sends the same money once, though it is asked twice at once', async () => {
    await chain.send(...deposit(300n))

    const outcomes = chain.attemptTogether(withdraw(300n), withdraw(300n))

    expect(outcomes.map(({ failure }) => failure)).toEqual([
      undefined,
      `BalanceTooLow: ${ALICE.accountId} ${chain.dollar} 0 300`,
    ])
    expect(await dollarsOf(ALICE.accountId)).toBe(WEALTH)
  })

  it('to who cannot hold the token comes back', async () => {
    await chain.send(BOB, chain.dollar, 'storage_unregister', {}, oneYocto)
    await chain.send(...deposit(300n))

    const { value, failure } = chain.attempt(...withdraw(300n, chain.dollar, ALICE, BOB.accountId))

    expect([value, failure]).toEqual(['0', `InputInvalid: receiver_id ${BOB.accountId} is not registered`])
    expect(await balanceOf(ALICE)).toBe(300n)
  })
})

describe('a key that may only call functions', () => {
  it.each([
    'withdraw',
    'set_operator',
    'mt_transfer',
    'mt_batch_transfer',
    'mt_transfer_call',
    'mt_batch_transfer_call',
    'hire',
    'await_job',
    'fund_from_ledger',
    'set_payee',
    'set_payees',
  ])('moves nothing: %s wants one yoctoNEAR', async (method) => {
    for (const deposit of [0n, 2n]) {
      const { failure } = chain.attempt(ALICE, chain.parley, method, {}, { deposit })
      expect(failure).toBe('InputInvalid: attached_deposit must be 1 yoctoNEAR')
    }
  })
})

describe('NEP-245', () => {
  beforeEach(async () => {
    await chain.send(...deposit(300n))
    await payStorage(TOKEN.accountId)
    await chain.send(...bring(500n))
  })

  const batch = (token_ids: unknown, amounts: unknown, more: object = {}) => {
    const args = { receiver_id: BOB.accountId, token_ids, amounts, ...more }
    return [ALICE, chain.parley, 'mt_batch_transfer', args, oneYocto] as const
  }

  it('moves several tokens at once, the same twice too', async () => {
    const { events } = await chain.send(...batch([dollars, hostile, dollars], ['100', '200', '50']))

    expect(events.map(({ args }) => args)).toEqual(
      [
        [chain.dollar, 100n],
        [TOKEN.accountId, 200n],
        [chain.dollar, 50n],
      ].map(([token, amount]) => ({
        caller: ALICE.accountId,
        from: ALICE.accountId,
        to: BOB.accountId,
        token,
        amount,
      })),
    )
    const args = { account_id: BOB.accountId, token_ids: [dollars, hostile, 'nep171:x'] }
    expect(await chain.view(chain.parley, 'mt_batch_balance_of', args)).toEqual(['150', '200', '0'])
  })

  it('moves none when one is too much', async () => {
    const { failure } = chain.attempt(...batch([dollars, hostile, dollars], ['200', '1', '101']))

    expect(failure).toBe(`BalanceTooLow: ${ALICE.accountId} ${chain.dollar} 100 101`)
    expect(await balanceOf(BOB)).toBe(0n)
  })

  it('refuses batches that are malformed or too long', () => {
    const [ids, ones] = [Array(33).fill(dollars), Array(33).fill('1')]

    expect(chain.attempt(...batch([dollars], [])).failure).toBe('BatchMalformed: 1 0')
    expect(chain.attempt(...batch(ids, ones)).failure).toBe('BatchMalformed: 33 33')
    expect(chain.attempt(...batch(5, [])).failure).toBe('InputInvalid: token_ids is not a list')
    expect(chain.attempt(...batch([], null)).failure).toBe('InputInvalid: amounts is not a list')
    expect(chain.attempt(...batch([dollars], ['-1'])).failure).toMatch(/^InputInvalid: amounts/)
    const approvals = [[BOB.accountId, 0]]
    expect(chain.attempt(...batch([dollars], ['1'], { approvals })).failure).toBe('InputInvalid: approvals is not null')
  })

  it.each(['', 'dollar.test.near', 'nep141:', 'nep141:NO', 'nep245:dollar.test.near', 'NEP141:a.near'])(
    'knows no token %j',
    async (token_id) => {
      expect(chain.attempt(...transfer(ALICE, BOB, 1n, token_id)).failure).toBe(`TokenUnknown: ${token_id}`)
      expect(await balanceOf(ALICE, token_id)).toBe(0n)
      expect(await chain.view(chain.parley, 'mt_token', { token_ids: [token_id] })).toEqual([null])
    },
  )

  it('knows every other', async () => {
    const args = { token_ids: [dollars] }

    expect(await chain.view(chain.parley, 'mt_token', args)).toEqual([{ token_id: dollars, owner_id: null }])
  })

  it('takes an approval by the name of its owner only', async () => {
    const args = { receiver_id: BOB.accountId, token_id: dollars, amount: '1' }
    for (const approval of ['alice', {}, [], [7, 0]]) {
      const { failure } = chain.attempt(CAROL, chain.parley, 'mt_transfer', { ...args, approval }, oneYocto)
      expect(failure).toMatch(/^InputInvalid: approval/)
    }
    const approval = [ALICE.accountId, 0]
    const { failure } = chain.attempt(CAROL, chain.parley, 'mt_transfer', { ...args, approval }, oneYocto)
    expect(failure).toBe(`AllowanceTooLow: ${ALICE.accountId} ${CAROL.accountId} ${chain.dollar} 0 1`)
  })

  describe('asks the receiver', () => {
    const call = (amount: bigint) => {
      const args = { receiver_id: TOKEN.accountId, token_id: dollars, amount, msg: 'for work' }
      return [ALICE, chain.parley, 'mt_transfer_call', args, oneYocto] as const
    }

    it.each([
      ['all that it does not need', '["40"]', ['60'], 240n],
      ['nothing', '["0"]', ['100'], 200n],
      ['more than it got', '["1000"]', ['0'], 300n],
      ['nonsense', '"40"', ['0'], 300n],
      ['a number', '[40]', ['0'], 300n],
      ['too many', '["1","1"]', ['0'], 300n],
      ['no JSON', '[', ['0'], 300n],
    ])('which answers %s', async (_, answer, used, left) => {
      deployToken(chain, answering('mt_on_transfer', answer))

      const { value } = await chain.send(...call(100n))

      expect(value).toEqual(used)
      expect(await balanceOf(ALICE)).toBe(left)
      expect(await balanceOf(TOKEN)).toBe(300n - left)
    })

    it('which fails, and everything comes back', async () => {
      const { value } = chain.attempt(...call(100n))

      expect(value).toEqual(['0'])
      expect(await balanceOf(ALICE)).toBe(300n)
    })

    it('which has spent it meanwhile, and only the rest comes back', async () => {
      deployToken(chain, answering('mt_on_transfer', '["100"]'))

      const [called] = chain.attemptTogether(call(100n), transfer(TOKEN, BOB, 70n))

      expect(called?.value).toEqual(['70'])
      expect([await balanceOf(ALICE), await balanceOf(BOB), await balanceOf(TOKEN)]).toEqual([230n, 70n, 0n])
    })

    it('with a message, or not at all', async () => {
      const args = { receiver_id: TOKEN.accountId, token_id: dollars, amount: '1' }
      const { failure } = chain.attempt(ALICE, chain.parley, 'mt_transfer_call', args, oneYocto)

      expect(failure).toBe('InputInvalid: msg is not a text')
      expect(await balanceOf(ALICE)).toBe(300n)
    })

    it('about a batch: what comes back is told for each token', async () => {
      deployToken(chain, answering('mt_on_transfer', '["40","0"]'))
      const tokens = { token_ids: [dollars, hostile], amounts: ['100', '200'] }
      const args = { receiver_id: TOKEN.accountId, ...tokens, msg: '' }

      const { value } = await chain.send(ALICE, chain.parley, 'mt_batch_transfer_call', args, oneYocto)

      expect(value).toEqual(['60', '200'])
      expect([await balanceOf(TOKEN), await balanceOf(TOKEN, hostile)]).toEqual([60n, 200n])
    })

    it('about a token twice, of which it has spent a part meanwhile', async () => {
      deployToken(chain, answering('mt_on_transfer', '["60","40"]'))
      const tokens = { token_ids: [dollars, dollars], amounts: ['60', '40'] }
      const args = { receiver_id: TOKEN.accountId, ...tokens, msg: '' }
      const batch = [ALICE, chain.parley, 'mt_batch_transfer_call', args, oneYocto] as const

      const [called] = chain.attemptTogether(batch, transfer(TOKEN, BOB, 70n))

      expect([called?.failure, called?.value]).toEqual([undefined, ['30', '40']])
      expect([await balanceOf(ALICE), await balanceOf(TOKEN)]).toEqual([230n, 0n])
    })

    it('about as many tokens as a batch has, with the longest names, which fails: everything comes back', async () => {
      const named = (name: string) => actor(`${name}.${ROOT.accountId}`.padStart(64, 'x'))
      const tokens = Array.from({ length: 32 }, (_, at) => named(`-${at}`))
      const [sender, receiver] = [named('-sender'), named('-receiver')]
      for (const { accountId } of [...tokens, sender]) await payStorage(accountId)
      for (const account of [...tokens, sender, receiver]) createAccount(chain, account)
      const credited = { sender_id: sender.accountId, amount: UINT128_MAX, msg: '' }
      for (const token of tokens) await chain.send(token, chain.parley, 'ft_on_transfer', credited)
      const ids = tokens.map(({ accountId }) => `nep141:${accountId}`)
      const args = { receiver_id: receiver.accountId, token_ids: ids, amounts: ids.map(() => UINT128_MAX), msg: '' }
      await payStorage(sender.accountId)

      const options = { deposit: 1n, gas: 150n * TERA }
      const { value } = chain.attempt(sender, chain.parley, 'mt_batch_transfer_call', args, options)

      expect(value).toEqual(ids.map(() => '0'))
      for (const id of ids) expect(await balanceOf(sender, id)).toBe(UINT128_MAX)
    })

    it('nobody but the contract resolves a transfer', () => {
      const sent = { sender_id: ALICE.accountId, receiver_id: BOB.accountId, token_ids: [dollars], amounts: ['1'] }

      expect(chain.attempt(ALICE, chain.parley, 'mt_resolve_transfer', sent).failure).toBe(
        `SelfOnly: ${ALICE.accountId}`,
      )
    })
  })
})
