import fc from 'fast-check'
import { keccak256, stringToHex } from 'viem'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ALICE, addressOf, BOB, CAROL, type Chain, NOBODY, openChain, RELAYER } from './chain.ts'
import { expectRevert } from './expect-revert.ts'
import { callOf, forward } from './signing.ts'

const URI = 'ipfs://bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi'
const alice = addressOf(ALICE)
const bob = addressOf(BOB)

let chain: Chain
let restore: () => Promise<void>

beforeAll(async () => {
  chain = await openChain()
  restore = await chain.snapshot()
})

beforeEach(() => restore())

const walletSet = (agentId: bigint, metadataValue: string) => metadataSet(agentId, 'agentWallet', metadataValue)

const metadataSet = (agentId: bigint, metadataKey: string, metadataValue: string) => ({
  name: 'MetadataSet',
  args: { agentId, indexedMetadataKey: keccak256(stringToHex(metadataKey)), metadataKey, metadataValue },
})

const register = (uri = URI) => chain.send(ALICE, chain.agents, 'register', [uri])
const uriOf = (agentId: bigint) => chain.read(chain.agents, 'tokenURI', [agentId])
const walletOf = (agentId: bigint) => chain.read(chain.agents, 'getAgentWallet', [agentId])
const metadataOf = (agentId: bigint, key: string) => chain.read(chain.agents, 'getMetadata', [agentId, key])
const transfer = () => chain.send(ALICE, chain.agents, 'transferFrom', [alice, bob, 0n])

describe('register', () => {
  it('counts ids from 0 and emits what the reference emits, in its order', async () => {
    expect((await chain.send(ALICE, chain.agents, 'register', [])).events).toEqual([
      { name: 'Transfer', args: { from: NOBODY, to: alice, tokenId: 0n } },
      { name: 'Registered', args: { agentId: 0n, agentURI: '', owner: alice } },
      walletSet(0n, alice),
    ])
    expect((await chain.send(BOB, chain.agents, 'register', [URI])).events).toEqual([
      { name: 'Transfer', args: { from: NOBODY, to: bob, tokenId: 1n } },
      { name: 'MetadataUpdate', args: { _tokenId: 1n } },
      { name: 'Registered', args: { agentId: 1n, agentURI: URI, owner: bob } },
      walletSet(1n, bob),
    ])
  })

  it('with metadata emits each entry last', async () => {
    const metadata = [
      { metadataKey: 'a2a', metadataValue: '0x01' },
      { metadataKey: 'mcp', metadataValue: '0x' },
    ] as const

    const { events } = await chain.send(ALICE, chain.agents, 'register', [URI, metadata])

    expect(events.map(({ name }) => name).slice(0, 3)).toEqual(['Transfer', 'MetadataUpdate', 'Registered'])
    expect(events.slice(3)).toEqual([
      walletSet(0n, alice),
      metadataSet(0n, 'a2a', '0x01'),
      metadataSet(0n, 'mcp', '0x'),
    ])
    expect(await metadataOf(0n, 'a2a')).toBe('0x01')
  })

  it('rejects the reserved key', async () => {
    const metadata = [{ metadataKey: 'agentWallet', metadataValue: '0x01' }] as const

    await expectRevert(chain.send(ALICE, chain.agents, 'register', [URI, metadata]), 'Error', 'reserved key')
  })

  it('makes the signer of a forwarded request the owner', async () => {
    await forward(chain, RELAYER, ALICE, [callOf(chain.agents, 'register', [URI])])

    expect(await chain.read(chain.agents, 'ownerOf', [0n])).toBe(alice)
  })
})

describe('a URI', () => {
  it('is read back as it was written, whatever its length', async () => {
    const lengths = fc.oneof(fc.integer({ min: 0, max: 100 }), fc.constantFrom(31, 32, 33, 255, 256, 5000))

    await fc.assert(
      fc.asyncProperty(lengths, fc.string({ unit: 'grapheme', maxLength: 5 }), async (length, text) => {
        await restore()
        const uri = text + 'é'.repeat(length)
        await register(uri)
        expect(await uriOf(0n)).toBe(uri)
      }),
      { numRuns: 30 },
    )
  })

  it('may have 24,575 bytes and no more', async () => {
    await chain.send(ALICE, chain.agents, 'register', ['a'.repeat(24_575)], 12_000_000n)
    expect(await uriOf(0n)).toBe('a'.repeat(24_575))

    const longer = chain.send(ALICE, chain.agents, 'register', ['a'.repeat(24_576)], 12_000_000n)
    await expectRevert(longer, 'Error', 'text too long')
  })

  it('whose bytes look like code is text', async () => {
    await register('\u00ef\u0000\u00ff')

    expect(await uriOf(0n)).toBe('\u00ef\u0000\u00ff')
  })

  it('that the gas cannot pay for is not lost silently', async () => {
    const sending = chain.send(ALICE, chain.agents, 'register', ['a'.repeat(10_000)], 2_000_000n)

    await expect(sending).rejects.toThrow()
    await expectRevert(uriOf(0n), 'ERC721NonexistentToken', 0n)
  })
})

