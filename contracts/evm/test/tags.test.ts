import { encodeAbiParameters, type Hex, keccak256, stringToHex } from 'viem'
import { beforeAll, beforeEach, expect, it } from 'vitest'
import { ALICE, addressOf, BOB, type Chain, openChain } from './chain.ts'

const HASH = `0x${'5a'.repeat(32)}` as const

let chain: Chain
let restore: () => Promise<void>

beforeAll(async () => {
  chain = await openChain()
  await chain.send(ALICE, chain.agents, 'register', [])
  restore = await chain.snapshot()
})

beforeEach(() => restore())

const give = (tag: string) =>
  chain.send(BOB, chain.reputation, 'giveFeedback', [0n, 1n, 0, tag, '', '', '', HASH] as const)

/** Writes the first slot of the text that has the number of "starred", the first six bytes of its hash, as if its own hash began so. */
async function squat(content: Hex): Promise<void> {
  // Slot 4, behind those of FeedbackRights, is the registry's map from numbers to texts.
  const number = BigInt(keccak256(stringToHex('starred'))) >> 208n
  const slot = keccak256(encodeAbiParameters([{ type: 'uint256' }, { type: 'uint256' }], [number, 4n]))
  await chain.request('hardhat_setStorageAt', chain.reputation.address, slot, content)
}

it('a tag whose number another has, as if their hashes began alike, is kept behind it and read back as it was', async () => {
  const read = (index: bigint) => chain.read(chain.reputation, 'readFeedback', [0n, addressOf(BOB), index])

  await squat(`${stringToHex('squatter', { size: 31 })}${(2 * 'squatter'.length).toString(16).padStart(2, '0')}`)
  await give('starred')
  await give('squatter')
  await give('starred')

  expect(await read(1n)).toEqual([1n, 0, 'starred', '', false])
  expect(await read(2n)).toEqual([1n, 0, 'squatter', '', false])
  const [count] = await chain.read(chain.reputation, 'getSummary', [0n, [addressOf(BOB)], 'starred', ''])
  expect(count).toBe(2n)
})

it('a tag costs little more though a text of 20,000 bytes has its number', async () => {
  const { gasUsed } = await give('starred')
  await restore()
  await squat(`0x${(2 * 20_000 + 1).toString(16).padStart(64, '0')}`)

  const squatted = await give('starred')

  expect(squatted.gasUsed - gasUsed).toBeLessThan(3_000n)
})
