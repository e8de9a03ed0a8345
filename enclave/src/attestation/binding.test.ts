import { keccak } from '@parley/evm'
import { quoteId, reportData, workloadId } from '@parley/protocol'
import { concatHex, type Hex, keccak256, toHex } from 'viem'
import { expect, test } from 'vitest'
import { SIMULATED_MEASUREMENTS } from '../simulator/index.ts'

const binding = {
  enclave: fill('11', 20),
  encryptionKey: fill('22', 32),
  operator: fill('33', 20),
  challenge: fill('44', 32),
}

test('reportData is the enclave’s address, the hash of what it promises, and zeros', () => {
  const promised = keccak256(concatHex([binding.encryptionKey, binding.operator, binding.challenge]))

  expect(toHex(reportData(binding, keccak))).toBe(concatHex([binding.enclave, promised, fill('00', 12)]))
})

test('reportData differs when any value does', () => {
  const all = Object.keys(binding).map((name) => {
    const key = name as keyof typeof binding
    return toHex(reportData({ ...binding, [key]: fill('55', binding[key].length / 2 - 1) }, keccak))
  })

  expect(new Set([...all, toHex(reportData(binding, keccak))]).size).toBe(5)
})

test.each(Object.keys(binding))('reportData refuses another length of %s', (name) => {
  const short = { ...binding, [name]: fill('11', 19) }

  expect(() => reportData(short, keccak)).toThrow(new RegExp(`${name} has 19 bytes`))
})

test('workloadId hashes five measurements in their order and leaves RTMR3 out', () => {
  const { mrTd, rtMr0, rtMr1, rtMr2, mrConfigId } = SIMULATED_MEASUREMENTS
  const expected = keccak256(concatHex([mrTd, rtMr0, rtMr1, rtMr2, mrConfigId].map((part) => toHex(part))))

  expect(toHex(workloadId(SIMULATED_MEASUREMENTS, keccak))).toBe(expected)
  expect(toHex(workloadId({ ...SIMULATED_MEASUREMENTS, rtMr0: rtMr1, rtMr1: rtMr0 }, keccak))).not.toBe(expected)
  expect(() => workloadId({ ...SIMULATED_MEASUREMENTS, mrTd: new Uint8Array(47) }, keccak)).toThrow(/mrTd has 47 bytes/)
})

test('quoteId is the hash of the first 632 bytes', () => {
  const quote = Uint8Array.from({ length: 700 }, (_, index) => index % 251)

  expect(toHex(quoteId(quote, keccak))).toBe(keccak256(quote.subarray(0, 632)))
  expect(quoteId(quote.with(632, 0), keccak)).toEqual(quoteId(quote, keccak))
  expect(quoteId(quote.with(631, 0), keccak)).not.toEqual(quoteId(quote, keccak))
  expect(() => quoteId(quote.subarray(0, 631), keccak)).toThrow(/631 bytes/)
})

function fill(byte: string, length: number): Hex {
  return `0x${byte.repeat(length)}`
}
