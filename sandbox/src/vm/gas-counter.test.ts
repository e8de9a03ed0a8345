import { describe, expect, test } from 'vitest'
import { parametersOf } from '../parameters/index.ts'
import { GasCounter } from './gas-counter.ts'

const parameters = parametersOf(86)

function counter(prepaid: bigint): GasCounter {
  return new GasCounter(parameters, { prepaid })
}

describe('GasCounter', () => {
  test('keeps what promises get apart from what is burnt', () => {
    const gas = counter(100n)

    gas.burn(10n)
    gas.prepay(60n)

    expect(gas.burnt).toBe(10n)
    expect(gas.used).toBe(70n)
    expect(gas.remaining).toBe(30n)
  })

  test('burns all that is left of what was paid for when a cost is above it', () => {
    const gas = counter(1_000_000_000n)
    gas.pay('base')

    expect(() => gas.pay('read_memory_base')).toThrow('GasExceeded')

    expect(gas.burnt).toBe(1_000_000_000n)
    expect(gas.profile().get('read_memory_base')).toBe(1_000_000_000n - 264_768_111n)
  })

  test('a promise that asks for too much takes the rest, but does not burn it', () => {
    const gas = counter(100n)
    gas.burn(10n)

    expect(() => gas.prepay(1000n)).toThrow('GasExceeded')

    expect(gas.burnt).toBe(10n)
    expect(gas.used).toBe(100n)
  })

  test('names the limit of a call when both are crossed', () => {
    const gas = counter(10n ** 15n)

    expect(() => gas.burn(10n ** 15n + 1n)).toThrow('GasLimitExceeded')
  })

  test('refuses a sum beyond 64 bits', () => {
    expect(() => counter(100n).pay('base', 2n ** 60n)).toThrow('IntegerOverflow')
  })

  test('the profile leaves out what cost nothing', () => {
    const gas = counter(10n ** 12n)
    gas.pay('base')
    gas.pay('read_memory_byte', 0)

    expect([...gas.profile()]).toEqual([
      ['wasm', 0n],
      ['base', 264_768_111n],
    ])
  })
})
