import fc from 'fast-check'
import { bytesToHex, hexToBytes } from 'viem'
import { describe, expect, it } from 'vitest'
import { concat, fromHex, toHex } from '../src/index.ts'

describe('toHex and fromHex', () => {
  it('equal viem and bring back every byte', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(toHex(bytes)).toBe(bytesToHex(bytes))
        expect(fromHex(toHex(bytes))).toEqual(hexToBytes(toHex(bytes)))
        expect(fromHex(toHex(bytes).toUpperCase().replace('0X', '0x'))).toEqual(bytes)
      }),
    )
  })

  it('take a megabyte', () => {
    const bytes = new Uint8Array(1 << 20).fill(0xa5)

    expect(toHex(fromHex(toHex(bytes))) === toHex(bytes)).toBe(true)
  })

  it.each(['', '0', '0x0', 'ab', '0X00', '0xgg', ' 0x00', '0x00 ', '0x00\n', '0x 00'])('refuse %j', (text) => {
    expect(() => fromHex(text)).toThrow(RangeError)
  })
})

describe('concat', () => {
  it('joins in order', () => {
    expect(concat([Uint8Array.of(1), new Uint8Array(), Uint8Array.of(2, 3)])).toEqual(Uint8Array.of(1, 2, 3))
    expect(concat([])).toEqual(new Uint8Array())
  })
})
