import type { FunctionAnalysis, Site } from './analyze-function.ts'
import { ByteWriter } from './byte-writer.ts'
import type { GasPoint } from './gas-points.ts'
import { type FunctionBody, type FunctionType, type Module, ValueType } from './module.ts'
import { EMPTY_BLOCK, Opcode } from './opcodes.ts'

interface FunctionToWrite {
  module: Module
  type: FunctionType
  body: FunctionBody
  analysis: FunctionAnalysis
  regularOpCost: number
}

/** The one NaN that nearcore's engine lets arithmetic produce. */
const CANONICAL_NAN = { f32: [0, 0, 0xc0, 0x7f], f64: [0, 0, 0, 0, 0, 0, 0xf8, 0x7f] }

/** Blocks around the contract's code: `body`, and `exhausted` around it. */
const BODY_DEPTH = 1

/**
 * The body of a function that charges for itself:
 *
 *     block $exhausted
 *       block $body (result …)
 *         take the stack of the call, or leave to $exhausted
 *         charge the frame, or leave to $exhausted
 *         the contract's code, with a charge at each gas point
 *       end
 *       give the stack back
 *       return
 *     end
 *     unreachable
 *
 * Branches to the function's end become branches to the end of $body, as in nearcore, so that they give the stack back.
 */
export function writeFunction({ module, type, body, analysis, regularOpCost }: FunctionToWrite): Uint8Array {
  const writer = new FunctionWriter(module, type, body, analysis)
  writer.writeLocals(body)
  writer.openBlocks(type)
  writer.takeStack()
  writer.charge(Math.ceil(analysis.frameBytes / 8) * regularOpCost, 0)
  writer.writeCode(body)
  writer.closeBlocks()
  return writer.out.written()
}

class FunctionWriter {
  readonly out: ByteWriter
  readonly #module: Module
  readonly #analysis: FunctionAnalysis
  readonly #stackBytes: number
  /** The index of the first added local: an i64, then an i32, an f32, an f64. */
  readonly #firstLocal: number
  readonly #gasGlobal: number

  constructor(module: Module, type: FunctionType, body: FunctionBody, analysis: FunctionAnalysis) {
    this.out = new ByteWriter((body.code.end - body.code.start) * 6 + 64)
    this.#module = module
    this.#analysis = analysis
    this.#stackBytes = analysis.frameBytes + analysis.operandBytes
    this.#firstLocal = body.locals.reduce((sum, local) => sum + local.count, type.params.length)
    this.#gasGlobal = module.globalTypes.length
  }

  writeLocals(body: FunctionBody): void {
    const added = [ValueType.i64, ValueType.i32, ValueType.f32, ValueType.f64].map((type) => ({ count: 1, type }))
    const locals = [...body.locals, ...added]
    this.out.u32(locals.length)
    for (const { count, type } of locals) {
      this.out.u32(count)
      this.out.byte(type)
    }
  }

  openBlocks(type: FunctionType): void {
    this.#bytes(Opcode.block, EMPTY_BLOCK, Opcode.block, type.results[0] ?? EMPTY_BLOCK)
  }

  closeBlocks(): void {
    this.out.byte(Opcode.end)
    this.#giveStackBack()
    this.#bytes(Opcode.return, Opcode.end, Opcode.unreachable, Opcode.end)
  }

  takeStack(): void {
    this.#index(Opcode.globalGet, this.#stackGlobal)
    this.#i64Const(this.#stackBytes)
    this.out.byte(Opcode.i64Sub)
    this.#storeUnlessNegative(this.#stackGlobal, 0)
  }

  /** Takes `gas` from what is left, or leaves to $exhausted from under `depth` blocks of the contract. */
  charge(gas: number, depth: number): void {
    this.#index(Opcode.globalGet, this.#gasGlobal)
    this.#i64Const(gas)
    this.out.byte(Opcode.i64Sub)
    this.#storeUnlessNegative(this.#gasGlobal, depth)
  }

