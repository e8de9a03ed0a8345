import type { Reader } from './reader.ts'
import { customSectionReader, SECTION, type Section, sectionReader } from './sections.ts'

/**
 * What wasm-ld leaves with --emit-relocs: the symbols of a module and the places in its code that refer to them
 * (WebAssembly tool conventions, Linking.md).
 */
export type Symbol =
  | { readonly kind: 'function'; readonly index: number; readonly name: string }
  | DataSymbol
  | { readonly kind: 'other' }

export interface DataSymbol {
  readonly kind: 'data'
  readonly name: string
  readonly address: number
  readonly size: number
}

export interface Relocation {
  readonly type: number
  /** In the body of the section. */
  readonly offset: number
  readonly symbol: Symbol
}

/** Relocation types by what they refer to. */
export const FUNCTION_RELOCATIONS = [0]
export const TABLE_RELOCATIONS = [1, 12]
export const ADDRESS_RELOCATIONS = [3, 4, 11]
const WITHOUT_SYMBOL = [6]
/** Of globals and tables: nothing that the builder moves. */
const OTHER_RELOCATIONS = [7, 20]
const WITH_ADDEND = [3, 4, 5, 8, 9, 11]

const SYMBOL_TABLE = 8
const UNDEFINED = 0x10
const EXPLICIT_NAME = 0x40
const ABSOLUTE = 0x200

export function readSymbols(sections: readonly Section[]): Symbol[] {
  const segments = readSegmentAddresses(sections)
  const linking = customSectionReader(sections, 'linking')
  linking.unsigned() // version
  while (!linking.isAtEnd) {
    const id = linking.byte()
    const end = linking.unsigned() + linking.at
    if (id === SYMBOL_TABLE) return linking.list((reader) => readSymbol(reader, segments))
    linking.at = end
  }
  throw new Error('the engine has no symbol table')
}

function readSymbol(reader: Reader, segments: readonly number[]): Symbol {
  const kind = reader.byte()
  const flags = reader.unsigned()
  if (kind === 1) return readDataSymbol(reader, flags, segments)
  if (kind === 3) {
    reader.unsigned()
    return { kind: 'other' }
  }
  const index = reader.unsigned()
  const name = !(flags & UNDEFINED) || flags & EXPLICIT_NAME ? reader.name() : ''
  return kind === 0 ? { kind: 'function', index, name } : { kind: 'other' }
}

function readDataSymbol(reader: Reader, flags: number, segments: readonly number[]): Symbol {
  const name = reader.name()
  if (flags & UNDEFINED) return { kind: 'other' }
  const segment = reader.unsigned()
  const offset = reader.unsigned()
  const size = reader.unsigned()
  const base = flags & ABSOLUTE ? 0 : (segments[segment] ?? 0)
  return { kind: 'data', name, address: base + offset, size }
}

/** Of the code section, in the order of their places. */
export function readCodeRelocations(sections: readonly Section[], symbols: readonly Symbol[]): Relocation[] {
  const reader = customSectionReader(sections, 'reloc.CODE')
  reader.unsigned() // index of the section
  return reader.list(() => {
    const type = reader.byte()
    const offset = reader.unsigned()
    const index = reader.unsigned()
    if (WITH_ADDEND.includes(type)) reader.skipLeb()
    const known = [FUNCTION_RELOCATIONS, TABLE_RELOCATIONS, ADDRESS_RELOCATIONS, WITHOUT_SYMBOL, OTHER_RELOCATIONS]
    if (!known.some((types) => types.includes(type))) throw new Error(`the engine has a relocation of type ${type}`)
    const symbol = WITHOUT_SYMBOL.includes(type) ? undefined : symbols[index]
    return { type, offset, symbol: symbol ?? { kind: 'other' } }
  })
}

function readSegmentAddresses(sections: readonly Section[]): number[] {
  return sectionReader(sections, SECTION.data).list((reader) => {
    if (reader.unsigned() !== 0) throw new Error('the engine has a passive data segment')
    reader.byte() // i32.const
    const address = reader.signed()
    reader.byte() // end
    reader.take(reader.unsigned())
    return address
  })
}
