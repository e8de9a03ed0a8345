import type { Limits } from '../../parameters/index.ts'
import { ByteReader } from './byte-reader.ts'
import {
  type Export,
  ExternalKind,
  type FunctionBody,
  type FunctionType,
  isValueType,
  type Module,
  Section,
  type ValueType,
} from './module.ts'
import { PrepareFailure, wellFormed } from './prepare-failure.ts'

/** `\0asm`, version 1. */
const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]

/** wasmparser: `MAX_WASM_FUNCTION_LOCALS`. */
const MAX_LOCALS_PER_FUNCTION = 50_000

/** wasmparser: `MAX_WASM_TABLE_ENTRIES`, of the minimum only. */
const MAX_TABLE_ENTRIES = 10_000_000

const MAX_U32 = 2 ** 32 - 1

/** 4 GiB. */
const MAX_MEMORY_PAGES = 65_536

const FUNCTION_TYPE = 0x60

/** The order that the specification demands; the data count stands before the code that refers to it. */
const SECTION_ORDER: number[] = [
  Section.type,
  Section.import,
  Section.function,
  Section.table,
  Section.memory,
  Section.global,
  Section.export,
  Section.start,
  Section.element,
  Section.dataCount,
  Section.code,
  Section.data,
]

/**
 * Reads a module by nearcore's rules (`prepare/prepare_v3.rs`) and throws `PrepareFailure` in its order: the limits, and
 * what WebAssembly features NEAR leaves out. What types and indices must hold is left to V8's own validation.
 */
export function readModule(bytes: Uint8Array, limits: Limits): Module {
  const reader = new ByteReader(bytes)
  for (const byte of HEADER) wellFormed(reader.byte() === byte)

  const module: Module = {
    bytes,
    types: [],
    imports: [],
    functionTypes: [],
    tableCount: 0,
    globalTypes: [],
    exports: [],
    bodies: [],
    sections: new Map(),
  }
  let lastInOrder = -1

  while (!reader.isAtEnd) {
    const id = reader.byte()
    const section = reader.section(reader.u32())
    if (id === Section.custom) {
      section.name()
      continue
    }
    const order = SECTION_ORDER.indexOf(id)
    wellFormed(order > lastInOrder)
    lastInOrder = order
    module.sections.set(id, { start: section.position, end: section.end })
    readSection(id, section, module, limits)
  }

  wellFormed(module.bodies.length === module.functionTypes.length - module.imports.length)
  return module
}

function readSection(id: number, section: ByteReader, module: Module, limits: Limits): void {
  switch (id) {
    case Section.type:
      readTypes(section, module, limits)
      break
    case Section.import:
      readImports(section, module, limits)
      break
    case Section.function:
      for (const type of section.vector((reader) => typeIndex(reader, module))) module.functionTypes.push(type)
      break
    case Section.table:
      readTables(section, module, limits)
      break
    case Section.memory:
      wellFormed(section.vector(readMemoryLimits).length <= 1)
      break
    case Section.global:
      module.globalTypes = section.vector(readGlobal)
      break
    case Section.export:
      module.exports = section.vector(readExport)
      break
    case Section.start:
      module.startFunction = section.u32()
      break
    case Section.element:
      section.vector(skipElementSegment)
      break
    case Section.code:
      readCode(section, module, limits)
      break
    case Section.data:
      section.vector(skipDataSegment)
      break
    case Section.dataCount:
      section.u32()
      break
  }
  section.expectEnd()
}

function readTypes(section: ByteReader, module: Module, limits: Limits): void {
  const count = section.u32()
  if (count > limits.max_types_per_contract) throw new PrepareFailure('TooManyTypes')
  module.types = Array.from({ length: count }, () => readFunctionType(section))
}

function readFunctionType(reader: ByteReader): FunctionType {
  wellFormed(reader.byte() === FUNCTION_TYPE)
  const params = reader.vector(valueType)
  const results = reader.vector(valueType)
  wellFormed(results.length <= 1)
  return { params, results }
}

function readImports(section: ByteReader, module: Module, limits: Limits): void {
  for (const { moduleName, name, kind, type } of section.vector((reader) => readImport(reader, module))) {
    if (moduleName !== 'env') throw new PrepareFailure('Instantiate')
    if (kind === ExternalKind.memory) throw new PrepareFailure('Memory')
    if (type === undefined) throw new PrepareFailure('Instantiate')
    if (module.imports.length >= limits.max_functions_number_per_contract) throw new PrepareFailure('TooManyFunctions')
    module.functionTypes.push(type)
    module.imports.push({ name, type: module.types[type] as FunctionType })
  }
}

function readImport(reader: ByteReader, module: Module) {
  const moduleName = reader.name()
  const name = reader.name()
  const kind = reader.byte()
  if (kind === ExternalKind.function) return { moduleName, name, kind, type: typeIndex(reader, module) }

  if (kind === ExternalKind.table) readTableType(reader)
  else if (kind === ExternalKind.memory) readMemoryLimits(reader)
  else if (kind === ExternalKind.global) readGlobalType(reader)
  else wellFormed(false)
  return { moduleName, name, kind, type: undefined }
}

