import type { Hex } from 'viem'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { agentRegistryAbi, agentRegistryBytecode, timelockControllerAbi } from '../generated/contracts.ts'
import { deployHostile } from './artifacts.ts'
import {
  type Actor,
  ALICE,
  addressOf,
  BOB,
  CAROL,
  type Chain,
  type Contract,
  encodeCall,
  OWNER,
  openChain,
  RELAYER,
} from './chain.ts'
import { expectRevert } from './expect-revert.ts'
import { createSubmittedJob, giveDollars, registerAgent } from './fixtures.ts'
import { callOf, forward } from './signing.ts'

const HASH: Hex = `0x${'5a'.repeat(32)}`
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

const upgrade = (who = OWNER, to = later.address, setUp: Hex = '0x', registry: Contract = chain.agents) =>
  chain.send(who, registry, 'upgradeToAndCall' as never, [to, setUp] as never)

describe('upgradeToAndCall', () => {
  it('replaces the code and keeps the state', async () => {
    await chain.send(ALICE, chain.agents, 'register', ['ipfs://a'])
    await chain.send(ALICE, chain.agents, 'setMetadata', [0n, 'k', '0x01'])
    await chain.send(ALICE, chain.agents, 'register', [])
    await chain.send(ALICE, chain.agents, 'approve', [addressOf(CAROL), 0n])
    await chain.send(ALICE, chain.agents, 'setApprovalForAll', [addressOf(BOB), true])
    await chain.send(ALICE, chain.agents, 'transferFrom', [addressOf(ALICE), addressOf(CAROL), 1n])
    const answers = () => {
      const ofBoth = (['ownerOf', 'tokenURI', 'getAgentWallet', 'getApproved'] as const).flatMap((view) =>
        [0n, 1n].map((id) => chain.read(chain.agents, view, [id])),
      )
      const approval = chain.read(chain.agents, 'isApprovedForAll', [addressOf(ALICE), addressOf(BOB)])
      const count = chain.read(chain.agents, 'balanceOf', [addressOf(ALICE)])
      return Promise.all([...ofBoth, approval, count, chain.read(chain.agents, 'getMetadata', [0n, 'k'])])
    }
    const before = await answers()

    await upgrade(OWNER, later.address, encodeCall(later.abi, 'setUp', [7n]))

    expect(await chain.read(chain.contract(later.abi, chain.agents.address), 'added', [])).toBe(7n)
    expect(await answers()).toEqual(before)
    expect(before).toContain('ipfs://a')
    // Ids and texts are numbered on: the next one is found, too.
    await chain.send(ALICE, chain.agents, 'register', ['ipfs://b'])
    expect(await chain.read(chain.agents, 'tokenURI', [2n])).toBe('ipfs://b')
  })

  it('keeps what was said of agents, what it weighs, and who has said it', async () => {
    const { reputation, agents, escrow, dollar } = chain
    const [bob, carol] = [addressOf(BOB), addressOf(CAROL)]
    const give = (who: Actor, tag1: string) =>
      chain.send(who, reputation, 'giveFeedback', [0n, 87n, 2, tag1, 'week', '', '', HASH])
    const answers = () =>
      Promise.all([
        chain.read(reputation, 'getClients', [0n]),
        chain.read(reputation, 'readAllFeedback', [0n, [], '', '', true]),
        chain.read(reputation, 'getSummary', [0n, [bob, carol], 'starred', '']),
        chain.read(reputation, 'getBackedSummary', [0n, [addressOf(ALICE)], '', '']),
        chain.read(reputation, 'getResponseCount', [0n, bob, 1n, [carol]]),
        chain.read(reputation, 'tokenPrice', [dollar.address]),
        chain.read(reputation, 'weightCap', []),
      ])
    await registerAgent(chain)
    await chain.send(OWNER, reputation, 'setTokenPrice', [dollar.address, 10n ** 18n])
    await chain.send(OWNER, reputation, 'setWeightCap', [1_000_000])
    await chain.send(OWNER, escrow, 'setPlatformFee', [200n, carol])
    await giveDollars(chain)
    const jobId = await createSubmittedJob(chain, { evaluator: carol })
    await chain.send(CAROL, escrow, 'complete', [jobId, HASH, '0x'])
    const backed = [jobId, 0n, 87n, 2, 'starred', 'week', '', '', HASH] as const
    await chain.send(ALICE, reputation, 'giveBackedFeedback', backed)
    await chain.send(BOB, agents, 'transferFrom', [bob, addressOf(OWNER), 0n])
    for (const who of [BOB, CAROL, BOB]) await give(who, 'starred')
    await chain.send(BOB, reputation, 'revokeFeedback', [0n, 2n])
    await chain.send(CAROL, reputation, 'appendResponse', [0n, bob, 1n, 'ipfs://r', HASH])
    const before = await answers()
    const code = await deployHostile(chain, 'LaterReputationRegistry', [
      ...[addressOf(OWNER), chain.forwarder.address],
      ...[agents.address, escrow.address],
    ])

    await upgrade(OWNER, code.address, encodeCall(code.abi, 'setUp', [7n]), reputation)

    expect(await answers()).toEqual(before)
    expect(before[3]).toEqual([1n, 87n, 2, 50_000n])
    const again = chain.send(ALICE, reputation, 'giveBackedFeedback', backed)
    await expectRevert(again, 'FeedbackRightUsed', jobId, addressOf(ALICE))
    await give(BOB, 'new')
    expect(await chain.read(reputation, 'getLastIndex', [0n, bob])).toBe(3n)
  })

  it('keeps what validators were asked and what they found', async () => {
    const { validation, agents } = chain
    await registerAgent(chain)
    await chain.send(BOB, validation, 'validationRequest', [addressOf(CAROL), 0n, 'ipfs://q', HASH])
    await chain.send(BOB, validation, 'requestValidation', [addressOf(CAROL), 0n, 'ipfs://q', HASH])
    await chain.send(CAROL, validation, 'validationResponse', [HASH, 70, '', HASH, 'tested'])
    const answers = () =>
      Promise.all([
        chain.read(validation, 'getValidationStatus', [HASH]),
        chain.read(validation, 'getSummary', [0n, [], 'tested']),
        chain.read(validation, 'getAgentValidations', [0n]),
        chain.read(validation, 'getValidatorRequests', [addressOf(CAROL)]),
      ])
    const before = await answers()
    const code = await deployHostile(chain, 'LaterValidationRegistry', [
      ...[addressOf(OWNER), chain.forwarder.address],
      agents.address,
    ])

    await upgrade(OWNER, code.address, encodeCall(code.abi, 'setUp', [7n]), validation)

    expect(await answers()).toEqual(before)
    expect(before[1]).toEqual([1n, 70])
    const again = chain.send(BOB, validation, 'validationRequest', [addressOf(CAROL), 0n, '', HASH])
    await expectRevert(again, 'ValidationExists')
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

  it('is not hurried by anybody: who deployed the timelock and proposes in it cannot change it', async () => {
    const governed = await openChain({ timelockDelay: 100n })
    const timelock = governed.contract(timelockControllerAbi, governed.owner)
    const proposing = await governed.read(timelock, 'PROPOSER_ROLE', [])

    await expect(governed.send(OWNER, timelock, 'updateDelay', [0n])).rejects.toThrow('TimelockUnauthorizedCaller')
    const granting = governed.send(OWNER, timelock, 'grantRole', [proposing, addressOf(BOB)])
    await expect(granting).rejects.toThrow('AccessControlUnauthorizedAccount')
    expect(await governed.read(timelock, 'hasRole', [NO_OPERATION, governed.owner])).toBe(true)
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
