import { expect, test } from 'vitest'
import { parametersOf } from '../parameters/index.ts'
import { GasCounter } from './gas-counter.ts'
import { Registers } from './registers.ts'

function registers(limits: Partial<ReturnType<typeof parametersOf>['limits']> = {}): Registers {
  const parameters = parametersOf(86)
  return new Registers(new GasCounter(parameters, { prepaid: 10n ** 15n }), { ...parameters.limits, ...limits })
}

test('a register holds what was written last', () => {
  const held = registers()

  held.write(7n, Uint8Array.of(1))
  held.write(7n, Uint8Array.of(2, 3))

  expect(held.read(7n)).toEqual(Uint8Array.of(2, 3))
  expect(held.lengthOf(7n)).toBe(2)
})

test('reading a register that was never written names it', () => {
  expect(() => registers().read(9n)).toThrow('InvalidRegisterId')
})

test('at the limit of their number, not even a register that exists can be replaced', () => {
  const held = registers({ max_number_registers: 2 })
  held.write(1n, Uint8Array.of(1))
  held.write(2n, Uint8Array.of(1))

  expect(() => held.write(1n, Uint8Array.of(1))).toThrow('MemoryAccessViolation')
})

test('a replaced register frees its memory', () => {
  const held = registers({ registers_memory_limit: 11 })
  held.write(1n, new Uint8Array(3))

  held.write(1n, new Uint8Array(0))
  held.write(1n, new Uint8Array(3))

  expect(() => held.write(1n, new Uint8Array(4))).toThrow('MemoryAccessViolation')
})
