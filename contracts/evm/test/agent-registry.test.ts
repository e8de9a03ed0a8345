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

const walletSet = (agentId: bigint, metadataValue: string) => {
  const metadataKey = 'agentWallet'
  const indexedMetadataKey = keccak256(stringToHex(metadataKey))
  return { name: 'MetadataSet', args: { agentId, indexedMetadataKey, metadataKey, metadataValue } }
}

const register = (uri = URI) => chain.send(ALICE, chain.agents, 'register', [uri])
const uriOf = (agentId: bigint) => chain.read(chain.agents, 'tokenURI', [agentId])

describe('register', () => {
  it('may leave out metadata and URI', async () => {
    const { events } = await chain.send(ALICE, chain.agents, 'register', [])

    expect(events).toEqual([
      { name: 'Transfer', args: { from: NOBODY, to: alice, tokenId: 0n } },
      { name: 'Registered', args: { agentId: 0n, agentURI: '', owner: alice } },
      walletSet(0n, alice),
    ])
  })

  it('announces a URI as ERC-4906 wants it', async () => {
    expect((await register()).events.map(({ name }) => name)).toEqual([
      'Transfer',
      'MetadataUpdate',
      'Registered',
      'MetadataSet',
    ])
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
    await expectRevert(longer, 'TextTooLong', 24_576n, 24_575n)
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
  it('announces the URI as ERC-4906 wants it', async () => {
    await register()

    const { events } = await chain.send(ALICE, chain.agents, 'setAgentURI', [0n, 'x'])

    expect(events.map(({ name }) => name)).toEqual(['MetadataUpdate', 'URIUpdated'])
  })

  it('is for approved and operators too', async () => {
    await register()
    await chain.send(ALICE, chain.agents, 'approve', [bob, 0n])
    await chain.send(ALICE, chain.agents, 'setApprovalForAll', [addressOf(CAROL), true])

    await chain.send(BOB, chain.agents, 'setAgentURI', [0n, 'x'])
    await chain.send(CAROL, chain.agents, 'setAgentURI', [0n, 'y'])
  })
})

describe('a transfer', () => {
  it('that fails does not clear the wallet', async () => {
    await register()

    const stealing = chain.send(BOB, chain.agents, 'transferFrom', [alice, bob, 0n])
    await expectRevert(stealing, 'ERC721InsufficientApproval', bob, 0n)
    expect(await chain.read(chain.agents, 'getAgentWallet', [0n])).toBe(alice)
  })
})

describe('isAuthorizedOrOwner', () => {
  it('is true for approved and operators too', async () => {
    await register()
    const ask = (who: typeof ALICE) => chain.read(chain.agents, 'isAuthorizedOrOwner', [addressOf(who), 0n])

    await chain.send(ALICE, chain.agents, 'approve', [bob, 0n])
    await chain.send(ALICE, chain.agents, 'setApprovalForAll', [addressOf(CAROL), true])

    expect(await ask(BOB)).toBe(true)
    expect(await ask(CAROL)).toBe(true)
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
