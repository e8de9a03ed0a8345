import type { Parameters } from '../../parameters/index.ts'
import { analyzeFunction } from './analyze-function.ts'
import { ByteWriter } from './byte-writer.ts'
import { writeFunction } from './instrument-function.ts'
import { ExternalKind, type Module, Section, ValueType } from './module.ts'
import { nearcoreBodySize, nearcoreSize } from './nearcore-size.ts'
import { PrepareFailure } from './prepare-failure.ts'

/** What an instrumented module exports beside the contract's methods, which have `METHOD_PREFIX` before their names. */
export const InternalExport = {
  memory: 'memory',
  /** Gas left (a mutable i64). Negative: the charge that made it so was not paid, and the code stopped there. */
  gas: 'remaining_gas',
  /** Stack left in nearcore's bytes (a mutable i64). Negative: the call that made it so did not happen. */
  stack: 'remaining_stack',
  /** The table entry of the last indirect call (an i32): V8 does not tell an empty entry from one of another type. */
  lastIndirect: 'last_indirect',
  table: 'table',
  start: 'start',
} as const

export const METHOD_PREFIX = '\0'

/** Flags of a memory's limits. */
const SHARED_WITH_MAXIMUM = 3

/** Globals that are added behind the module's own, in this order. */
const ADDED_GLOBALS = 3

/**
 * Rewrites a valid module so that it counts gas and stack itself, as nearcore's `prepare/instrument_v3.rs` does, and
 * makes every NaN canonical. Imports and function indices stay as they are. Throws `PrepareFailure` for limits.
 */
export function instrument(module: Module, parameters: Parameters): Uint8Array {
  const writer = new ByteWriter(module.bytes.length * 4)
  writer.raw(module.bytes, 0, 8)

  const copied = (id: number) => copySection(writer, module, id)
  copied(Section.type)
  copied(Section.import)
  copied(Section.function)
  copied(Section.table)
  writeSection(writer, Section.memory, memorySection(parameters))
  writeSection(writer, Section.global, globalSection(module, parameters))
  writeSection(writer, Section.export, exportSection(module))
  copied(Section.element)
  copied(Section.dataCount)
  const { content, bodySizes } = codeSection(module, parameters)
  if (bodySizes.length > 0) writeSection(writer, Section.code, content)
  copied(Section.data)

  const { max_instrumented_code_size, max_stack_height } = parameters.limits
  const size = nearcoreSize(module, bodySizes, max_stack_height)
  if (size > max_instrumented_code_size) throw new PrepareFailure('InstrumentedCodeTooLarge')
  return writer.written()
}

function writeSection(writer: ByteWriter, id: number, content: ByteWriter): void {
  writer.byte(id)
  writer.sized(content.written())
}

function copySection(writer: ByteWriter, module: Module, id: number): void {
  const range = module.sections.get(id)
  if (range === undefined) return
  writer.byte(id)
  writer.sized(module.bytes.subarray(range.start, range.end))
}

/**
 * Whatever the contract declares, it gets the same memory. It is a shared one, though nobody shares it: an ordinary one
 * is 64 MiB of garbage to V8, which would collect its whole heap after every few calls.
 */
function memorySection({ limits }: Parameters): ByteWriter {
  const content = new ByteWriter()
  content.u32(1)
  content.byte(SHARED_WITH_MAXIMUM)
  content.u32(limits.initial_memory_pages)
  content.u32(limits.max_memory_pages)
  return content
}

function globalSection(module: Module, { limits }: Parameters): ByteWriter {
  const content = new ByteWriter()
  content.u32(module.globalTypes.length + ADDED_GLOBALS)
  const own = module.sections.get(Section.global)
  if (own !== undefined) content.raw(module.bytes, own.start + lengthOfU32(module.bytes, own.start), own.end)

  writeMutableGlobal(content, ValueType.i64, 0x42, 0)
  writeMutableGlobal(content, ValueType.i64, 0x42, limits.max_stack_height)
  writeMutableGlobal(content, ValueType.i32, 0x41, 0)
  return content
}

function writeMutableGlobal(content: ByteWriter, type: number, constOpcode: number, value: number): void {
  content.byte(type)
  content.byte(1)
  content.byte(constOpcode)
  content.signed(value)
  content.byte(0x0b)
}

function lengthOfU32(bytes: Uint8Array, start: number): number {
  let end = start
  while ((bytes[end] ?? 0) >= 0x80) end++
  return end + 1 - start
}

function exportSection(module: Module): ByteWriter {
  const firstAdded = module.globalTypes.length
  const exports = [
    { name: InternalExport.memory, kind: ExternalKind.memory, index: 0 },
    { name: InternalExport.gas, kind: ExternalKind.global, index: firstAdded },
    { name: InternalExport.stack, kind: ExternalKind.global, index: firstAdded + 1 },
    { name: InternalExport.lastIndirect, kind: ExternalKind.global, index: firstAdded + 2 },
  ] as { name: string; kind: number; index: number }[]
  if (module.tableCount > 0) exports.push({ name: InternalExport.table, kind: ExternalKind.table, index: 0 })
  if (module.startFunction !== undefined) {
    exports.push({ name: InternalExport.start, kind: ExternalKind.function, index: module.startFunction })
  }
  for (const { name, kind, index } of module.exports) {
    if (kind === ExternalKind.function) exports.push({ name: METHOD_PREFIX + name, kind, index })
  }

  const content = new ByteWriter()
  content.u32(exports.length)
  for (const { name, kind, index } of exports) {
    content.name(name)
    content.byte(kind)
    content.u32(index)
  }
  return content
}

/** The functions, and how long nearcore's would be. */
function codeSection(module: Module, parameters: Parameters): { content: ByteWriter; bodySizes: number[] } {
  const { limits, regularOpCost } = parameters
  const content = new ByteWriter(module.bytes.length * 4)
  content.u32(module.bodies.length)
  const bodySizes: number[] = []
  let paramsLeft = limits.max_params_per_contract
  let blocksLeft = limits.max_blocks_per_contract

  module.bodies.forEach((body, i) => {
    const type = module.types[module.functionTypes[module.imports.length + i] ?? -1]
    if (type === undefined) throw new PrepareFailure('Deserialization')
    const analysis = analyzeFunction(module, type, body, parameters)

    if (type.params.length > limits.max_params_per_function) throw new PrepareFailure('TooManyParamsPerFunction')
    paramsLeft -= type.params.length
    if (paramsLeft < 0) throw new PrepareFailure('TooManyParamsPerContract')
    if (analysis.operandBytes > limits.max_operand_stack_bytes_per_function) {
      throw new PrepareFailure('OperandStackTooLarge')
    }
    if (analysis.blockCount > limits.max_blocks_per_function) throw new PrepareFailure('TooManyBlocksPerFunction')
    blocksLeft -= analysis.blockCount
    if (blocksLeft < 0) throw new PrepareFailure('TooManyBlocksPerContract')

    content.sized(writeFunction({ module, type, body, analysis, regularOpCost }))
    bodySizes.push(nearcoreBodySize(module, type, body, analysis, regularOpCost))
  })
  return { content, bodySizes }
}
