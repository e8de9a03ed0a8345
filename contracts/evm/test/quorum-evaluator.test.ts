import { encodeFunctionData } from 'viem'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readRevert } from '../src/revert.ts'
import { deployHostile } from './artifacts.ts'
import { ALICE, addressOf, BOB, CAROL, type Chain, NOBODY, OPERATOR, OWNER, openChain, RELAYER } from './chain.ts'
import { expectRevert } from './expect-revert.ts'
import { BUDGET, createJob, giveDollars, BODY_HASH as HASH, registerAgent } from './fixtures.ts'
import { callOf, forward } from './signing.ts'

const [carol, operator] = [addressOf(CAROL), addressOf(OPERATOR)]

let chain: Chain
let restore: () => Promise<void>

beforeAll(async () => {
  chain = await openChain()
  await registerAgent(chain)
  await giveDollars(chain)
  restore = await chain.snapshot()
})

beforeEach(() => restore())

const create = () => createJob(chain, { evaluator: chain.quorum.address })
const statusOf = async (jobId: bigint) => (await chain.read(chain.escrow, 'getJob', [jobId])).status

describe('a quorum', () => {
  it('is set and votes through the forwarder', async () => {
    const jobId = await create()
    await forward(chain, RELAYER, ALICE, [
      callOf(chain.quorum, 'setQuorumTerms', [jobId, [carol], 1n]),
      callOf(chain.escrow, 'fund', [jobId, 0n, '0x']),
    ])
    await chain.send(BOB, chain.escrow, 'submit', [jobId, HASH, '0x'])

    await forward(chain, RELAYER, CAROL, [callOf(chain.quorum, 'castVote', [jobId, true, HASH])])

    expect(await statusOf(jobId)).toBe(3)
  })

  it('has no member that is nobody', async () => {
    const setting = chain.send(ALICE, chain.quorum, 'setQuorumTerms', [await create(), [carol, NOBODY], 1n])

    await expectRevert(setting, 'AddressZero')
  })

  it('hears no member twice, though its token calls back while the last vote pays', async () => {
    const token = await deployHostile(chain, 'ReentrantToken', [BUDGET])
    await chain.send(OWNER, token, 'transfer', [addressOf(ALICE), BUDGET])
    await chain.send(ALICE, token, 'approve', [chain.escrow.address, BUDGET])
    const jobId = await create()
    await chain.send(ALICE, chain.quorum, 'setQuorumTerms', [jobId, [carol, token.address, operator], 1n])
    await chain.send(ALICE, chain.escrow, 'setBudget', [jobId, token.address, BUDGET, '0x'])
    await chain.send(ALICE, chain.escrow, 'fund', [jobId, BUDGET, '0x'])
    await chain.send(BOB, chain.escrow, 'submit', [jobId, HASH, '0x'])
    const args = [jobId, true, HASH] as const
    const again = encodeFunctionData({ abi: chain.quorum.abi, functionName: 'castVote', args })
    await chain.send(ALICE, token, 'arm', [chain.quorum.address, again])

    await chain.send(CAROL, chain.quorum, 'castVote', [jobId, true, HASH])

    expect(readRevert((await chain.read(token, 'reason', [])) as `0x${string}`).reason).toMatch(/^JobNotSubmitted: /)
    expect(await chain.read(token, 'balanceOf', [addressOf(BOB)])).toBe(BUDGET)
    expect(await statusOf(jobId)).toBe(3)
  })
})
