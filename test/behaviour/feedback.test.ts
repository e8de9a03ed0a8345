import { NOBODY, reputationModel } from '@parley/protocol'
import { keccak256, stringToHex } from 'viem'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { CHAINS } from './chains.ts'
import type { Driver, Person } from './driver.ts'
import { expectRefusal } from './expect-refusal.ts'

const { MAX_ABS_VALUE } = reputationModel
const HASH = `0x${'fe'.repeat(32)}`

/** What is said when the test does not say it. */
const said = {
  value: 87n,
  valueDecimals: 0,
  tag1: 'starred',
  tag2: 'week',
  endpoint: 'https://agent.example/price',
  feedbackURI: 'ipfs://feedback',
  feedbackHash: HASH,
}

describe.each(CHAINS)('feedback on %s', (_, open) => {
  let chain: Driver
  let restore: () => Promise<void>

  beforeAll(async () => {
    chain = await open()
    await chain.send('alice', 'register', { agentURI: '', metadata: [] })
    restore = await chain.snapshot()
  })

  beforeEach(() => restore())

  const give = (who: Person, change: Partial<typeof said> = {}, agentId = 0n) =>
    chain.send(who, 'giveFeedback', { agentId, ...said, ...change })
  const revoke = (who: Person, feedbackIndex = 1n) => chain.send(who, 'revokeFeedback', { agentId: 0n, feedbackIndex })
  const respond = (who: Person, change: object = {}) =>
    chain.send(who, 'appendResponse', {
      agentId: 0n,
      clientAddress: chain.accounts.bob,
      feedbackIndex: 1n,
      responseURI: 'ipfs://refund',
      responseHash: HASH,
      ...change,
    })
  const accounts = (...people: Person[]) => people.map((who) => chain.accounts[who])
  const read = (who: Person, feedbackIndex = 1n) =>
    chain.read('readFeedback', { agentId: 0n, clientAddress: chain.accounts[who], feedbackIndex })
  const summary = (people: readonly Person[], tag1 = '', tag2 = '') =>
    chain.read('getSummary', { agentId: 0n, clientAddresses: accounts(...people), tag1, tag2 })
  const readAll = (people: readonly Person[], { tag1 = '', tag2 = '', includeRevoked = false } = {}) =>
    chain.read('readAllFeedback', { agentId: 0n, clientAddresses: accounts(...people), tag1, tag2, includeRevoked })
  const responses = (who: Person | undefined, feedbackIndex: bigint, ...responders: Person[]) =>
    chain.read('getResponseCount', {
      agentId: 0n,
      clientAddress: who === undefined ? NOBODY : chain.accounts[who],
      feedbackIndex,
      responders: accounts(...responders),
    })

  describe('giveFeedback', () => {
    it('tells what was said and keeps what counts', async () => {
      const happened = await give('bob')

      const args = { agentId: 0n, clientAddress: chain.accounts.bob, feedbackIndex: 1n, ...said, valueDecimals: 0n }
      const indexedTag1 = keccak256(stringToHex('starred'))
      expect(happened).toEqual([{ name: 'NewFeedback', args: { ...args, indexedTag1 } }])
      expect(await read('bob')).toEqual({
        value: 87n,
        valueDecimals: 0n,
        tag1: 'starred',
        tag2: 'week',
        isRevoked: false,
      })
    })

    it('counts from 1, by agent and client', async () => {
      await chain.send('carol', 'register', { agentURI: '', metadata: [] })
      await give('bob')
      await give('bob', { value: -5n })
      await give('operator')
      await give('bob', {}, 1n)

      const last = (who: Person, agentId = 0n) =>
        chain.read('getLastIndex', { agentId, clientAddress: chain.accounts[who] })
      expect([await last('bob'), await last('operator'), await last('bob', 1n), await last('carol')]).toEqual([
        2n,
        1n,
        1n,
        0n,
      ])
      expect(await read('bob', 2n)).toMatchObject({ value: -5n })
      expect(await chain.read('getClients', { agentId: 0n })).toEqual(accounts('bob', 'operator'))
      expect(await chain.read('getClients', { agentId: 1n })).toEqual(accounts('bob'))
    })

    it('takes values up to 1e38 either way, with up to 18 decimals', async () => {
      await give('bob', { value: MAX_ABS_VALUE, valueDecimals: 18 })
      await give('bob', { value: -MAX_ABS_VALUE })

      expect(await read('bob')).toMatchObject({ value: MAX_ABS_VALUE, valueDecimals: 18n })
      await expectRefusal(chain, give('bob', { value: MAX_ABS_VALUE + 1n }), 'ValueTooLarge')
      await expectRefusal(chain, give('bob', { value: -MAX_ABS_VALUE - 1n }), 'ValueTooLarge')
      await expectRefusal(chain, give('bob', { valueDecimals: 19 }), 'DecimalsTooMany')
    })

    it('rejects the owner, whom it approved, and an unknown agent', async () => {
      await chain.approveAgent('alice', 0n, 'carol')

      await expectRefusal(chain, give('alice'), 'SelfFeedback')
      await expectRefusal(chain, give('carol'), 'SelfFeedback')
      await expectRefusal(chain, give('bob', {}, 7n), 'ERC721NonexistentToken', 7n)
      expect(await chain.read('getClients', { agentId: 0n })).toEqual([])
    })

    it.each([
      ['empty tags', '', ''],
      ['long tags', 't'.repeat(64), 'é'.repeat(40)],
      ['tags that are alike', 'same', 'same'],
    ])('keeps %s', async (_, tag1, tag2) => {
      await give('bob', { tag1, tag2 })
      await give('carol', { tag1, tag2 })

      expect(await read('bob')).toMatchObject({ tag1, tag2 })
      expect(await read('carol')).toMatchObject({ tag1, tag2 })
    })
  })

  it('tells tags apart that read alike together', async () => {
    await give('bob', { tag1: 'star', tag2: 'red' })
    await give('bob', { tag1: 'starred', tag2: '' })
    await give('bob', { tag1: '', tag2: 'starred' })

    const found = async (tag1: string, tag2: string) =>
      (await readAll(['bob'], { tag1, tag2 })) as { readonly feedbackIndexes: readonly bigint[] }
    expect(await found('star', 'red')).toMatchObject({ feedbackIndexes: [1n], tag1s: ['star'], tag2s: ['red'] })
    expect(await found('starred', '')).toMatchObject({ feedbackIndexes: [2n], tag1s: ['starred'], tag2s: [''] })
    expect(await found('', 'starred')).toMatchObject({ feedbackIndexes: [3n], tag1s: [''], tag2s: ['starred'] })
    expect(await found('starr', 'ed')).toMatchObject({ feedbackIndexes: [] })
  })

  describe('revokeFeedback', () => {
    it('takes back what was said, once', async () => {
      await give('bob')

      const args = { agentId: 0n, clientAddress: chain.accounts.bob, feedbackIndex: 1n }
      expect(await revoke('bob')).toEqual([{ name: 'FeedbackRevoked', args }])
      expect(await read('bob')).toMatchObject({ isRevoked: true, value: 87n })
      await expectRefusal(chain, revoke('bob'), 'FeedbackAlreadyRevoked')
    })

    it('is for who said it', async () => {
      await give('bob')

      await expectRefusal(chain, revoke('alice'), 'FeedbackUnknown')
      await expectRefusal(chain, revoke('bob', 0n), 'FeedbackIndexZero')
      await expectRefusal(chain, revoke('bob', 2n), 'FeedbackUnknown')
    })
  })

  describe('appendResponse', () => {
    it('is for anybody, as often as they like', async () => {
      await give('bob')

      const happened = await respond('alice')
      await respond('alice')
      await respond('carol')

      const args = {
        agentId: 0n,
        clientAddress: chain.accounts.bob,
        feedbackIndex: 1n,
        responder: chain.accounts.alice,
      }
      const event = { name: 'ResponseAppended', args: { ...args, responseURI: 'ipfs://refund', responseHash: HASH } }
      expect(happened).toEqual([event])
      expect(await responses('bob', 1n)).toBe(3n)
      expect([await responses('bob', 1n, 'alice'), await responses('bob', 1n, 'operator')]).toEqual([2n, 0n])
    })

    it('is counted by feedback, by client and by agent', async () => {
      await give('bob')
      await give('bob')
      await give('carol')
      await respond('alice')
      await respond('alice', { feedbackIndex: 2n })
      await respond('operator', { clientAddress: chain.accounts.carol })

      expect([await responses('bob', 2n), await responses('bob', 0n), await responses(undefined, 0n)]).toEqual([
        1n,
        2n,
        3n,
      ])
      expect(await responses(undefined, 0n, 'alice')).toBe(2n)
    })

    it('says something, to what there is', async () => {
      await give('bob')

      await expectRefusal(chain, respond('alice', { responseURI: '' }), 'ResponseEmpty')
      await expectRefusal(chain, respond('alice', { feedbackIndex: 0n }), 'FeedbackIndexZero')
      await expectRefusal(chain, respond('alice', { feedbackIndex: 2n }), 'FeedbackUnknown')
      await expectRefusal(chain, respond('alice', { agentId: 4n }), 'FeedbackUnknown')
    })
  })

  describe('getSummary', () => {
    const mean = (count: bigint, summaryValue: bigint, summaryValueDecimals: bigint) => ({
      count,
      summaryValue,
      summaryValueDecimals,
    })

    it('is the mean of the named clients’ feedback, without what was taken back', async () => {
      await give('bob', { value: 80n })
      await give('bob', { value: 91n })
      await give('carol', { value: 0n })
      await give('operator', { value: 1000n })
      await revoke('carol')

      expect(await summary(['bob', 'carol'])).toEqual(mean(2n, 85n, 0n))
      expect(await summary(['operator', 'operator'])).toEqual(mean(2n, 1000n, 0n))
      expect(await summary(['relayer'])).toEqual(mean(0n, 0n, 0n))
    })

    it('filters by tags', async () => {
      await give('bob', { value: 1n, tag1: 'a', tag2: 'x' })
      await give('bob', { value: 2n, tag1: 'a', tag2: 'y' })
      await give('bob', { value: 4n, tag1: 'b', tag2: 'y' })

      expect(await summary(['bob'], 'a')).toEqual(mean(2n, 1n, 0n))
      expect(await summary(['bob'], '', 'y')).toEqual(mean(2n, 3n, 0n))
      expect(await summary(['bob'], 'a', 'y')).toEqual(mean(1n, 2n, 0n))
      expect(await summary(['bob'], 'never said')).toEqual(mean(0n, 0n, 0n))
      expect(await summary(['bob'], 'x')).toEqual(mean(0n, 0n, 0n))
    })

    it('has the most frequent number of decimals, the least of several, and rounds towards zero', async () => {
      await give('bob', { value: 9977n, valueDecimals: 2 })
      await give('bob', { value: 50n, valueDecimals: 0 })
      expect(await summary(['bob'])).toEqual(mean(2n, 74n, 0n))

      await give('carol', { value: -32n, valueDecimals: 2 })
      expect(await summary(['bob', 'carol'])).toEqual(mean(3n, 4981n, 2n))
      await give('operator', { value: -35n, valueDecimals: 1 })
      expect(await summary(['operator'])).toEqual(mean(1n, -35n, 1n))
      expect(await summary(['carol', 'operator'])).toEqual(mean(2n, -19n, 1n))
    })

    it('has fewer decimals when it is too large for them, and is never another number', async () => {
      await give('bob', { value: MAX_ABS_VALUE })
      await give('bob', { value: 1n, valueDecimals: 18 })
      await give('bob', { value: 1n, valueDecimals: 18 })

      expect(await summary(['bob'])).toEqual(mean(3n, MAX_ABS_VALUE / 3n, 0n))
    })

    it('asks for clients: whoever likes may be one', async () => {
      await expectRefusal(chain, summary([]), 'ClientsMissing')
    })
  })

  describe('readAllFeedback', () => {
    it('has a list for each field, of all clients in the order of their first feedback', async () => {
      await give('carol', { value: -1n })
      await give('bob', { tag1: 'a', tag2: '' })
      await give('carol', { value: 3n, valueDecimals: 2 })
      await revoke('carol', 2n)

      expect(await readAll([], { includeRevoked: true })).toEqual({
        clients: accounts('carol', 'carol', 'bob'),
        feedbackIndexes: [1n, 2n, 1n],
        values: [-1n, 3n, 87n],
        valueDecimals: [0n, 2n, 0n],
        tag1s: ['starred', 'starred', 'a'],
        tag2s: ['week', 'week', ''],
        revokedStatuses: [false, true, false],
      })
      expect(await readAll(['carol'])).toMatchObject({ clients: accounts('carol'), values: [-1n] })
      expect(await readAll([], { tag1: 'a' })).toMatchObject({ clients: accounts('bob') })
      expect(await readAll(['relayer'])).toMatchObject({ clients: [], values: [] })
    })
  })

  it('of one client and index is read only when it was given', async () => {
    await expectRefusal(chain, read('bob', 0n), 'FeedbackIndexZero')
    await expectRefusal(chain, read('bob', 1n), 'FeedbackUnknown')
  })

  it('stays when the agent changes hands, and the former owner may give some then', async () => {
    await give('bob')
    await chain.transferAgent('alice', 0n, chain.accounts.bob)

    await give('alice', { value: 1n })

    await expectRefusal(chain, give('bob'), 'SelfFeedback')
    expect(await summary(['bob', 'alice'])).toMatchObject({ count: 2n })
  })
})
