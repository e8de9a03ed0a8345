import { accountBytes, agentModel, NOBODY, toHex } from '@parley/protocol'
import { keccak256, stringToHex } from 'viem'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { CHAINS } from './chains.ts'
import type { Driver, Person } from './driver.ts'
import { expectRefusal } from './expect-refusal.ts'

const URI = 'ipfs://bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi'

describe.each(CHAINS)('agents on %s', (_, open) => {
  let chain: Driver
  let restore: () => Promise<void>

  beforeAll(async () => {
    chain = await open()
    restore = await chain.snapshot()
  })

  beforeEach(() => restore())

  const metadataSet = (agentId: bigint, metadataKey: string, metadataValue: string) => ({
    name: 'MetadataSet',
    args: { agentId, indexedMetadataKey: keccak256(stringToHex(metadataKey)), metadataKey, metadataValue },
  })
  const walletBytes = (who: Person) => toHex(accountBytes(chain.accounts[who], chain.kind))
  const walletSet = (agentId: bigint, who: Person) => metadataSet(agentId, 'agentWallet', walletBytes(who))
  const minted = (who: Person, tokenId: bigint) => ({
    name: 'Transfer',
    args: { from: NOBODY, to: chain.accounts[who], tokenId },
  })
  const registered = (agentId: bigint, agentURI: string, who: Person) => ({
    name: 'Registered',
    args: { agentId, agentURI, owner: chain.accounts[who] },
  })

  const register = (who: Person = 'alice', agentURI = URI) => chain.send(who, 'register', { agentURI, metadata: [] })
  const ownerOf = (agentId: bigint) => chain.read('ownerOf', { agentId })
  const uriOf = (agentId: bigint) => chain.read('tokenURI', { agentId })
  const walletOf = (agentId: bigint) => chain.read('getAgentWallet', { agentId })
  const metadataOf = (agentId: bigint, metadataKey: string) => chain.read('getMetadata', { agentId, metadataKey })
  const isAuthorized = (who: Person, agentId: bigint) =>
    chain.read('isAuthorizedOrOwner', { spender: chain.accounts[who], agentId })

  const soon = () => chain.now() + 60n

  describe('register', () => {
    it('counts ids from 0 and emits what the reference emits, in its order', async () => {
      const first = await register('alice', '')
      const second = await register('bob')

      expect(first).toEqual([minted('alice', 0n), registered(0n, '', 'alice'), walletSet(0n, 'alice')])
      expect(second).toEqual([minted('bob', 1n), registered(1n, URI, 'bob'), walletSet(1n, 'bob')])
      expect(await ownerOf(0n)).toBe(chain.accounts.alice)
      expect(await uriOf(1n)).toBe(URI)
    })

    it('with metadata emits each entry last', async () => {
      const metadata = [
        { metadataKey: 'a2a', metadataValue: '0x01' },
        { metadataKey: 'mcp', metadataValue: '0x' },
      ]

      const happened = await chain.send('alice', 'register', { agentURI: URI, metadata })

      expect(happened.slice(2)).toEqual([
        walletSet(0n, 'alice'),
        metadataSet(0n, 'a2a', '0x01'),
        metadataSet(0n, 'mcp', '0x'),
      ])
      expect(await metadataOf(0n, 'a2a')).toBe('0x01')
    })

    it('rejects the reserved key', async () => {
      const metadata = [{ metadataKey: 'agentWallet', metadataValue: '0x01' }]

      const registering = chain.send('alice', 'register', { agentURI: URI, metadata })
      await expectRefusal(chain, registering, 'KeyReserved')
    })
  })

  describe('setAgentURI', () => {
    it('replaces the URI and says who did', async () => {
      await register()
      const newURI = 'https://parley.example/a'

      const happened = await chain.send('alice', 'setAgentURI', { agentId: 0n, newURI })

      const args = { agentId: 0n, newURI, updatedBy: chain.accounts.alice }
      expect(happened).toEqual([{ name: 'URIUpdated', args }])
      expect(await uriOf(0n)).toBe(newURI)
    })

    it('empties the URI', async () => {
      await register()

      await chain.send('alice', 'setAgentURI', { agentId: 0n, newURI: '' })

      expect(await uriOf(0n)).toBe('')
    })

    it.each(['é'.repeat(300), 'a "quoted" \\ text\n', '\u0000\u00ef\u00ff', '🤖 agent'])(
      'keeps %j as it is',
      async (newURI) => {
        await register()

        await chain.send('alice', 'setAgentURI', { agentId: 0n, newURI })

        expect(await uriOf(0n)).toBe(newURI)
      },
    )

    it('rejects a stranger and an unknown agent', async () => {
      await register()

      const byBob = chain.send('bob', 'setAgentURI', { agentId: 0n, newURI: 'x' })
      await expectRefusal(chain, byBob, 'NotAuthorized')
      const unknown = chain.send('alice', 'setAgentURI', { agentId: 5n, newURI: 'x' })
      await expectRefusal(chain, unknown, 'ERC721NonexistentToken', 5n)
    })
  })

  describe('setMetadata', () => {
    const setMetadata = (who: Person, agentId: bigint, metadataKey: string, metadataValue: string) =>
      chain.send(who, 'setMetadata', { agentId, metadataKey, metadataValue })

    it('stores bytes under a key', async () => {
      await register()

      const happened = await setMetadata('alice', 0n, 'a2a', '0x1234')

      expect(happened).toEqual([metadataSet(0n, 'a2a', '0x1234')])
      expect(await metadataOf(0n, 'a2a')).toBe('0x1234')
      expect(await metadataOf(0n, 'other')).toBe('0x')
    })

    it('keeps the entries of agents apart', async () => {
      await register()
      await register()

      await setMetadata('alice', 0n, '1:k', '0x01')
      await setMetadata('alice', 1n, 'k', '0x02')

      expect([await metadataOf(0n, '1:k'), await metadataOf(1n, 'k'), await metadataOf(1n, '1:k')]).toEqual([
        '0x01',
        '0x02',
        '0x',
      ])
    })

    it('rejects the reserved key', async () => {
      await register()

      await expectRefusal(chain, setMetadata('alice', 0n, 'agentWallet', '0x12'), 'KeyReserved')
    })

    it('rejects a stranger and an unknown agent', async () => {
      await register()

      await expectRefusal(chain, setMetadata('bob', 0n, 'k', '0x'), 'NotAuthorized')
      await expectRefusal(chain, setMetadata('bob', 1n, 'k', '0x'), 'ERC721NonexistentToken', 1n)
    })
  })

  describe('the wallet', () => {
    it('is the first owner', async () => {
      await register()

      expect(await walletOf(0n)).toBe(chain.accounts.alice)
      expect(await metadataOf(0n, 'agentWallet')).toBe(walletBytes('alice'))
    })

    it('is cleared by a transfer, announced before it as in the reference', async () => {
      await register()

      const happened = await chain.transferAgent('alice', 0n, chain.accounts.bob)

      const args = { from: chain.accounts.alice, to: chain.accounts.bob, tokenId: 0n }
      expect(happened).toEqual([metadataSet(0n, 'agentWallet', '0x'), { name: 'Transfer', args }])
      expect(await ownerOf(0n)).toBe(chain.accounts.bob)
      expect(await walletOf(0n)).toBe(NOBODY)
      expect(await metadataOf(0n, 'agentWallet')).toBe('0x')
    })

    it('stays cleared when the agent comes back', async () => {
      await register()
      await chain.transferAgent('alice', 0n, chain.accounts.bob)

      await chain.transferAgent('bob', 0n, chain.accounts.alice)

      expect(await walletOf(0n)).toBe(NOBODY)
    })

    it('is another that agrees', async () => {
      await register()

      const happened = await chain.setWallet('alice', 0n, 'carol', soon())

      expect(happened).toEqual([walletSet(0n, 'carol')])
      expect(await walletOf(0n)).toBe(chain.accounts.carol)
      expect(await metadataOf(0n, 'agentWallet')).toBe(walletBytes('carol'))
      expect(await ownerOf(0n)).toBe(chain.accounts.alice)
    })

    it('may be set by who is approved, and unset', async () => {
      await register()
      await chain.approveAgent('alice', 0n, 'bob')
      await chain.setWallet('bob', 0n, 'carol', soon())

      const happened = await chain.send('bob', 'unsetAgentWallet', { agentId: 0n })

      expect(happened).toEqual([metadataSet(0n, 'agentWallet', '0x')])
      expect(await walletOf(0n)).toBe(NOBODY)
    })

    it('of a new owner is the owner only when it says so', async () => {
      await register()
      await chain.transferAgent('alice', 0n, chain.accounts.bob)

      await chain.setWallet('bob', 0n, 'bob', soon())

      expect(await walletOf(0n)).toBe(chain.accounts.bob)
    })

    it('that was set is cleared by a transfer', async () => {
      await register()
      await chain.setWallet('alice', 0n, 'carol', soon())

      await chain.transferAgent('alice', 0n, chain.accounts.bob)

      expect(await walletOf(0n)).toBe(NOBODY)
    })

    it('is not set by a stranger, for an unknown agent, too late or for too long', async () => {
      await register()
      const now = chain.now()

      await expectRefusal(chain, chain.setWallet('bob', 0n, 'bob', soon()), 'NotAuthorized')
      await expectRefusal(chain, chain.send('bob', 'unsetAgentWallet', { agentId: 0n }), 'NotAuthorized')
      await expectRefusal(chain, chain.send('bob', 'unsetAgentWallet', { agentId: 4n }), 'ERC721NonexistentToken', 4n)
      await expectRefusal(chain, chain.setWallet('alice', 0n, 'carol', now - 1n), 'DeadlineExpired')
      const delay = agentModel.MAX_DEADLINE_DELAY_SECONDS
      await expectRefusal(chain, chain.setWallet('alice', 0n, 'carol', now + delay + 1n), 'DeadlineTooFar')
      expect(await walletOf(0n)).toBe(chain.accounts.alice)
    })

    it('of an unknown agent is nobody', async () => {
      expect(await walletOf(9n)).toBe(NOBODY)
      expect(await metadataOf(9n, 'agentWallet')).toBe('0x')
    })
  })

  describe('isAuthorizedOrOwner', () => {
    it('is true for the owner only', async () => {
      await register()

      expect([await isAuthorized('alice', 0n), await isAuthorized('bob', 0n)]).toEqual([true, false])

      await chain.transferAgent('alice', 0n, chain.accounts.bob)
      expect([await isAuthorized('alice', 0n), await isAuthorized('bob', 0n)]).toEqual([false, true])
    })

    it('is true for an approved account, which may act for the owner until the agent is given away', async () => {
      await register()
      await chain.approveAgent('alice', 0n, 'bob')

      expect(await isAuthorized('bob', 0n)).toBe(true)
      const newURI = 'https://parley.example/b'
      const [updated] = await chain.send('bob', 'setAgentURI', { agentId: 0n, newURI })
      expect(updated?.args).toEqual({ agentId: 0n, newURI, updatedBy: chain.accounts.bob })
      await chain.send('bob', 'setMetadata', { agentId: 0n, metadataKey: 'k', metadataValue: '0x01' })

      await chain.transferAgent('alice', 0n, chain.accounts.carol)
      expect(await isAuthorized('bob', 0n)).toBe(false)
    })

    it('rejects an unknown agent, as ownerOf and tokenURI do', async () => {
      await expectRefusal(chain, isAuthorized('alice', 3n), 'ERC721NonexistentToken', 3n)
      await expectRefusal(chain, ownerOf(3n), 'ERC721NonexistentToken', 3n)
      await expectRefusal(chain, uriOf(3n), 'ERC721NonexistentToken', 3n)
    })
  })
})
