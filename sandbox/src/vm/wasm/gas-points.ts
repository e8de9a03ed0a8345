/**
 * Where a function is charged, and how much: finite-wasm's `gas` analysis. Instructions are charged together as far as
 * nobody could tell: up to the next one that branches, is branched to, traps, or calls.
 */
export interface GasPoint {
  /** Of the instruction before which to charge. */
  offset: number
  /** Blocks open there. */
  depth: number
  gas: number
  /** Gas for each unit of the bulk instruction that follows, whose count is on top of the stack; usually 0. */
  gasPerUnit: number
}

/** finite-wasm: `InstrumentationKind`; all bulk instructions are alike. */
const Kind = { pure: 0, unreachable: 1, before: 2, after: 3, between: 4, bulk: 5 } as const

type Kind = (typeof Kind)[keyof typeof Kind]

interface Point extends GasPoint {
  kind: Kind
}

interface Frame {
  isUnreachable: boolean
  /** Of a loop: the points before and after its head, which matter once something branches there. */
  loop?: { before: number; after: number }
  /** Whether something branches to its end. */
  isTarget: boolean
}

/** Is told each instruction of a function in turn, `startInstruction` first. */
export class GasPoints {
  #points: Point[] = []
  readonly #frames: Frame[] = []
  #current: Frame = { isUnreachable: false, isTarget: false }
  #offset = 0
  #scheduled: { kind: Kind; gas: number } | undefined

  get depth(): number {
    return this.#frames.length
  }

  startInstruction(offset: number): void {
    this.#offset = offset
    if (this.#scheduled === undefined) return
    const { kind, gas } = this.#scheduled
    this.#scheduled = undefined
    this.#push(kind, gas)
  }

  pure(gas: number): void {
    this.#charge(Kind.pure, gas)
  }

  sideEffect(gas: number): void {
    this.#charge(Kind.before, gas)
    this.#scheduled = { kind: Kind.after, gas: 0 }
  }

  bulk(gas: number, gasPerUnit: number): void {
    this.#charge(Kind.bulk, gas, gasPerUnit)
    this.#scheduled = { kind: Kind.after, gas: 0 }
  }

  unreachable(gas: number): void {
    this.#charge(Kind.before, gas)
    this.#scheduled = { kind: Kind.unreachable, gas: 0 }
    this.becomeUnreachable()
  }

  enterBlock(): void {
    this.pure(0)
    this.#enter({ isTarget: false })
  }

  /** A loop is charged in each round: behind its head. */
  enterLoop(gas: number): void {
    const before = this.#points.length
    this.pure(0)
    this.#scheduled = { kind: Kind.pure, gas }
    this.#enter({ isTarget: false, loop: { before, after: before + 1 } })
  }

  enterIf(gas: number): void {
    this.sideEffect(gas)
    this.#enter({ isTarget: true })
  }

  else(): void {
    this.#leave()
    this.#enter({ isTarget: true })
    this.sideEffect(0)
  }

  end(): void {
    if (this.#current.isTarget) this.sideEffect(0)
    else this.pure(0)
    this.#leave()
  }

  /** `depths` are of the blocks that the branch may go to. */
  branch(gas: number, depths: number[]): void {
    this.sideEffect(gas)
    for (const depth of depths) this.#branchTo(depth)
  }

  becomeUnreachable(): void {
    this.#current.isUnreachable = true
  }

  /** The charges, in the order of the code. */
  merged(): GasPoint[] {
    const byOffset = mergeNeighbours(this.#points, (a, b) =>
      a.offset === b.offset ? kindAtOneOffset(a, b) : undefined,
    )
    const merged = mergeNeighbours(byOffset, (a, b) => kindAcrossInstruction(a.kind, b.kind))
    return merged.filter((point) => point.kind !== Kind.unreachable && point.gas + point.gasPerUnit > 0)
  }

  #charge(kind: Kind, gas: number, gasPerUnit = 0): void {
    this.#push(this.#current.isUnreachable ? Kind.unreachable : kind, gas, gasPerUnit)
  }

  #push(kind: Kind, gas: number, gasPerUnit = 0): void {
    this.#points.push({ offset: this.#offset, depth: this.depth, kind, gas, gasPerUnit })
  }

  #branchTo(depth: number): void {
    const frame = depth === 0 ? this.#current : this.#frames[this.#frames.length - depth]
    // A module that V8 has validated branches only to blocks that are there.
    if (frame === undefined) return
    if (frame.loop === undefined) {
      frame.isTarget = true
      return
    }
    const before = this.#points[frame.loop.before]
    const after = this.#points[frame.loop.after]
    if (before !== undefined) before.kind = Kind.before
    if (after !== undefined) after.kind = Kind.after
  }

  #enter(frame: Omit<Frame, 'isUnreachable'>): void {
    this.#frames.push(this.#current)
    this.#current = { ...frame, isUnreachable: this.#current.isUnreachable }
  }

  #leave(): void {
    this.#current = this.#frames.pop() ?? this.#current
  }
}

function mergeNeighbours(points: Point[], mergedKind: (a: Point, b: Point) => Kind | undefined): Point[] {
  const merged: Point[] = []
  let previous: Point | undefined

  for (const point of points) {
    const kind = previous && !previous.gasPerUnit && !point.gasPerUnit ? mergedKind(previous, point) : undefined
    if (previous !== undefined && kind !== undefined) {
      previous = { ...previous, kind, gas: previous.gas + point.gas }
    } else {
      if (previous !== undefined) merged.push(previous)
      previous = point
    }
  }
  if (previous !== undefined) merged.push(previous)
  return merged
}

/** finite-wasm: `merge_same_point`. */
function kindAtOneOffset({ kind: a }: Point, { kind: b }: Point): Kind {
  if (a === Kind.unreachable || b === Kind.unreachable) return Kind.unreachable
  if (a === Kind.pure) return b
  if (b === Kind.pure || a === b) return a
  return Kind.between
}

/** finite-wasm: `merge_across_instructions`. */
function kindAcrossInstruction(a: Kind, b: Kind): Kind | undefined {
  if (a === Kind.pure && b === Kind.pure) return Kind.pure
  if (a === Kind.unreachable && b === Kind.unreachable) return Kind.unreachable
  if (a === Kind.after && b === Kind.before) return Kind.between
  if (a === Kind.pure && b === Kind.before) return Kind.before
  if (a === Kind.after && b === Kind.pure) return Kind.after
  return undefined
}
