import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { agentRegistryAbi, agentRegistryBytecode, timelockControllerAbi } from '../generated/contracts.ts'
import { deployHostile } from './artifacts.ts'
import { ALICE, addressOf, BOB, type Chain, type Contract, encodeCall, OWNER, openChain, RELAYER } from './chain.ts'
import { expectRevert } from './expect-revert.ts'
import { callOf, forward } from './signing.ts'

const NO_OPERATION = `0x${'00'.repeat(32)}` as const

let chain: Chain
let later: Contract
let restore: () => Promise<void>

beforeAll(async () => {
  chain = await openChain()
  later = await deployHostile(chain, 'LaterAgentRegistry', [addressOf(BOB), chain.forwarder.address])
  restore = await chain.snapshot()
})

beforeEach(() => restore())

const upgrade = (who = OWNER, to = later.address, setUp: `0x${string}` = '0x') =>
  chain.send(who, chain.agents, 'upgradeToAndCall' as never, [to, setUp] as never)

describe('upgradeToAndCall', () => {
  it('replaces the code and keeps the state', async () => {
    await chain.send(ALICE, chain.agents, 'register', ['ipfs://a'])
    await chain.send(ALICE, chain.agents, 'setMetadata', [0n, 'k', '0x01'])

    await upgrade(OWNER, later.address, encodeCall(later.abi, 'setUp', [7n]))

    const after = chain.contract(later.abi, chain.agents.address)
    expect(await chain.read(after, 'added', [])).toBe(7n)
    expect(await chain.read(chain.agents, 'ownerOf', [0n])).toBe(addressOf(ALICE))
    expect(await chain.read(chain.agents, 'tokenURI', [0n])).toBe('ipfs://a')
    expect(await chain.read(chain.agents, 'getMetadata', [0n, 'k'])).toBe('0x01')
    // Texts are numbered on: the next one is found, too.
    await chain.send(ALICE, chain.agents, 'register', ['ipfs://b'])
    expect(await chain.read(chain.agents, 'tokenURI', [1n])).toBe('ipfs://b')
  })

  it('gives the registry the owner that the new code names', async () => {
    expect(await chain.read(chain.agents, 'owner', [])).toBe(addressOf(OWNER))

    await upgrade()

    expect(await chain.read(chain.agents, 'owner', [])).toBe(addressOf(BOB))
    await expectRevert(upgrade(), 'OwnableUnauthorizedAccount', addressOf(OWNER))
  })

  it('is for the owner only', async () => {
    await expectRevert(upgrade(ALICE), 'OwnableUnauthorizedAccount', addressOf(ALICE))
  })

  it('is done by a timelock after its delay, and not before', async () => {
    const governed = await openChain({ timelockDelay: 100n })
    const { address } = await deployHostile(governed, 'LaterAgentRegistry', [
      addressOf(BOB),
      governed.forwarder.address,
    ])
    const timelock = governed.contract(timelockControllerAbi, governed.owner)
    const data = encodeCall(agentRegistryAbi, 'upgradeToAndCall', [address, '0x'])
    const operation = [governed.agents.address, 0n, data, NO_OPERATION, NO_OPERATION] as const
    const execute = () => governed.send(BOB, timelock, 'execute' as never, operation as never)
    const upgrading = governed.send(OWNER, governed.agents, 'upgradeToAndCall' as never, [address, '0x'] as never)
    await expectRevert(upgrading, 'OwnableUnauthorizedAccount', addressOf(OWNER))
    await governed.send(OWNER, timelock, 'schedule', [...operation, 100n])
    await expect(execute()).rejects.toThrow('TimelockUnexpectedOperationState')

    governed.warp(100n)
    await execute()

    expect(await governed.read(governed.agents, 'owner', [])).toBe(addressOf(BOB))
  })

  it('is not done in the owner’s name by the forwarder', async () => {
    const call = callOf(chain.agents, 'upgradeToAndCall' as never, [later.address, '0x'] as never)

    await expect(forward(chain, RELAYER, OWNER, [call])).resolves.toMatchObject({ events: [{ name: 'RequestFailed' }] })
    expect(await chain.read(chain.agents, 'owner', [])).toBe(addressOf(OWNER))
  })

  it('refuses what is not such a registry', async () => {
    await expectRevert(upgrade(OWNER, chain.dollar.address), 'ERC1967InvalidImplementation', chain.dollar.address)
    // A proxy behind a proxy would call itself for ever.
    await expectRevert(upgrade(OWNER, chain.agents.address), 'ERC1967InvalidImplementation', chain.agents.address)
  })

  it('does not work on the code itself, so that nobody can pull it away from under the proxy', async () => {
    const code = await chain.deployContract(agentRegistryAbi, agentRegistryBytecode, [
      addressOf(OWNER),
      chain.forwarder.address,
    ])

    const upgrading = chain.send(OWNER, code, 'upgradeToAndCall' as never, [later.address, '0x'] as never)
    await expectRevert(upgrading, 'UUPSUnauthorizedCallContext')
  })
})
