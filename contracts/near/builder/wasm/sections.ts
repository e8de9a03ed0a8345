import { Reader } from './reader.ts'
import { sized } from './writer.ts'

/** Ids of sections (WebAssembly 2.0, section 5.5.2). */
export const SECTION = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  element: 9,
  code: 10,
  data: 11,
} as const

export interface Section {
  readonly id: number
  readonly body: Uint8Array
}

const HEADER = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00)

export function readSections(wasm: Uint8Array): Section[] {
  const reader = new Reader(wasm, HEADER.length)
  const sections: Section[] = []
  while (!reader.isAtEnd) sections.push({ id: reader.byte(), body: reader.take(reader.unsigned()) })
  return sections
}

export function writeSections(sections: readonly Section[]): Uint8Array {
  return Buffer.concat([HEADER, ...sections.flatMap(({ id, body }) => [Uint8Array.of(id), sized(body)])])
}

/** A reader at the start of the section. Throws when there is none. */
export function sectionReader(sections: readonly Section[], id: number): Reader {
  const section = sections.find((each) => each.id === id)
  if (section === undefined) throw new Error(`the engine has no section ${id}`)
  return new Reader(section.body)
}

/** A reader behind the name of the custom section. */
export function customSectionReader(sections: readonly Section[], name: string): Reader {
  for (const section of sections) {
    if (section.id !== SECTION.custom) continue
    const reader = new Reader(section.body)
    if (reader.name() === name) return reader
  }
  throw new Error(`the engine has no section ${name}`)
}
