import { BuildError } from './build-error.ts'
import { OP, readInstruction, skipLocals } from './wasm/instructions.ts'
import { Reader } from './wasm/reader.ts'
import { readSections, SECTION, type Section, sectionReader } from './wasm/sections.ts'

/** Nearcore's `limit_config` of protocol 86, and what a deploy needs beside the code in its transaction. */
const LIMITS = {
  contractBytes: 1_572_864 - 1_024,
  functions: 10_000,
  types: 1_024,
  tableElements: 10_000,
  bodyBytes: 196_608,
  blocksInFunction: 5_000,
  blocks: 50_000,
  methodNameBytes: 256,
} as const

/** Refuses what nearcore would. */
export function checkLimits(wasm: Uint8Array): void {
  atMost('contractBytes', wasm.length, 'bytes')
  const sections = readSections(wasm)
  atMost('types', sectionReader(sections, SECTION.type).unsigned(), 'types')
  atMost('functions', sectionReader(sections, SECTION.function).unsigned(), 'functions')
  atMost('tableElements', tableElements(sections), 'elements of the table')
  for (const name of exportNames(sections))
    atMost('methodNameBytes', Buffer.byteLength(name), `bytes in the name ${name}`)

  const bodies = sectionReader(sections, SECTION.code).list((reader) => reader.take(reader.unsigned()))
  const blocks = bodies.map(countBlocks)
  atMost('bodyBytes', Math.max(...bodies.map(({ length }) => length)), 'bytes in one function')
  atMost('blocksInFunction', Math.max(...blocks), 'blocks in one function')
  atMost(
    'blocks',
    blocks.reduce((sum, count) => sum + count, 0),
    'blocks',
  )
}

function atMost(limit: keyof typeof LIMITS, count: number, what: string): void {
  if (count > LIMITS[limit])
    throw new BuildError(`NEAR takes at most ${LIMITS[limit]} ${what}, the contract has ${count}`)
}

function tableElements(sections: readonly Section[]): number {
  const reader = sectionReader(sections, SECTION.table)
  reader.take(3) // one table, funcref, with a maximum
  return reader.unsigned()
}

function exportNames(sections: readonly Section[]): string[] {
  return sectionReader(sections, SECTION.export).list((reader) => {
    const name = reader.name()
    reader.byte()
    reader.unsigned()
    return name
  })
}

function countBlocks(bytes: Uint8Array): number {
  const body = new Reader(bytes)
  skipLocals(body)
  let count = 0
  while (!body.isAtEnd) {
    const opcode = readInstruction(body)
    if (opcode === OP.block || opcode === OP.loop || opcode === OP.if) count++
  }
  return count
}
