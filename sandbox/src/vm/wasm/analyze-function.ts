import type { Parameters } from '../../parameters/index.ts'
import { ByteReader } from './byte-reader.ts'
import { type GasPoint, GasPoints } from './gas-points.ts'
import { type FunctionBody, type FunctionType, isValueType, type Module, sizeOfValue, ValueType } from './module.ts'
import { reencodedIndexBytes } from './nearcore-size.ts'
import { EMPTY_BLOCK, type Immediate, instructions, Opcode, prefixedInstructions } from './opcodes.ts'
import { OperandStack } from './operand-stack.ts'
import { PrepareFailure, wellFormed } from './prepare-failure.ts'

/** What a function costs and where it must be changed. */
export interface FunctionAnalysis {
  gasPoints: GasPoint[]
  /** In the order of the code. */
  sites: Site[]
  blockCount: number
  /** How much longer the indices of functions are in nearcore's code. */
  reencodedBytes: number
  operandBytes: number
  /** Bytes of the parameters and locals, and 64 more for the call. */
  frameBytes: number
}

/** An instruction to be changed: after a NaN it is made canonical, before the others something is done. */
export interface Site {
  kind: 'return' | 'callIndirect' | 'nanF32' | 'nanF64'
  /** Of the instruction; for a NaN, behind it. */
  offset: number
}

type GasCosts = Pick<Parameters, 'regularOpCost' | 'linearOpBaseCost' | 'linearOpUnitCost'>

/** nearcore: `SimpleMaxStackCfg` ("rough accounting for rip, rbp and some registers spilled"). */
const FRAME_BASE_BYTES = 64

/**
 * Decodes a function once, for gas (finite-wasm's analysis with nearcore's costs) and stack. Refuses the instructions
 * that NEAR leaves out; otherwise the module must have been found valid.
 */
export function analyzeFunction(
  module: Module,
  type: FunctionType,
  body: FunctionBody,
  costs: GasCosts,
): FunctionAnalysis {
  const sizes = localSizes(type, body)
  const analyzer = new FunctionAnalyzer(module, body, sizes, costs)
  analyzer.run()

  return {
    gasPoints: analyzer.gas.merged(),
    sites: analyzer.sites,
    blockCount: analyzer.blockCount,
    reencodedBytes: analyzer.reencodedBytes,
    operandBytes: analyzer.stack.maxSize,
    frameBytes: FRAME_BASE_BYTES + sizes.reduce((sum, size) => sum + size, 0),
  }
}

function localSizes(type: FunctionType, body: FunctionBody): Uint8Array {
  const declared = body.locals.reduce((sum, local) => sum + local.count, 0)
  const sizes = new Uint8Array(type.params.length + declared)
  sizes.set(type.params.map(sizeOfValue))

  let next = type.params.length
  for (const local of body.locals) {
    sizes.fill(sizeOfValue(local.type), next, next + local.count)
    next += local.count
  }
  return sizes
}

class FunctionAnalyzer {
  readonly gas = new GasPoints()
  readonly stack = new OperandStack()
  readonly sites: Site[] = []
  blockCount = 0
  reencodedBytes = 0

  readonly #module: Module
  readonly #reader: ByteReader
  readonly #localSizes: Uint8Array
  readonly #costs: GasCosts

  constructor(module: Module, body: FunctionBody, sizes: Uint8Array, costs: GasCosts) {
    this.#module = module
    this.#reader = new ByteReader(module.bytes, body.code.start, body.code.end)
    this.#localSizes = sizes
    this.#costs = costs
  }

  run(): void {
    while (!this.#reader.isAtEnd) {
      const offset = this.#reader.position
      this.gas.startInstruction(offset)
      this.#instruction(this.#reader.byte(), offset)
    }
  }

  #instruction(opcode: number, offset: number): void {
    const { gas, stack } = this
    const reader = this.#reader
    const cost = this.#costs.regularOpCost

