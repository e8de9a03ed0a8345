import { encodeAbiParameters, keccak256, stringToHex } from 'viem'
import { expect, it } from 'vitest'
import { ALICE, addressOf, BOB, openChain } from './chain.ts'

const HASH = `0x${'5a'.repeat(32)}` as const

it('a tag whose number another has, as if their hashes began alike, is kept behind it and read back as it was', async () => {
  const chain = await openChain()
  await chain.send(ALICE, chain.agents, 'register', [])
  const give = (tag: string) =>
    chain.send(BOB, chain.reputation, 'giveFeedback', [0n, 1n, 0, tag, '', '', '', HASH] as const)
  const read = (index: bigint) => chain.read(chain.reputation, 'readFeedback', [0n, addressOf(BOB), index])

  // Slot 4, behind those of FeedbackRights, is the registry's map from a tag's number, the first seven bytes of its hash, to its text.
  const number = BigInt(keccak256(stringToHex('starred'))) >> 200n
  const slot = keccak256(encodeAbiParameters([{ type: 'uint256' }, { type: 'uint256' }], [number, 4n]))
  const text = `${stringToHex('squatter', { size: 31 })}${(2 * 'squatter'.length).toString(16).padStart(2, '0')}`
  await chain.request('hardhat_setStorageAt', chain.reputation.address, slot, text)
  await give('starred')
  await give('squatter')
  await give('starred')

  expect(await read(1n)).toEqual([1n, 0, 'starred', '', false])
  expect(await read(2n)).toEqual([1n, 0, 'squatter', '', false])
  const [count] = await chain.read(chain.reputation, 'getSummary', [0n, [addressOf(BOB)], 'starred', ''])
  expect(count).toBe(2n)
})
