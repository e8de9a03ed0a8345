import { expect, test } from 'vitest'
import { ByteReader } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'

test.each([
  [[0x00], 0],
  [[0x7f], 127],
  [[0x80, 0x01], 128],
  [[0x80, 0x80, 0x80, 0x80, 0x00], 0],
  [[0xff, 0xff, 0xff, 0xff, 0x0f], 0xffffffff],
])('u32 reads %j as %d', (bytes, value) => {
  expect(new ByteReader(Uint8Array.from(bytes)).u32()).toBe(value)
})

test.each([[[0xff, 0xff, 0xff, 0xff, 0x10]], [[0x80]], [[0x80, 0x80, 0x80, 0x80, 0x80, 0x00]]])(
  'u32 refuses %j: more than 32 bits, or no end',
  (bytes) => {
    expect(() => new ByteReader(Uint8Array.from(bytes)).u32()).toThrow('Deserialization')
  },
)

test.each([
  [[0x7f], true],
  [[0x80, 0x80, 0x80, 0x80, 0x78], true],
  [[0xff, 0xff, 0xff, 0xff, 0x07], true],
  [[0xff, 0xff, 0xff, 0xff, 0x08], false],
  [[0xff, 0xff, 0xff, 0xff, 0x0f], false],
])('a signed number of 32 bits in %j: its unused bits must repeat the sign (%s)', (bytes, isGood) => {
  const reader = new ByteReader(Uint8Array.from(bytes))
  const read = () => reader.skipSigned(32)

  if (isGood) expect(read).not.toThrow()
  else expect(read).toThrow('Deserialization')
})

test.each([0, 1, 63, 64, 127, 128, 822_756, 2 ** 53 - 1, -1, -64, -65, -262_144])(
  'signed writes %d as V8 reads it',
  (value) => {
    const body = new ByteWriter()
    body.raw(Uint8Array.of(0, 0x42))
    body.signed(value)
    body.byte(0x0b)

    const module = new ByteWriter()
    module.raw(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 5, 1, 0x60, 0, 1, 0x7e, 3, 2, 1, 0))
    module.raw(Uint8Array.of(7, 5, 1, 1, 0x66, 0, 0, 10, body.length + 2, 1))
    module.sized(body.written())
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(module.written())))

    expect((exports.f as () => bigint)()).toBe(BigInt(value))
  },
)
