import type { EngineFunction, EngineModule } from './engine-module.ts'
import type { Image } from './image.ts'
import { INITIAL_PAGES, MAXIMUM_PAGES, STACK_TOP, STATIC_START, TABLE_BASE } from './layout.ts'
import type { Reached } from './reach.ts'
import { OP } from './wasm/instructions.ts'
import { customSectionReader, SECTION, type Section, sectionReader, writeSections } from './wasm/sections.ts'
import { list, name, signed, sized, unsigned } from './wasm/writer.ts'

/** A data segment costs 7 bytes or 8 beside its content: longer runs of zeroes are left out. */
const LONGEST_KEPT_ZEROS = 7

const FUNCTION_KIND = 0
const FUNCREF = 0x70
const WITH_MAXIMUM = 1

/**
 * The contract: the engine's functions as they are, its memory as data segments, the table without what calls cannot reach,
 * and one exported function for each method, which passes its JavaScript function to `entry`, with what that is called with.
 */
export function assemble(
  engine: EngineModule,
  functions: readonly EngineFunction[],
  image: Image,
  reached: Reached,
  entry: number,
): Uint8Array {
  const voidType = engine.typeCount
  const firstMethod = engine.importCount + functions.length
  const replaced = new Map<number, Uint8Array>([
    [SECTION.type, append(engine.sections, SECTION.type, [Uint8Array.of(0x60, 0, 0)])],
    [
      SECTION.function,
      append(
        engine.sections,
        SECTION.function,
        image.methods.map(() => unsigned(voidType)),
      ),
    ],
    [SECTION.table, list([[FUNCREF, WITH_MAXIMUM, ...tableSize(reached), ...tableSize(reached)]])],
    [SECTION.memory, list([[WITH_MAXIMUM, ...unsigned(INITIAL_PAGES), ...unsigned(MAXIMUM_PAGES)]])],
    [SECTION.global, withStackPointer(engine.sections)],
    [
      SECTION.export,
      list(
        image.methods.map((method, index) => [...name(method.name), FUNCTION_KIND, ...unsigned(firstMethod + index)]),
      ),
    ],
    [SECTION.element, elementSection(engine, reached, entry)],
    [
      SECTION.code,
      list([...functions.map(({ body }) => sized(body)), ...image.methods.map((m) => methodBody(m.addresses, entry))]),
    ],
    [SECTION.data, dataSection(image, reached)],
  ])
  const kept = engine.sections.filter(({ id }) => id !== SECTION.custom)
  const names: Section = { id: SECTION.custom, body: customSectionReader(engine.sections, 'name').bytes }
  return writeSections([...kept.map(({ id, body }) => ({ id, body: replaced.get(id) ?? body })), names])
}

function append(sections: readonly Section[], id: number, items: readonly (Uint8Array | number[])[]): Uint8Array {
  const reader = sectionReader(sections, id)
  const count = reader.unsigned()
  const rest = reader.bytes.subarray(reader.at)
  return Buffer.concat([unsigned(count + items.length), rest, ...items].map((part) => Uint8Array.from(part)))
}

function tableSize(reached: Reached): number[] {
  return unsigned(TABLE_BASE + Math.max(0, ...[...reached.tablePlaces].map((place) => place + 1)))
}

/** What the table no longer reaches is the entry function: never called, and there already. */
function elementSection(engine: EngineModule, reached: Reached, entry: number): Uint8Array {
  const count = Math.max(0, ...[...reached.tablePlaces].map((place) => place + 1))
  const places = engine.table.slice(0, count).map((number, place) => (reached.tablePlaces.has(place) ? number : entry))
  return list([
    Buffer.concat([Uint8Array.of(0, OP.i32Const, ...signed(TABLE_BASE), OP.end), list(places.map(unsigned))]),
  ])
}

/** The engine's only global that calls use is the first, the shadow stack's pointer. */
function withStackPointer(sections: readonly Section[]): Uint8Array {
  const reader = sectionReader(sections, SECTION.global)
  const count = reader.unsigned()
  const type = reader.take(2)
  reader.byte() // i32.const
  reader.signed()
  reader.byte() // end
  const rest = reader.bytes.subarray(reader.at)
  const first = [...type, OP.i32Const, ...signed(STACK_TOP), OP.end]
  return Buffer.concat([unsigned(count), first, rest].map((part) => Uint8Array.from(part)))
}

function methodBody(addresses: readonly number[], entry: number): Uint8Array {
  const constants = addresses.flatMap((address) => [OP.i32Const, ...signed(address)])
  return sized(Uint8Array.of(0, ...constants, OP.call, ...unsigned(entry), OP.end))
}

function dataSection(image: Image, reached: Reached): Uint8Array {
  const memory = new Uint8Array(image.memory.buffer, image.memory.byteOffset, image.heapEnd).slice()
  const isKept = new Uint8Array(image.heapStart)
  for (const { address, size } of reached.data) isKept.fill(1, address, address + size)
  for (let at = 0; at < image.heapStart; at++) if (!isKept[at]) memory[at] = 0

  return list(
    nonZeroRanges(memory).map(([start, end]) =>
      Buffer.concat([Uint8Array.of(0, OP.i32Const, ...signed(start), OP.end), sized(memory.subarray(start, end))]),
    ),
  )
}

function nonZeroRanges(memory: Uint8Array): [start: number, end: number][] {
  const ranges: [number, number][] = []
  let start = -1
  let end = -1
  for (let at = STATIC_START; at < memory.length; at++) {
    if (memory[at] === 0) continue
    if (start >= 0 && at - end >= LONGEST_KEPT_ZEROS) {
      ranges.push([start, end])
      start = -1
    }
    if (start < 0) start = at
    end = at + 1
  }
  if (start >= 0) ranges.push([start, end])
  return ranges
}
