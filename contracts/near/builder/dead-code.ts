import { OP, readInstruction, skipLocals } from './wasm/instructions.ts'
import { Reader } from './wasm/reader.ts'

export interface Range {
  readonly start: number
  readonly end: number
}

interface Frame {
  readonly opcode: number
  readonly isEntered: boolean
  hasElse: boolean
  /** Whether a live branch goes to the end. */
  isLeft: boolean
}

/**
 * The ranges of a function's body that no run can reach: what follows a branch, a return or a trap until the next label
 * that a live branch goes to. One pass is enough, because a branch back goes to a loop that is live already.
 */
export function deadRanges(bytes: Uint8Array): Range[] {
  const body = new Reader(bytes)
  skipLocals(body)
  const ranges: Range[] = []
  const frames: Frame[] = [{ opcode: OP.block, isEntered: true, hasElse: false, isLeft: true }]
  let isLive = true
  let deadFrom = 0

  while (!body.isAtEnd) {
    const at = body.at
    const opcode = readInstruction(body)
    const wasLive = isLive
    isLive = step(opcode, new Reader(bytes, at + 1), frames, isLive)
    if (wasLive && !isLive) deadFrom = body.at
    if (!wasLive && isLive) ranges.push({ start: deadFrom, end: body.at })
  }
  if (!isLive) ranges.push({ start: deadFrom, end: bytes.length })
  return ranges
}

/** Whether what follows the instruction is live. `immediates` stands behind the opcode. */
function step(opcode: number, immediates: Reader, frames: Frame[], isLive: boolean): boolean {
  switch (opcode) {
    case OP.block:
    case OP.loop:
    case OP.if:
      frames.push({ opcode, isEntered: isLive, hasElse: false, isLeft: false })
      return isLive
    case OP.else: {
      const frame = frames.at(-1)
      if (frame === undefined) throw new Error('else without if')
      frame.hasElse = true
      frame.isLeft ||= isLive
      return frame.isEntered
    }
    case OP.end: {
      const frame = frames.pop()
      if (frame === undefined) throw new Error('end without block')
      const fallsThroughIf = frame.opcode === OP.if && !frame.hasElse
      return isLive || (frame.isEntered && (frame.isLeft || fallsThroughIf))
    }
    case OP.br:
    case OP.brIf:
      if (isLive) leave(frames, immediates.unsigned())
      return isLive && opcode === OP.brIf
    case OP.brTable:
      if (isLive) for (const depth of brTableDepths(immediates)) leave(frames, depth)
      return false
    case OP.return:
    case OP.unreachable:
      return false
    default:
      return isLive
  }
}

function leave(frames: readonly Frame[], depth: number): void {
  const frame = frames.at(-1 - depth)
  if (frame !== undefined && frame.opcode !== OP.loop) frame.isLeft = true
}

/** The targets of a br_table, the default last. */
function brTableDepths(immediates: Reader): number[] {
  const depths = immediates.list((reader) => reader.unsigned())
  return [...depths, immediates.unsigned()]
}
