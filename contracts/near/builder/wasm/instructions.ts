import type { Reader } from './reader.ts'

/** Opcodes that the builder looks at (WebAssembly 2.0, section 5.4). */
export const OP = {
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
  i32Const: 0x41,
} as const

/** Skips the declarations of locals at the start of a function's body. */
export function skipLocals(body: Reader): void {
  for (let groups = body.unsigned(); groups > 0; groups--) {
    body.skipLeb()
    body.byte()
  }
}

/** Reads one instruction with its immediates and returns its opcode; for what clang emits for this engine. */
export function readInstruction(body: Reader): number {
  const opcode = body.byte()
  for (let count = lebImmediates(opcode, body); count > 0; count--) body.skipLeb()
  return opcode
}

function lebImmediates(opcode: number, body: Reader): number {
  if (opcode === OP.brTable) return body.unsigned() + 1
  // Block types; branches, calls, locals, globals; sizes of memory; integers.
  if (opcode >= OP.block && opcode <= OP.if) return 1
  if (opcode === OP.br || opcode === OP.brIf || opcode === OP.call) return 1
  if (opcode >= 0x20 && opcode <= 0x24) return 1
  if (opcode >= 0x3f && opcode <= 0x42) return 1
  // Indirect calls; loads and stores.
  if (opcode === 0x11 || (opcode >= 0x28 && opcode <= 0x3e)) return 2
  // Saturating conversions.
  if (opcode === 0xfc) return 1
  if (opcode === 0x43) body.take(4)
  else if (opcode === 0x44) body.take(8)
  else if (opcode > 0xc4 || (opcode > 0x1b && opcode < 0x20)) throw new Error(`the engine has an instruction ${opcode}`)
  return 0
}