  /** The contract's instructions without the last `end`. */
  writeCode(body: FunctionBody): void {
    const { gasPoints, sites } = this.#analysis
    let copiedTo = body.code.start
    let nextPoint = 0
    let nextSite = 0
    const copyTo = (offset: number) => {
      this.out.raw(this.#module.bytes, copiedTo, offset)
      copiedTo = offset
    }

    while (true) {
      const point = gasPoints[nextPoint]
      const site = sites[nextSite]
      if (site !== undefined && (point === undefined || comesFirst(site, point))) {
        copyTo(site.offset)
        this.#writeSite(site)
        nextSite++
      } else if (point !== undefined) {
        copyTo(point.offset)
        this.#writePoint(point)
        nextPoint++
      } else break
    }
    copyTo(body.code.end - 1)
  }

  #writePoint(point: GasPoint): void {
    if (point.gasPerUnit === 0) {
      this.charge(point.gas, point.depth)
      return
    }
    this.#index(Opcode.localTee, this.#countLocal)
    this.#index(Opcode.globalGet, this.#gasGlobal)
    this.#index(Opcode.localGet, this.#countLocal)
    this.out.byte(Opcode.i64ExtendI32U)
    this.#i64Const(point.gasPerUnit)
    this.#bytes(Opcode.i64Mul, Opcode.i64Sub)
    this.#i64Const(point.gas)
    this.out.byte(Opcode.i64Sub)
    this.#storeUnlessNegative(this.#gasGlobal, point.depth)
  }

  #writeSite(site: Site): void {
    switch (site.kind) {
      case 'return':
        this.#giveStackBack()
        break
      case 'callIndirect':
        this.#index(Opcode.globalSet, this.#lastIndirectGlobal)
        this.#index(Opcode.globalGet, this.#lastIndirectGlobal)
        break
      case 'nanF32':
        this.#canonicalize(this.#firstLocal + 2, Opcode.f32Const, CANONICAL_NAN.f32, Opcode.f32Eq)
        break
      case 'nanF64':
        this.#canonicalize(this.#firstLocal + 3, Opcode.f64Const, CANONICAL_NAN.f64, Opcode.f64Eq)
        break
    }
  }

  /** The value if it equals itself, which a NaN does not. */
  #canonicalize(local: number, constOpcode: number, nan: number[], equal: number): void {
    this.#index(Opcode.localTee, local)
    this.#bytes(constOpcode, ...nan)
    this.#index(Opcode.localGet, local)
    this.#index(Opcode.localGet, local)
    this.#bytes(equal, Opcode.select)
  }

  #giveStackBack(): void {
    this.#index(Opcode.globalGet, this.#stackGlobal)
    this.#i64Const(-this.#stackBytes)
    this.out.byte(Opcode.i64Sub)
    this.#index(Opcode.globalSet, this.#stackGlobal)
  }

  /** Puts the i64 on top of the stack into a global; leaves to $exhausted when it is negative. */
  #storeUnlessNegative(global: number, depth: number): void {
    this.#index(Opcode.localTee, this.#firstLocal)
    this.#index(Opcode.globalSet, global)
    this.#index(Opcode.localGet, this.#firstLocal)
    this.#i64Const(0)
    this.out.byte(Opcode.i64LtS)
    this.#index(Opcode.brIf, depth + BODY_DEPTH)
  }

  get #countLocal(): number {
    return this.#firstLocal + 1
  }

  get #stackGlobal(): number {
    return this.#gasGlobal + 1
  }

  get #lastIndirectGlobal(): number {
    return this.#gasGlobal + 2
  }

  #index(opcode: number, index: number): void {
    this.out.byte(opcode)
    this.out.u32(index)
  }

  #i64Const(value: number): void {
    this.out.byte(Opcode.i64Const)
    this.out.signed(value)
  }

  #bytes(...bytes: number[]): void {
    for (const byte of bytes) this.out.byte(byte)
  }
}

/** A NaN belongs to the instruction before the gas point; the other sites come after the charge of theirs. */
function comesFirst(site: Site, point: GasPoint): boolean {
  if (site.offset !== point.offset) return site.offset < point.offset
  return site.kind === 'nanF32' || site.kind === 'nanF64'
}