describe('setAgentURI', () => {
  it('replaces the URI and says who did', async () => {
    await register()

    const { events } = await chain.send(ALICE, chain.agents, 'setAgentURI', [0n, 'https://parley.example/a'])

    const args = { agentId: 0n, newURI: 'https://parley.example/a', updatedBy: alice }
    expect(events).toEqual([
      { name: 'MetadataUpdate', args: { _tokenId: 0n } },
      { name: 'URIUpdated', args },
    ])
    expect(await uriOf(0n)).toBe('https://parley.example/a')
  })

  it('empties the URI', async () => {
    await register()

    await chain.send(ALICE, chain.agents, 'setAgentURI', [0n, ''])

    expect(await uriOf(0n)).toBe('')
  })

  it('is for owner, approved and operators', async () => {
    await register()
    await expectRevert(chain.send(BOB, chain.agents, 'setAgentURI', [0n, 'x']), 'Error', 'Not authorized')

    await chain.send(ALICE, chain.agents, 'approve', [bob, 0n])
    await chain.send(ALICE, chain.agents, 'setApprovalForAll', [addressOf(CAROL), true])

    await chain.send(BOB, chain.agents, 'setAgentURI', [0n, 'x'])
    await chain.send(CAROL, chain.agents, 'setAgentURI', [0n, 'y'])
  })

  it('rejects an unknown agent', async () => {
    await expectRevert(chain.send(ALICE, chain.agents, 'setAgentURI', [5n, 'x']), 'ERC721NonexistentToken', 5n)
  })
})

describe('setMetadata', () => {
  it('stores bytes under a key', async () => {
    await register()

    const { events } = await chain.send(ALICE, chain.agents, 'setMetadata', [0n, 'a2a', '0x1234'])

    expect(events).toEqual([metadataSet(0n, 'a2a', '0x1234')])
    expect(await metadataOf(0n, 'a2a')).toBe('0x1234')
    expect(await metadataOf(0n, 'other')).toBe('0x')
  })

  it('rejects the reserved key', async () => {
    await register()

    const setting = chain.send(ALICE, chain.agents, 'setMetadata', [0n, 'agentWallet', bob])
    await expectRevert(setting, 'Error', 'reserved key')
  })

  it('rejects a stranger and an unknown agent', async () => {
    await register()

    await expectRevert(chain.send(BOB, chain.agents, 'setMetadata', [0n, 'k', '0x']), 'Error', 'Not authorized')
    await expectRevert(chain.send(BOB, chain.agents, 'setMetadata', [1n, 'k', '0x']), 'ERC721NonexistentToken', 1n)
  })
})

describe('the wallet', () => {
  it('is the first owner', async () => {
    await register()

    expect(await walletOf(0n)).toBe(alice)
    expect(await metadataOf(0n, 'agentWallet')).toBe(alice)
  })

  it('is cleared by a transfer, announced before it as in the reference', async () => {
    await register()

    const { events } = await transfer()

    expect(events).toEqual([walletSet(0n, '0x'), { name: 'Transfer', args: { from: alice, to: bob, tokenId: 0n } }])
    expect(await walletOf(0n)).toBe(NOBODY)
    expect(await metadataOf(0n, 'agentWallet')).toBe('0x')
  })

  it('stays cleared when the agent comes back', async () => {
    await register()
    await transfer()

    await chain.send(BOB, chain.agents, 'transferFrom', [bob, alice, 0n])

    expect(await walletOf(0n)).toBe(NOBODY)
  })

  it('is not cleared by a transfer that fails', async () => {
    await register()

    const stealing = chain.send(BOB, chain.agents, 'transferFrom', [alice, bob, 0n])
    await expectRevert(stealing, 'ERC721InsufficientApproval', bob, 0n)
    expect(await walletOf(0n)).toBe(alice)
  })

  it('of an unknown agent is nobody', async () => {
    expect(await walletOf(9n)).toBe(NOBODY)
    expect(await metadataOf(9n, 'agentWallet')).toBe('0x')
  })
})

describe('isAuthorizedOrOwner', () => {
  it('is true for owner, approved and operators', async () => {
    await register()
    const ask = (who: typeof ALICE) => chain.read(chain.agents, 'isAuthorizedOrOwner', [addressOf(who), 0n])
    expect(await ask(ALICE)).toBe(true)
    expect(await ask(BOB)).toBe(false)

    await chain.send(ALICE, chain.agents, 'approve', [bob, 0n])
    await chain.send(ALICE, chain.agents, 'setApprovalForAll', [addressOf(CAROL), true])

    expect(await ask(BOB)).toBe(true)
    expect(await ask(CAROL)).toBe(true)
  })

  it('rejects an unknown agent', async () => {
    await expectRevert(chain.read(chain.agents, 'isAuthorizedOrOwner', [alice, 3n]), 'ERC721NonexistentToken', 3n)
  })
})

it('supports ERC-165, ERC-721, its metadata and ERC-4906, under the reference’s name', async () => {
  for (const id of ['0x01ffc9a7', '0x80ac58cd', '0x5b5e139f', '0x49064906'] as const) {
    expect(await chain.read(chain.agents, 'supportsInterface', [id])).toBe(true)
  }
  expect(await chain.read(chain.agents, 'supportsInterface', ['0xffffffff'])).toBe(false)
  expect(await chain.read(chain.agents, 'name', [])).toBe('AgentIdentity')
  expect(await chain.read(chain.agents, 'symbol', [])).toBe('AGENT')
})
