import type { FunctionAnalysis } from './analyze-function.ts'
import { ExternalKind, type FunctionBody, type FunctionType, type Module, type Range, Section } from './module.ts'

/**
 * How long the code would be that nearcore makes of a contract (`prepare/instrument_v3.rs`): the limit is on that, and
 * ours is shorter. Exact but for integers that a compiler has padded in globals and element segments.
 */

/** Functions that nearcore imports before the contract's own: every index moves by so many. */
const ADDED_IMPORTS = ['finite_wasm_gas_exhausted', 'finite_wasm_stack_exhausted', 'finite_wasm_gas']

const ADDED_IMPORT_MODULE = 'internal'

/** `i64.sub128`, then `i64.eqz if else call unreachable end`: how nearcore checks a sum, difference or product. */
const CHECKED_ARITHMETIC = 10

/** `i64.const 0`. */
const ZERO = 2

const HEADER = 8

/** 1,024 to 2,048 pages. */
const MEMORY_SECTION = 8

export function nearcoreSize(module: Module, bodySizes: number[], maxStackHeight: number): number {
  const sections = [
    sized(typeSection(module)),
    sized(importSection(module)),
    bodySizes.length > 0 ? sized(functionSection(module)) : 0,
    copied(module, Section.table),
    MEMORY_SECTION,
    sized(globalSection(module, maxStackHeight)),
    sized(exportSection(module)),
    copied(module, Section.element),
    copied(module, Section.dataCount),
    bodySizes.length > 0 ? sized(unsigned(bodySizes.length) + sum(bodySizes)) : 0,
    copied(module, Section.data),
  ]
  return HEADER + sum(sections)
}

/** With its length before it. */
export function nearcoreBodySize(
  module: Module,
  type: FunctionType,
  body: FunctionBody,
  analysis: FunctionAnalysis,
  regularOpCost: number,
): number {
  const { gasPoints, sites, frameBytes, operandBytes, reencodedBytes } = analysis
  const gasGlobal = 1 + unsigned(module.globalTypes.length)
  const stackGlobal = 1 + unsigned(module.globalTypes.length + 1)
  const firstLocal = body.locals.reduce((total, { count }) => total + count, type.params.length)
  const local = 1 + unsigned(firstLocal)
  const count = 1 + unsigned(firstLocal + 1)

  const changeStack = 2 * stackGlobal + 2 * ZERO + constant(frameBytes + operandBytes) + CHECKED_ARITHMETIC
  // Three times the global and the constant, `i64.lt_u if call unreachable else i64.sub end`.
  const charge = (gas: number) => 3 * gasGlobal + 3 * constant(gas) + 9
  const chargeBulk = (gas: number, gasPerUnit: number) =>
    2 * count +
    3 * local +
    3 * gasGlobal +
    constant(gas) +
    constant(gasPerUnit) +
    2 * CHECKED_ARITHMETIC +
    2 * ZERO +
    10

  const locals = body.locals.map((declared) => unsigned(declared.count) + 1)
  const returns = sites.filter(({ kind }) => kind === 'return').length
  const charges = gasPoints.map(({ gas, gasPerUnit }) => (gasPerUnit === 0 ? charge(gas) : chargeBulk(gas, gasPerUnit)))
  const size =
    unsigned(body.locals.length + 2) +
    sum(locals) +
    4 +
    2 +
    changeStack +
    charge(Math.ceil(frameBytes / 8) * regularOpCost) +
    sum(charges) +
    length(body.code) +
    reencodedBytes +
    returns * changeStack +
    1 +
    changeStack
  return unsigned(size) + size
}

function typeSection({ types }: Module): number {
  const added = [3, 4]
  const own = types.map(({ params, results }) => 1 + vector(params.length) + vector(results.length))
  return unsigned(types.length + added.length) + sum(own) + sum(added)
}

function importSection({ imports, functionTypes, types }: Module): number {
  const added = ADDED_IMPORTS.map((name, i) => {
    const type = types.length + (i === ADDED_IMPORTS.length - 1 ? 1 : 0)
    return vector(ADDED_IMPORT_MODULE.length) + vector(name.length) + 1 + unsigned(type)
  })
  const own = imports.map(
    ({ name }, i) => vector(3) + vector(Buffer.byteLength(name)) + 1 + unsigned(functionTypes[i] ?? 0),
  )
  return unsigned(added.length + own.length) + sum(added) + sum(own)
}

function functionSection({ imports, functionTypes }: Module): number {
  const own = functionTypes.slice(imports.length)
  return unsigned(own.length) + sum(own.map(unsigned))
}

function globalSection(module: Module, maxStackHeight: number): number {
  const count = module.globalTypes.length
  const range = module.sections.get(Section.global)
  const own = range === undefined ? 0 : length(range) - unsigned(count)
  return unsigned(count + 2) + own + 2 * 3 + ZERO + constant(maxStackHeight)
}

function exportSection({ exports, globalTypes, startFunction }: Module): number {
  const own = exports.map(({ name, kind, index }) => {
    const moved = kind === ExternalKind.function ? index + ADDED_IMPORTS.length : index
    return vector(1 + Buffer.byteLength(name)) + 1 + unsigned(moved)
  })
  const added = [vector('memory'.length) + 2, vector('remaining_gas'.length) + 1 + unsigned(globalTypes.length)]
  if (startFunction !== undefined) {
    added.push(vector('start'.length) + 1 + unsigned(startFunction + ADDED_IMPORTS.length))
  }
  return unsigned(own.length + added.length) + sum(own) + sum(added)
}

function copied(module: Module, id: number): number {
  const range = module.sections.get(id)
  return range === undefined ? 0 : sized(length(range))
}

/** A section: its id and length before its content. */
function sized(content: number): number {
  return 1 + unsigned(content) + content
}

/** Bytes with their count before them. */
function vector(bytes: number): number {
  return unsigned(bytes) + bytes
}

/** `i64.const`, of a number that is not negative. */
function constant(value: number): number {
  return 1 + unsigned(value * 2)
}

/** Of a call or a reference: what its index takes in nearcore's code, less what it takes here. */
export function reencodedIndexBytes(index: number, bytesHere: number): number {
  return unsigned(index + ADDED_IMPORTS.length) - bytesHere
}

/** Bytes of an unsigned LEB128. */
function unsigned(value: number): number {
  let bytes = 1
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes++
  return bytes
}

function length({ start, end }: Range): number {
  return end - start
}

function sum(sizes: number[]): number {
  return sizes.reduce((total, size) => total + size, 0)
}
