/** The instructions that need more than their row in the table below. */
export const Opcode = {
  unreachable: 0x00,
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  br: 0x0c,
  brIf: 0x0d,
  brTable: 0x0e,
  return: 0x0f,
  call: 0x10,
  callIndirect: 0x11,
  select: 0x1b,
  selectTyped: 0x1c,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  globalGet: 0x23,
  globalSet: 0x24,
  memoryGrow: 0x40,
  i32Const: 0x41,
  i64Const: 0x42,
  f32Const: 0x43,
  f64Const: 0x44,
  i64LtS: 0x53,
  f32Eq: 0x5b,
  f64Eq: 0x61,
  i64Sub: 0x7d,
  i64Mul: 0x7e,
  i64ExtendI32U: 0xad,
  refFunc: 0xd2,
  bulkPrefix: 0xfc,
} as const

export const EMPTY_BLOCK = 0x40

/** What follows an opcode. */
export type Immediate =
  | 'none'
  | 'index'
  | 'twoIndices'
  | 'memoryArgument'
  | 'zeroByte'
  | 'i32'
  | 'i64'
  | 'f32'
  | 'f64'
  | 'funcref'

export interface Instruction {
  immediate: Immediate
  /** Operands taken beyond those that `pushes` replaces. */
  pops: number
  /** Bytes of the result on nearcore's stack; 0 for none, or when the result takes the place of an operand. */
  pushes: number
  /** Whether it can trap or be seen from outside, so that gas must be exact before it. */
  isSideEffect: boolean
  /** A bulk instruction: its last operand is the count that its gas depends on. */
  isBulk: boolean
  /** Which NaN its result may be: canonical on nearcore, anything on V8. */
  nan?: 'f32' | 'f64'
}

/** By opcode; the instructions with control flow or types of their own are missing. */
export const instructions: (Instruction | undefined)[] = []

/** By the number after the prefix 0xfc. */
export const prefixedInstructions: (Instruction | undefined)[] = []

const PLAIN: Instruction = { immediate: 'none', pops: 0, pushes: 0, isSideEffect: false, isBulk: false }

function define(first: number, last: number, properties: Partial<Instruction>, table = instructions): void {
  for (let opcode = first; opcode <= last; opcode++) table[opcode] = { ...PLAIN, ...properties }
}

function definePrefixed(first: number, last: number, properties: Partial<Instruction>): void {
  define(first, last, properties, prefixedInstructions)
}

const load: Partial<Instruction> = { immediate: 'memoryArgument', pops: 1, isSideEffect: true }
const binary: Partial<Instruction> = { pops: 1 }
const comparison: Partial<Instruction> = { pops: 2, pushes: 4 }
const to32: Partial<Instruction> = { pops: 1, pushes: 4 }
const to64: Partial<Instruction> = { pops: 1, pushes: 8 }
const trapping = { isSideEffect: true }
const bulk: Partial<Instruction> = { immediate: 'twoIndices', pops: 3, isBulk: true }

define(0x01, 0x01, {}) // nop
define(0x1a, 0x1a, { pops: 1 }) // drop
define(0x25, 0x25, { immediate: 'index', pops: 1, pushes: 8, ...trapping }) // table.get
define(0x26, 0x26, { immediate: 'index', pops: 2, ...trapping }) // table.set

define(0x28, 0x28, { ...load, pushes: 4 }) // i32.load
define(0x29, 0x29, { ...load, pushes: 8 }) // i64.load
define(0x2a, 0x2a, { ...load, pushes: 4 }) // f32.load
define(0x2b, 0x2b, { ...load, pushes: 8 }) // f64.load
define(0x2c, 0x2f, { ...load, pushes: 4 }) // i32.load8_s … i32.load16_u
define(0x30, 0x35, { ...load, pushes: 8 }) // i64.load8_s … i64.load32_u
define(0x36, 0x3e, { ...load, pops: 2 }) // stores
define(0x3f, 0x3f, { immediate: 'zeroByte', pushes: 4 }) // memory.size
define(0x40, 0x40, { immediate: 'zeroByte', isBulk: true }) // memory.grow

define(0x41, 0x41, { immediate: 'i32', pushes: 4 })
define(0x42, 0x42, { immediate: 'i64', pushes: 8 })
define(0x43, 0x43, { immediate: 'f32', pushes: 4 })
define(0x44, 0x44, { immediate: 'f64', pushes: 8 })

define(0x45, 0x45, to32) // i32.eqz
define(0x46, 0x4f, comparison)
define(0x50, 0x50, to32) // i64.eqz
define(0x51, 0x66, comparison)

define(0x67, 0x69, {}) // i32.clz, ctz, popcnt
define(0x6a, 0x78, binary)
define(0x6d, 0x70, { ...binary, ...trapping }) // i32 division
define(0x79, 0x7b, {}) // i64.clz, ctz, popcnt
define(0x7c, 0x8a, binary)
define(0x7f, 0x82, { ...binary, ...trapping }) // i64 division

define(0x8b, 0x8c, {}) // f32.abs, neg
define(0x8d, 0x91, { nan: 'f32' }) // f32.ceil … sqrt
define(0x92, 0x97, { ...binary, nan: 'f32' }) // f32.add … max
define(0x98, 0x98, binary) // f32.copysign
define(0x99, 0x9a, {}) // f64.abs, neg
define(0x9b, 0x9f, { nan: 'f64' })
define(0xa0, 0xa5, { ...binary, nan: 'f64' })
define(0xa6, 0xa6, binary)

define(0xa7, 0xa7, to32) // i32.wrap_i64
define(0xa8, 0xab, { ...to32, ...trapping }) // i32.trunc_*
define(0xac, 0xad, to64) // i64.extend_i32_*
define(0xae, 0xb1, { ...to64, ...trapping }) // i64.trunc_*
define(0xb2, 0xb5, to32) // f32.convert_*
define(0xb6, 0xb6, { ...to32, nan: 'f32' }) // f32.demote_f64
define(0xb7, 0xba, to64) // f64.convert_*
define(0xbb, 0xbb, { ...to64, nan: 'f64' }) // f64.promote_f32
define(0xbc, 0xbc, to32) // i32.reinterpret_f32
define(0xbd, 0xbd, to64)
define(0xbe, 0xbe, to32)
define(0xbf, 0xbf, to64)
define(0xc0, 0xc1, to32) // i32.extend8_s, extend16_s
define(0xc2, 0xc4, to64) // i64.extend8_s … extend32_s

define(0xd0, 0xd0, { immediate: 'funcref', pushes: 8 }) // ref.null
define(0xd1, 0xd1, to32) // ref.is_null

definePrefixed(0, 3, to32) // i32.trunc_sat_*
definePrefixed(4, 7, to64) // i64.trunc_sat_*
definePrefixed(8, 8, bulk) // memory.init
definePrefixed(9, 9, { immediate: 'index' }) // data.drop
definePrefixed(10, 10, bulk) // memory.copy
definePrefixed(11, 11, { ...bulk, immediate: 'index' }) // memory.fill
definePrefixed(12, 12, bulk) // table.init
definePrefixed(13, 13, { immediate: 'index' }) // elem.drop
definePrefixed(14, 14, bulk) // table.copy
definePrefixed(15, 15, { immediate: 'index', pops: 2, pushes: 4, isBulk: true }) // table.grow
definePrefixed(16, 16, { immediate: 'index', pushes: 4 }) // table.size
definePrefixed(17, 17, { ...bulk, immediate: 'index' }) // table.fill
