import type { EngineFunction } from './engine-module.ts'
import { OP, readInstruction, skipLocals } from './wasm/instructions.ts'
import { Reader } from './wasm/reader.ts'
import { paddedUnsigned } from './wasm/writer.ts'

/** The function that interprets bytecode: its switch has a case for each opcode of QuickJS, from 1. */
const INTERPRETER = 'JS_CallInternal'
const FIRST_OPCODE = 1
/** No other switch in it comes near. */
const FEWEST_CASES = 200

/** The interpreter without the opcodes that no function of the contract has: they go to the switch's default, a trap. */
export function withoutDeadOpcodes(functions: readonly EngineFunction[], liveOpcodes: Uint8Array): EngineFunction[] {
  return functions.map((each) =>
    each.name === INTERPRETER ? { ...each, body: cutCases(each.body, liveOpcodes) } : each,
  )
}

function cutCases(body: Uint8Array, liveOpcodes: Uint8Array): Uint8Array {
  const table = findSwitch(body)
  const cut = Uint8Array.from(body)
  const fallback = table.targets.at(-1)?.depth ?? 0
  table.targets.forEach(({ at, width }, index) => {
    const isDefault = index === table.targets.length - 1
    if (!isDefault && !liveOpcodes[index + FIRST_OPCODE]) cut.set(paddedUnsigned(fallback, width), at)
  })
  return cut
}

interface Target {
  readonly depth: number
  readonly at: number
  readonly width: number
}

function findSwitch(bytes: Uint8Array): { targets: Target[] } {
  const body = new Reader(bytes)
  skipLocals(body)
  while (!body.isAtEnd) {
    const at = body.at
    if (readInstruction(body) !== OP.brTable) continue
    const table = new Reader(bytes, at + 1)
    const count = table.unsigned()
    if (count < FEWEST_CASES) continue
    const targets = Array.from({ length: count + 1 }, () => {
      const start = table.at
      return { depth: table.unsigned(), at: start, width: table.at - start }
    })
    return { targets }
  }
  throw new Error(`no switch over opcodes in ${INTERPRETER}`)
}
