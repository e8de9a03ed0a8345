/** Agents as NEAR's tokens (NEP-171, NEP-177, NEP-178), and wallets that agree by a call. */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Actor, ALICE, BOB, CAROL, OPERATOR, OWNER, RELAYER, ROOT } from './actors.ts'
import { type Call, type Chain, openChain } from './chain.ts'
import { deployToken, TOKEN } from './hostile-token.ts'

const URI = 'ipfs://a'
const alice = ALICE.accountId
const bob = BOB.accountId
const receiver = TOKEN.accountId

let chain: Chain
let restore: () => void

beforeAll(async () => {
  chain = await openChain()
  await chain.send(ALICE, chain.agents, 'register', { agent_uri: URI })
  restore = chain.snapshot()
})

beforeEach(() => restore())

const signed = (who: Actor, method: string, args: object, deposit = 1n): Call => [
  who,
  chain.agents,
  method,
  args,
  { deposit },
]
const send = (who: Actor, method: string, args: object, deposit = 1n) =>
  chain.send(...signed(who, method, args, deposit))
const approve = (account_id = bob, more: object = {}) =>
  send(ALICE, 'nft_approve', { token_id: '0', account_id, ...more })
const token = () => chain.view<Record<string, unknown> | null>(chain.agents, 'nft_token', { token_id: '0' })
const ownerOf = async () => (await token())?.owner_id
const walletOf = () => chain.view<string | null>(chain.agents, 'get_agent_wallet', { agent_id: '0' })
const isApproved = (approved_account_id: string, approval_id?: number) =>
  chain.view<boolean>(chain.agents, 'nft_is_approved', { token_id: '0', approved_account_id, approval_id })
const availableOf = async (account_id: string) =>
  BigInt((await chain.view<{ available: string }>(chain.agents, 'storage_balance_of', { account_id })).available)
const linesOf = ({ status }: { status: { receiptOutcomes: readonly { logs: readonly string[] }[] } }) =>
  status.receiptOutcomes.flatMap(({ logs }) => logs).map((line) => JSON.parse(line.replace('EVENT_JSON:', '')))

/** A receiver of agents that answers so, at `nft_on_transfer` and `nft_on_approve`. */
const answering = (text: string) => `
  (data (i32.const 0) "${text.replaceAll('"', '\\22')}")
  (func (export "nft_on_transfer") (call $value_return (i64.const ${text.length}) (i64.const 0)))
  (func (export "nft_on_approve") (call $value_return (i64.const ${text.length}) (i64.const 0)))`
const FAILING = '(func (export "nft_on_transfer") unreachable)'
const transferCall = (who = ALICE, more: object = {}) =>
  chain.attempt(...signed(who, 'nft_transfer_call', { receiver_id: receiver, token_id: '0', msg: '', ...more }))

describe('an agent', () => {
  it('is a token with the file that its URI names', async () => {
    const known = { token_id: '0', owner_id: alice, metadata: { reference: URI }, approved_account_ids: {} }
    expect(await token()).toEqual(known)
    expect(await chain.view(chain.agents, 'nft_token', { token_id: '7' })).toBeNull()
    expect(await chain.view(chain.agents, 'nft_metadata', {})).toMatchObject({ spec: 'nft-1.0.0', symbol: 'AGENT' })
  })

  it('is announced as NEP-171 wants it', async () => {
    const minted = linesOf(await chain.send(BOB, chain.agents, 'register', {}))
    const moved = linesOf(await send(ALICE, 'nft_transfer', { receiver_id: bob, token_id: '0', memo: 'a gift' }))

    const nft = { standard: 'nep171', version: '1.2.0' }
    expect(minted[0]).toEqual({ ...nft, event: 'nft_mint', data: [{ owner_id: bob, token_ids: ['1'] }] })
    const data = [{ old_owner_id: alice, new_owner_id: bob, token_ids: ['0'], memo: 'a gift' }]
    expect(moved).toEqual([{ ...nft, event: 'nft_transfer', data }])
  })
})