    switch (opcode) {
      case Opcode.unreachable:
        gas.unreachable(cost)
        stack.becomeUnreachable()
        break
      case Opcode.block:
        gas.enterBlock()
        this.#enterBlock()
        break
      case Opcode.loop:
        gas.enterLoop(cost)
        this.#enterBlock()
        break
      case Opcode.if:
        gas.enterIf(cost)
        stack.pop(1)
        this.#enterBlock()
        break
      case Opcode.else:
        gas.else()
        stack.else()
        break
      case Opcode.end:
        gas.end()
        stack.end()
        break
      case Opcode.br:
        gas.branch(cost, [reader.u32()])
        this.#becomeUnreachable()
        break
      case Opcode.brIf:
        gas.branch(cost, [reader.u32()])
        stack.pop(1)
        break
      case Opcode.brTable: {
        const targets = reader.vector((item) => item.u32())
        gas.branch(cost, [...targets, reader.u32()])
        this.#becomeUnreachable()
        break
      }
      case Opcode.return:
        this.sites.push({ kind: 'return', offset })
        gas.branch(cost, [gas.depth])
        this.#becomeUnreachable()
        break
      case Opcode.call:
        gas.sideEffect(cost)
        this.#call(this.#module.functionTypes[this.#functionIndex()])
        break
      case Opcode.refFunc:
        gas.pure(cost)
        this.#functionIndex()
        stack.push(sizeOfValue(ValueType.funcref))
        break
      case Opcode.callIndirect: {
        this.sites.push({ kind: 'callIndirect', offset })
        gas.sideEffect(cost)
        const type = reader.u32()
        reader.u32()
        // finite-wasm pops the arguments only: the table's index stays counted.
        this.#call(type)
        break
      }
      case Opcode.select:
        gas.pure(cost)
        stack.pop(2)
        break
      case Opcode.selectTyped:
        gas.pure(cost)
        wellFormed(reader.u32() === 1 && isValueType(reader.byte()))
        stack.pop(2)
        break
      case Opcode.localGet:
        gas.pure(cost)
        stack.push(this.#localSizes[reader.u32()] ?? 0)
        break
      case Opcode.localSet:
      case Opcode.globalSet:
        gas.pure(cost)
        reader.u32()
        stack.pop(1)
        break
      case Opcode.localTee:
        gas.pure(cost)
        reader.u32()
        break
      case Opcode.globalGet:
        gas.pure(cost)
        stack.push(sizeOfValue(this.#module.globalTypes[reader.u32()] ?? ValueType.i64))
        break
      default:
        this.#tableInstruction(opcode)
    }
  }

  #tableInstruction(opcode: number): void {
    const instruction = opcode === Opcode.bulkPrefix ? prefixedInstructions[this.#reader.u32()] : instructions[opcode]
    wellFormed(instruction !== undefined)
    this.#skipImmediate(instruction.immediate)

    const { regularOpCost, linearOpBaseCost, linearOpUnitCost } = this.#costs
    if (instruction.isBulk) this.gas.bulk(linearOpBaseCost, linearOpUnitCost)
    else if (instruction.isSideEffect) this.gas.sideEffect(regularOpCost)
    else this.gas.pure(regularOpCost)

    if (instruction.pops > 0) this.stack.pop(instruction.pops)
    if (instruction.pushes > 0) this.stack.push(instruction.pushes)
    if (instruction.nan !== undefined) {
      const kind = instruction.nan === 'f32' ? 'nanF32' : 'nanF64'
      this.sites.push({ kind, offset: this.#reader.position })
    }
  }

  #skipImmediate(immediate: Immediate): void {
    const reader = this.#reader
    switch (immediate) {
      case 'none':
        break
      case 'index':
        reader.u32()
        break
      case 'twoIndices':
        reader.u32()
        reader.u32()
        break
      case 'memoryArgument':
        // A larger number would name a memory, or an alignment that no instruction has.
        wellFormed(reader.u32() < 64)
        reader.u32()
        break
      case 'zeroByte':
        wellFormed(reader.byte() === 0)
        break
      case 'i32':
        reader.skipSigned(32)
        break
      case 'i64':
        reader.skipSigned(64)
        break
      case 'f32':
        reader.skip(4)
        break
      case 'f64':
        reader.skip(8)
        break
      case 'funcref':
        wellFormed(reader.byte() === ValueType.funcref)
        break
    }
  }

  #enterBlock(): void {
    this.blockCount++
    const type = this.#reader.byte()
    // An index of a function type would need multi-value.
    wellFormed(type === EMPTY_BLOCK || isValueType(type))
    this.stack.enterBlock(type === EMPTY_BLOCK ? 0 : sizeOfValue(type))
  }

  #functionIndex(): number {
    const start = this.#reader.position
    const index = this.#reader.u32()
    this.reencodedBytes += reencodedIndexBytes(index, this.#reader.position - start)
    return index
  }

  #call(typeIndex: number | undefined): void {
    const type = this.#module.types[typeIndex ?? -1]
    if (type === undefined) throw new PrepareFailure('Deserialization')
    this.stack.pop(type.params.length)
    for (const result of type.results) this.stack.push(sizeOfValue(result))
  }

  #becomeUnreachable(): void {
    this.gas.becomeUnreachable()
    this.stack.becomeUnreachable()
  }
}
