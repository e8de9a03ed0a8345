import { describe, expect, test } from 'vitest'
import { assemble, hostFunction, op } from './testing/assemble.ts'
import { callMain, type Storage } from './testing/call.ts'

const LOADING_BASE = 35_445_963n
const LOADING_BYTE = 1_089_295n
const INSTRUCTION = 822_756n

/** The frame of a function without locals is 64 bytes, 8 of them as dear as an instruction. */
const EMPTY_FRAME = 8n * INSTRUCTION

function loading(code: Uint8Array): bigint {
  return LOADING_BASE + BigInt(code.length) * LOADING_BYTE
}

describe('gas', () => {
  test('an empty method costs its loading and its frame', () => {
    const code = assemble({ main: [] })

    const outcome = callMain(code)

    expect(outcome.error).toBeUndefined()
    expect(outcome.gasBurnt).toBe(loading(code) + EMPTY_FRAME)
    expect(outcome.gasUsed).toBe(outcome.gasBurnt)
    expect(outcome.profile.get('wasm')).toBe(EMPTY_FRAME)
  })

  test('an instruction costs the regular cost, a block and an end nothing', () => {
    const code = assemble({ main: [op.block, op.i32(1), op.drop, op.end] })

    expect(callMain(code).gasBurnt).toBe(loading(code) + EMPTY_FRAME + 2n * INSTRUCTION)
  })

  test('code behind a branch costs nothing', () => {
    const code = assemble({ main: [op.block, op.br(0), op.i32(1), op.drop, op.end] })

    expect(callMain(code).gasBurnt).toBe(loading(code) + EMPTY_FRAME + INSTRUCTION)
  })

  test('an endless loop burns what was paid for, to the unit', () => {
    const code = assemble({ main: [op.loop, op.br(0), op.end] })

    const outcome = callMain(code, { context: { prepaidGas: 1_000_000_000_007n } })

    expect(outcome.error).toMatchObject({
      kind: 'HostError',
      error: 'GasExceeded',
      message: 'Exceeded the prepaid gas.',
    })
    expect(outcome.gasBurnt).toBe(1_000_000_000_007n)
  })

  test('a view ends at its own limit', () => {
    const code = assemble({ main: [op.loop, op.br(0), op.end] })

    const outcome = callMain(code, { context: { viewConfig: { maxGasBurnt: 5_000_000_000n } } })

    expect(outcome.error).toMatchObject({ error: 'GasLimitExceeded' })
    expect(outcome.gasBurnt).toBe(5_000_000_000n)
  })

  test('the profile adds up to what was burnt', () => {
    const code = assemble({
      imports: [hostFunction('log_utf8')],
      main: [op.i64(2), op.i64(0), op.call(0)],
      text: 'hi',
    })

    const { profile, gasBurnt, logs } = callMain(code)

    expect(logs).toEqual(['hi'])
    expect([...profile.values()].reduce((sum, gas) => sum + gas, 0n)).toBe(gasBurnt)
    expect(profile.get('log_byte')).toBe(2n * 13_198_791n)
  })
})