describe('nft_transfer', () => {
  it.each(['nft_transfer', 'nft_transfer_call', 'nft_revoke', 'nft_revoke_all'])(
    'asks for one yoctoNEAR, as %s does',
    async (method) => {
      const { failure } = chain.attempt(ALICE, chain.agents, method, {
        receiver_id: bob,
        token_id: '0',
        account_id: bob,
        msg: '',
      })

      expect(failure).toBe('InputInvalid: attached_deposit must be 1 yoctoNEAR')
    },
  )

  it('is not for strangers, and not for those whose approval is another', async () => {
    await approve()
    const transfer = (who: Actor, approval_id?: unknown) =>
      chain.attempt(...signed(who, 'nft_transfer', { receiver_id: CAROL.accountId, token_id: '0', approval_id }))
        .failure

    expect(transfer(CAROL)).toBe(`ERC721InsufficientApproval: ${CAROL.accountId} 0`)
    expect(transfer(BOB, 1)).toBe(`ERC721InsufficientApproval: ${bob} 0`)
    expect(transfer(BOB, '0')).toBe(`ERC721InsufficientApproval: ${bob} 0`)
    expect(transfer(BOB, 0)).toBeUndefined()
    expect(await ownerOf()).toBe(CAROL.accountId)
  })

  it('by an approved account says who it was, and ends all approvals', async () => {
    await approve()
    await approve(RELAYER.accountId)

    const [line] = linesOf(await send(BOB, 'nft_transfer', { receiver_id: CAROL.accountId, token_id: '0' }))

    expect(line.data[0].authorized_id).toBe(bob)
    expect((await token())?.approved_account_ids).toEqual({})
    const again = chain.attempt(...signed(BOB, 'nft_transfer', { receiver_id: bob, token_id: '0' }))
    expect(again.failure).toBe(`ERC721InsufficientApproval: ${bob} 0`)
  })

  it('rejects a memo that is too long for a log', async () => {
    const args = { receiver_id: bob, token_id: '0', memo: 'x'.repeat(257) }

    expect(chain.attempt(...signed(ALICE, 'nft_transfer', args)).failure).toMatch(/^InputInvalid: memo /)
  })
})

describe('nft_transfer_call', () => {
  it('leaves the agent with a receiver that keeps it', async () => {
    deployToken(chain, answering('false'))

    const { value, failure } = transferCall()

    expect(failure).toBeUndefined()
    expect(value).toBe(true)
    expect(await ownerOf()).toBe(receiver)
    expect(await walletOf()).toBeNull()
  })

  it.each([
    ['does not want it', answering('true')],
    ['fails', FAILING],
    ['has no such method', '(func (export "other"))'],
  ])('brings the agent back as it was from a receiver that %s', async (_, body) => {
    deployToken(chain, body)
    await approve()
    await chain.send(ALICE, chain.agents, 'set_agent_wallet', {
      agent_id: '0',
      new_wallet: CAROL.accountId,
      deadline: chain.now() + 60n,
    })
    await chain.send(CAROL, chain.agents, 'accept_agent_wallet', { agent_id: '0' })
    const [before, available] = [await token(), await availableOf(alice)]

    const { value, events } = transferCall()

    expect(value).toBe(false)
    expect(await token()).toEqual(before)
    expect(await walletOf()).toBe(CAROL.accountId)
    expect(await isApproved(bob, 0)).toBe(true)
    expect(await availableOf(alice)).toBe(available)
    // Readers end with the right wallet, too.
    const wallets = events.filter(({ name }) => name === 'MetadataSet').map(({ args }) => args)
    expect(wallets.at(-1)).toMatchObject({ metadataValue: `0x${Buffer.from(CAROL.accountId).toString('hex')}` })
  })

  it('does not take it from whom the receiver has given it to', async () => {
    deployToken(chain, answering('true'))

    const [moved] = chain.attemptTogether(
      signed(ALICE, 'nft_transfer_call', { receiver_id: receiver, token_id: '0', msg: '' }),
      signed(TOKEN, 'nft_transfer', { receiver_id: OPERATOR.accountId, token_id: '0' }),
    )

    // The receiver has no deposit to pay for a longer name with: its own transfer fails, and the agent comes back.
    expect([moved?.value, await ownerOf()]).toEqual([false, alice])

    await chain.send(RELAYER, chain.agents, 'storage_deposit', { account_id: receiver }, { deposit: 10n ** 22n })
    const [again] = chain.attemptTogether(
      signed(ALICE, 'nft_transfer_call', { receiver_id: receiver, token_id: '0', msg: '' }),
      signed(TOKEN, 'nft_transfer', { receiver_id: OPERATOR.accountId, token_id: '0' }),
    )
    expect([again?.value, await ownerOf()]).toEqual([true, OPERATOR.accountId])
  })

  it('credits nothing before it is known to stay', async () => {
    deployToken(chain, answering('true'))
    await approve()
    const free = await availableOf(alice)

    // The owner takes out all that it can while the receiver is asked.
    const [moved, withdrawn] = chain.attemptTogether(
      signed(ALICE, 'nft_transfer_call', { receiver_id: receiver, token_id: '0', msg: '' }),
      signed(ALICE, 'storage_withdraw', {}),
    )

    expect([moved?.value, withdrawn?.failure]).toEqual([false, undefined])
    expect(free - (await availableOf(alice))).toBe(free)
    expect(await isApproved(bob)).toBe(true)
  })

  it('comes back to an owner that has left meanwhile', async () => {
    deployToken(chain, answering('true'))
    await send(ALICE, 'nft_transfer', { receiver_id: RELAYER.accountId, token_id: '0' })

    const [moved, left] = chain.attemptTogether(
      signed(RELAYER, 'nft_transfer_call', { receiver_id: receiver, token_id: '0', msg: '' }),
      signed(RELAYER, 'storage_unregister', {}),
    )

    expect([moved?.value, left?.value]).toEqual([false, expect.any(Boolean)])
    expect(await ownerOf()).toBe(RELAYER.accountId)
  })

  it('is resolved by nobody else', async () => {
    const former = { previous_owner_id: bob, receiver_id: alice, token_id: '0', approved_account_ids: {}, bytes: 0 }

    const { failure } = chain.attempt(BOB, chain.agents, 'nft_resolve_transfer', former)
    expect(failure).toBe(`SelfOnly: ${bob}`)
  })
})

