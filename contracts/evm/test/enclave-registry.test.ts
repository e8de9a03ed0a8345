import type { Hex } from '@parley/protocol'
import { beforeAll, beforeEach, describe, it } from 'vitest'
import { enclaveRegistryAbi, enclaveRegistryBytecode } from '../generated/contracts.ts'
import {
  type Actor,
  addressOf,
  CAROL,
  type Chain,
  MAX_AGE,
  NOBODY,
  OWNER,
  openChain,
  VERIFIERS,
  WORKLOAD,
} from './chain.ts'
import { expectRevert } from './expect-revert.ts'
import { reportOf } from './fixtures.ts'

let chain: Chain
let restore: () => Promise<void>

beforeAll(async () => {
  chain = await openChain()
  restore = await chain.snapshot()
})

beforeEach(() => restore())

const [first, second] = VERIFIERS as [Actor, Actor, Actor]

describe('a registry', () => {
  const create = (verifiers: readonly Hex[], quorum: bigint) =>
    chain.deployContract(enclaveRegistryAbi, enclaveRegistryBytecode, [
      addressOf(OWNER),
      NOBODY,
      verifiers,
      quorum,
      MAX_AGE,
    ])

  it('is not made with a quorum of none or of more than there are', async () => {
    const verifiers = [addressOf(first), addressOf(second)]

    await expectRevert(create(verifiers, 0n), 'QuorumInvalid', 0, 2)
    await expectRevert(create(verifiers, 3n), 'QuorumInvalid', 3, 2)
  })

  it('is not made with a verifier twice or out of order', async () => {
    const twice = [addressOf(first), addressOf(first)]
    const reversed = [addressOf(second), addressOf(first)]

    await expectRevert(create(twice, 2n), 'VerifiersOutOfOrder', addressOf(first))
    await expectRevert(create(reversed, 2n), 'VerifiersOutOfOrder', addressOf(first))
  })

  it('with the zero address as verifier never counts a signature that recovers to nobody', async () => {
    const registry = await create([NOBODY, addressOf(first)], 1n)
    await chain.send(OWNER, registry, 'setWorkload', [WORKLOAD, true])
    const { events } = await chain.send(CAROL, registry, 'issueChallenge', [])
    const report = reportOf(chain, events[0]?.args.challenge as Hex)

    const registering = chain.send(CAROL, registry, 'registerEnclave', [report, [`0x${'00'.repeat(65)}`]])
    await expectRevert(registering, 'VerifiersOutOfOrder', NOBODY)
  })
})