function readTables(section: ByteReader, module: Module, limits: Limits): void {
  const sizes = section.vector(readTableType)
  module.tableCount = sizes.length
  if (sizes.length > limits.max_tables_per_contract) throw new PrepareFailure('TooManyTables')
  if (sizes.some((size) => size > limits.max_elements_per_contract_table)) {
    throw new PrepareFailure('TooManyTableElements')
  }
}

function readTableType(reader: ByteReader): number {
  wellFormed(valueType(reader) === 0x70)
  const minimum = readLimits(reader, MAX_U32)
  wellFormed(minimum <= MAX_TABLE_ENTRIES)
  return minimum
}

function readMemoryLimits(reader: ByteReader): number {
  return readLimits(reader, MAX_MEMORY_PAGES)
}

/** Returns the minimum. Neither shared nor 64-bit. */
function readLimits(reader: ByteReader, most: number): number {
  const flags = reader.byte()
  wellFormed(flags <= 1)
  const minimum = reader.u32()
  const maximum = flags === 1 ? reader.u32() : most
  wellFormed(minimum <= maximum && maximum <= most)
  return minimum
}

function readGlobal(reader: ByteReader): ValueType {
  const type = readGlobalType(reader)
  skipConstant(reader)
  return type
}

function readGlobalType(reader: ByteReader): ValueType {
  const type = valueType(reader)
  wellFormed(reader.byte() <= 1)
  return type
}

function readExport(reader: ByteReader): Export {
  return { name: reader.name(), kind: reader.byte(), index: reader.u32() }
}

/** The flags' bits: 1 not active, 2 an explicit table (or, not active, declared), 4 expressions instead of indices. */
function skipElementSegment(reader: ByteReader): void {
  const flags = reader.u32()
  wellFormed(flags < 8)
  const isActive = (flags & 1) === 0
  const hasExpressions = (flags & 4) !== 0

  if (isActive && flags & 2) reader.u32()
  if (isActive) skipConstant(reader)
  if (flags & 3) wellFormed(reader.byte() === (hasExpressions ? 0x70 : ExternalKind.function))
  reader.vector(hasExpressions ? skipConstant : (item) => item.u32())
}

function skipDataSegment(reader: ByteReader): void {
  const flags = reader.u32()
  wellFormed(flags < 3)
  if (flags === 2) reader.u32()
  if (flags !== 1) skipConstant(reader)
  reader.skip(reader.u32())
}

/** One constant and `end`. A `global.get` could only name an imported global, which no contract can have. */
function skipConstant(reader: ByteReader): void {
  switch (reader.byte()) {
    case 0x41:
      reader.skipSigned(32)
      break
    case 0x42:
      reader.skipSigned(64)
      break
    case 0x43:
      reader.skip(4)
      break
    case 0x44:
      reader.skip(8)
      break
    case 0xd0:
      wellFormed(reader.byte() === 0x70)
      break
    case 0xd2:
      reader.u32()
      break
    default:
      wellFormed(false)
  }
  wellFormed(reader.byte() === 0x0b)
}

function readCode(section: ByteReader, module: Module, limits: Limits): void {
  const count = section.u32()
  if (module.imports.length + count > limits.max_functions_number_per_contract) {
    throw new PrepareFailure('TooManyFunctions')
  }
  let localsLeft = maxLocals(module.bytes.length, limits)

  for (let i = 0; i < count; i++) {
    const body = section.section(section.u32())
    if (body.end - body.position > limits.max_function_body_size) throw new PrepareFailure('FunctionBodyTooLarge')

    const locals = readLocals(body, localsLeft)
    const declared = locals.reduce((sum, local) => sum + local.count, 0)
    localsLeft -= declared
    const type = module.types[module.functionTypes[module.imports.length + i] ?? -1]
    wellFormed(type !== undefined && type.params.length + declared <= MAX_LOCALS_PER_FUNCTION)
    module.bodies.push({ locals, code: { start: body.position, end: body.end } })
  }
}

function readLocals(body: ByteReader, localsLeft: number): FunctionBody['locals'] {
  let left = localsLeft
  return body.vector((reader) => {
    const count = reader.u32()
    const type = valueType(reader)
    left -= count
    if (left < 0) throw new PrepareFailure('TooManyLocals')
    return { count, type }
  })
}

function maxLocals(codeBytes: number, limits: Limits): number {
  const bytesPerLocal = limits.min_contract_size_per_local
  if (bytesPerLocal === undefined) return limits.max_locals_per_contract
  return Math.min(limits.max_locals_per_contract, Math.floor(codeBytes / bytesPerLocal))
}

function typeIndex(reader: ByteReader, module: Module): number {
  const index = reader.u32()
  wellFormed(index < module.types.length)
  return index
}

function valueType(reader: ByteReader): ValueType {
  const code = reader.byte()
  wellFormed(isValueType(code))
  return code
}