describe('what ends a call', () => {
  test.each([
    ['unreachable', [op.unreachable], 'Unreachable'],
    ['a division by zero', [op.i32(1), op.i32(0), op.divide, op.drop], 'IllegalArithmetic'],
    ['a load beyond the memory', [op.i32(-1 & 0x7f), op.load, op.drop], 'MemoryOutOfBounds'],
  ] as const)('%s is nearcore’s trap', (_, main, trap) => {
    const code = assemble({ main: main.map((bytes) => [...bytes]) })

    expect(callMain(code).error).toMatchObject({ kind: 'WasmTrap', error: trap })
  })

  test('a call of an empty table entry is told from one of another type', () => {
    const code = assemble({ main: [op.i32(0), op.callIndirect(0)], tableSize: 1 })

    expect(callMain(code).error).toMatchObject({ kind: 'WasmTrap', error: 'IndirectCallToNull' })
  })

  test('endless recursion ends at nearcore’s stack, not at V8’s', () => {
    const code = assemble({ main: [op.call(0)] })

    const outcome = callMain(code)

    expect(outcome.error).toMatchObject({ kind: 'HostError', error: 'MemoryAccessViolation' })
    // 262,144 bytes of stack hold 4,096 frames of 64; the next one is refused before it is charged.
    expect(outcome.gasBurnt).toBe(loading(code) + 4096n * (EMPTY_FRAME + INSTRUCTION))
  })

  test('a contract runs as before after one that failed in a host function', () => {
    const panics = assemble({
      imports: [hostFunction('abort')],
      main: [op.i32(0), op.i32(0), op.i32(0), op.i32(0), op.call(0)],
    })
    const works = assemble({ main: [] })

    expect(callMain(panics).error).toMatchObject({ error: 'BadUTF16' })
    expect(callMain(works).error).toBeUndefined()
  })
})

describe('a contract that cannot run', () => {
  test('costs nothing when the method is missing or has no name', () => {
    const code = assemble({ main: [] })

    expect(callMain(code, { method: 'other' })).toMatchObject({ gasBurnt: 0n, error: { error: 'MethodNotFound' } })
    expect(callMain(code, { method: '' })).toMatchObject({ gasBurnt: 0n, error: { error: 'MethodEmptyName' } })
  })

  test.each([
    ['SIMD', assemble({ main: [op.v128, op.drop] })],
    ['no module at all', new Uint8Array([1, 2, 3])],
    ['a body that leaves a value', assemble({ main: [op.i32(1)] })],
    ['bytes after the last section', Uint8Array.from([...assemble({ main: [] }), 0])],
  ])('is refused before it is loaded: %s', (_, code) => {
    const error = { kind: 'PrepareError', error: 'Deserialization' }
    expect(callMain(code)).toMatchObject({ gasBurnt: 0n, error: { kind: 'CompilationError', error } })
  })

  test('is refused after its loading is paid when it imports what is not there', () => {
    const code = assemble({ imports: [{ name: 'storage_burn', type: { params: [], results: [] } }], main: [] })

    const outcome = callMain(code)

    expect(outcome.error).toMatchObject({ kind: 'LinkError', msg: 'unknown or invalid import' })
    expect(outcome.gasBurnt).toBe(loading(code))
  })

  test('says which type an import has', () => {
    const code = assemble({ imports: [{ name: 'log_utf8', type: { params: [], results: [] } }], main: [] })

    expect(callMain(code).error?.message).toBe(
      'types incompatible: expected type `(func)`, found type `(func (param i64 i64))`',
    )
  })
})

describe('storage', () => {
  const writes = assemble({
    imports: [hostFunction('storage_write')],
    main: [op.i64(3), op.i64(0), op.i64(5), op.i64(3), op.i64(0), op.call(0), op.drop],
    text: 'keyvalue',
  })

  test('a write counts 40 bytes beyond key and value, and pays for the nodes on its way', () => {
    const storage: Storage = new Map()

    const outcome = callMain(writes, { storage })

    expect(storage.get('key')).toEqual(new Uint8Array(Buffer.from('value')))
    expect(outcome.storageUsage).toBe(1000n + 3n + 5n + 40n)
    expect(outcome.profile.get('touching_trie_node')).toBe(2_280_000_000n)
  })

  test('a write over a value counts the difference', () => {
    const storage: Storage = new Map([['key', new Uint8Array(20)]])

    expect(callMain(writes, { storage }).storageUsage).toBe(1000n - 15n)
  })

  test('a view may not write', () => {
    const outcome = callMain(writes, { context: { viewConfig: { maxGasBurnt: 10n ** 14n } } })

    expect(outcome.error?.message).toBe('storage_write is not allowed in view calls')
  })
})