describe('nft_approve', () => {
  it('gives each approval an id of its own, for ever', async () => {
    await approve()
    await approve(CAROL.accountId)
    await send(ALICE, 'nft_revoke', { token_id: '0', account_id: bob })
    await approve()

    expect((await token())?.approved_account_ids).toEqual({ [CAROL.accountId]: 1, [bob]: 2 })
    expect([await isApproved(bob), await isApproved(bob, 0), await isApproved(bob, 2)]).toEqual([true, false, true])
  })

  it('puts what is attached into the caller’s deposit, and asks for some', async () => {
    const before = await availableOf(alice)
    await approve()
    const cost = before - (await availableOf(alice))
    await send(ALICE, 'nft_revoke_all', { token_id: '0' })

    await send(ALICE, 'nft_approve', { token_id: '0', account_id: bob }, 10n ** 21n)

    expect(await availableOf(alice)).toBe(before + 1n + 10n ** 21n - cost - 1n)
    const free = chain.attempt(...signed(ALICE, 'nft_approve', { token_id: '0', account_id: bob }, 0n))
    expect(free.failure).toMatch(/^InputInvalid: attached_deposit /)
  })

  it('is for the owner: an approved account approves nobody and revokes nobody', async () => {
    await approve()

    for (const [method, account_id] of [
      ['nft_approve', CAROL.accountId],
      ['nft_revoke', bob],
      ['nft_revoke_all', bob],
    ] as const)
      expect(chain.attempt(...signed(BOB, method, { token_id: '0', account_id })).failure).toBe('NotAuthorized:')
  })

  it('takes sixteen accounts and no more', async () => {
    for (let n = 0; n < 16; n++) await approve(`a${n}.near`)

    const { failure } = chain.attempt(...signed(ALICE, 'nft_approve', { token_id: '0', account_id: bob }))
    expect(failure).toMatch(/^InputInvalid: account_id is more than the 16/)
    await approve('a3.near')
  })

  it('tells the account when there is something to tell, and answers what it says', async () => {
    deployToken(chain, answering('"thanks"'))

    expect((await approve(receiver, { msg: 'sell it' })).value).toBe('thanks')
    expect(await isApproved(receiver)).toBe(true)
  })

  it('is of nobody whose name objects know by themselves', async () => {
    for (const spender of ['constructor', 'value-of'])
      expect(await chain.view(chain.agents, 'is_authorized_or_owner', { spender, agent_id: '0' })).toBe(false)
    await approve()
    expect(await chain.view(chain.agents, 'is_authorized_or_owner', { spender: 'constructor', agent_id: '0' })).toBe(
      false,
    )
  })
})

describe('a wallet', () => {
  const offer = (new_wallet = CAROL.accountId) =>
    chain.send(ALICE, chain.agents, 'set_agent_wallet', { agent_id: '0', new_wallet, deadline: chain.now() + 60n })
  const accept = (who = CAROL) => chain.attempt(who, chain.agents, 'accept_agent_wallet', { agent_id: '0' }).failure

  it('is who was asked, from its own call on', async () => {
    expect((await offer()).events).toEqual([])
    expect(await walletOf()).toBe(alice)

    expect(accept(BOB)).toBe('WalletInvalid:')
    expect(accept()).toBeUndefined()
    expect(await walletOf()).toBe(CAROL.accountId)
    expect(accept()).toBe('WalletInvalid:')
  })

  it('needs no deposit', async () => {
    await offer(ROOT.accountId)

    expect(accept(ROOT)).toBeUndefined()
  })

  it('agrees in time', async () => {
    await offer()
    chain.warp(61n)

    expect(accept()).toBe('DeadlineExpired:')
  })

  it.each([
    ['unset', () => chain.send(ALICE, chain.agents, 'unset_agent_wallet', { agent_id: '0' })],
    ['offered to another', () => offer(OWNER.accountId)],
    ['of an agent that was given away', () => send(ALICE, 'nft_transfer', { receiver_id: bob, token_id: '0' })],
  ])('that was %s since does not agree to what was', async (_, change) => {
    await offer()
    await change()

    expect(accept()).toBe('WalletInvalid:')
  })
})
