import { deadRanges, type Range } from './dead-code.ts'
import type { EngineFunction, EngineModule } from './engine-module.ts'
import type { Image } from './image.ts'
import { ADDRESS_SHIFT, STATIC_START, TABLE_BASE, TABLE_SHIFT } from './layout.ts'
import {
  ADDRESS_RELOCATIONS,
  type DataSymbol,
  FUNCTION_RELOCATIONS,
  type Relocation,
  TABLE_RELOCATIONS,
} from './wasm/linking.ts'

/** What calls can reach. */
export interface Reached {
  /** Numbers of functions, imports included. */
  readonly functions: ReadonlySet<number>
  /** Places in the table, from 0. */
  readonly tablePlaces: ReadonlySet<number>
  readonly data: ReadonlySet<DataSymbol>
}

/**
 * Follows every reference from the entry function and the heap: calls and addresses in code by the linker's relocations,
 * addresses and table numbers in memory by the difference between the two links.
 */
export function reach(
  engine: EngineModule,
  functions: readonly EngineFunction[],
  image: Image,
  entry: number,
): Reached {
  const reached = { functions: new Set<number>(), tablePlaces: new Set<number>(), data: new Set<DataSymbol>() }
  const placeOf = new Map(engine.table.map((number, place) => [number, place]))
  const todo = [entry]

  scanMemory(image.heapStart, image.heapEnd)
  for (let number = todo.pop(); number !== undefined; number = todo.pop()) {
    if (reached.functions.has(number)) continue
    reached.functions.add(number)
    const called = functions[number - engine.importCount]
    if (called !== undefined) scanCode(called)
  }
  return reached

  function scanCode({ body, relocations }: EngineFunction): void {
    const dead = deadRanges(body)
    for (const { type, offset, symbol } of relocations) {
      if (dead.some((range) => isIn(range, offset))) continue
      if (symbol.kind === 'function') {
        if (FUNCTION_RELOCATIONS.includes(type)) todo.push(symbol.index)
        if (TABLE_RELOCATIONS.includes(type)) reachPlace(placeOf.get(symbol.index))
      } else if (symbol.kind === 'data' && ADDRESS_RELOCATIONS.includes(type)) {
        reachData(symbol)
      }
    }
  }

  function reachPlace(place: number | undefined): void {
    const number = place === undefined ? undefined : engine.table[place]
    if (place === undefined || number === undefined || reached.tablePlaces.has(place)) return
    reached.tablePlaces.add(place)
    todo.push(number)
  }

  function reachData(symbol: DataSymbol): void {
    if (reached.data.has(symbol)) return
    reached.data.add(symbol)
    scanMemory(symbol.address, symbol.address + symbol.size)
  }

  function scanMemory(start: number, end: number): void {
    for (let at = (start + 3) & ~3; at + 4 <= end; at += 4) {
      const value = image.memory.getUint32(at, true)
      const difference = image.moved.getUint32(at + ADDRESS_SHIFT, true) - value
      if (difference === TABLE_SHIFT) reachPlace(value - TABLE_BASE)
      else if (difference === ADDRESS_SHIFT && value >= STATIC_START && value < image.heapStart)
        for (const symbol of symbolsAt(engine.dataSymbols, value)) reachData(symbol)
    }
  }
}

function isIn({ start, end }: Range, offset: Relocation['offset']): boolean {
  return offset >= start && offset < end
}

/** Symbols can lie inside of others, never deeper than this. */
const DEEPEST_NESTING = 6

/** The symbols that an address may mean: those that hold it, else those that end there, where C lets a pointer go. */
function symbolsAt(symbols: readonly DataSymbol[], address: number): DataSymbol[] {
  let low = 0
  let high = symbols.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((symbols[middle]?.address ?? 0) <= address) low = middle + 1
    else high = middle
  }
  const near = symbols.slice(Math.max(0, low - DEEPEST_NESTING), low)
  const holding = near.filter((symbol) => address < symbol.address + symbol.size)
  return holding.length > 0 ? holding : near.filter((symbol) => address === symbol.address + symbol.size)
}
