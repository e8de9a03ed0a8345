import { STATIC_START, TABLE_BASE } from './layout.ts'
import { type DataSymbol, type Relocation, readCodeRelocations, readSymbols } from './wasm/linking.ts'
import type { Reader } from './wasm/reader.ts'
import { readSections, SECTION, type Section, sectionReader } from './wasm/sections.ts'

/** The engine's binary in parts. */
export interface EngineModule {
  readonly sections: readonly Section[]
  readonly importCount: number
  readonly typeCount: number
  /** Of the functions that the module defines, by number without the imports. */
  readonly functions: readonly EngineFunction[]
  /** Function numbers in the table, from TABLE_BASE. */
  readonly table: readonly number[]
  /** Function numbers by export name. */
  readonly exports: ReadonlyMap<string, number>
  /** By address. */
  readonly dataSymbols: readonly DataSymbol[]
}

export interface EngineFunction {
  readonly name: string
  readonly body: Uint8Array
  /** With offsets in the body. */
  readonly relocations: readonly Relocation[]
}

export function readEngineModule(wasm: Uint8Array): EngineModule {
  const sections = readSections(wasm)
  const symbols = readSymbols(sections)
  const names = new Map(symbols.flatMap((symbol) => (symbol.kind === 'function' ? [[symbol.index, symbol.name]] : [])))
  const importCount = sectionReader(sections, SECTION.import).unsigned()
  const bodies = readBodies(sections)
  const relocations = relocationsByFunction(readCodeRelocations(sections, symbols), bodies)
  const functions = bodies.map(({ body }, index) => ({
    name: names.get(importCount + index) ?? `function ${importCount + index}`,
    body,
    relocations: relocations[index] ?? [],
  }))
  const dataSymbols = symbols
    .filter((symbol) => symbol.kind === 'data')
    .filter(({ address, size }) => size > 0 && address >= STATIC_START)
    .sort((a, b) => a.address - b.address || b.size - a.size)
  return {
    sections,
    importCount,
    typeCount: sectionReader(sections, SECTION.type).unsigned(),
    functions,
    table: readTable(sections),
    exports: readExports(sections),
    dataSymbols,
  }
}

function readBodies(sections: readonly Section[]): { body: Uint8Array; start: number }[] {
  return sectionReader(sections, SECTION.code).list((reader) => {
    const length = reader.unsigned()
    return { start: reader.at, body: reader.take(length) }
  })
}

function relocationsByFunction(
  relocations: readonly Relocation[],
  bodies: readonly { start: number; body: Uint8Array }[],
) {
  const byFunction: Relocation[][] = bodies.map(() => [])
  let index = 0
  for (const relocation of relocations) {
    while (relocation.offset >= (bodies[index + 1]?.start ?? Number.POSITIVE_INFINITY)) index++
    byFunction[index]?.push({ ...relocation, offset: relocation.offset - (bodies[index]?.start ?? 0) })
  }
  return byFunction
}

function readTable(sections: readonly Section[]): number[] {
  const reader = sectionReader(sections, SECTION.element)
  const [segments, flags] = [reader.unsigned(), reader.unsigned()]
  reader.byte() // i32.const
  if (segments !== 1 || flags !== 0 || reader.signed() !== TABLE_BASE) throw new Error('the engine has another table')
  reader.byte() // end
  return reader.list((each) => each.unsigned())
}

function readExports(sections: readonly Section[]): Map<string, number> {
  const entries = sectionReader(sections, SECTION.export).list((reader: Reader) => {
    const name = reader.name()
    const kind = reader.byte()
    return { name, kind, index: reader.unsigned() }
  })
  return new Map(entries.filter(({ kind }) => kind === 0).map(({ name, index }) => [name, index]))
}
