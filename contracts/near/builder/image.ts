import { BuildError } from './build-error.ts'
import type { Bundle } from './bundle.ts'
import type { Engine } from './engine-file.ts'
import { ADDRESS_SHIFT, INITIAL_PAGES, STACK_LIMIT, STACK_TOP } from './layout.ts'
import type { PositionOf, SourcePosition } from './source-positions.ts'

/** The engine's memory with the contract loaded, as every call finds it. */
export interface Image {
  /** From address 0 to the end of the heap. */
  readonly memory: DataView
  /** The same from the second link: each address in it is ADDRESS_SHIFT higher, each table number TABLE_SHIFT. */
  readonly moved: DataView
  readonly heapStart: number
  readonly heapEnd: number
  /** What the contract exports, with the addresses of its JavaScript function, and of the object and the string that it is called with. */
  readonly methods: readonly { readonly name: string; readonly addresses: readonly number[] }[]
  /** By opcode: whether a function that is left has it. */
  readonly liveOpcodes: Uint8Array
  /** Of DEAR_BUILTINS, those that calls can reach. */
  readonly dearBuiltins: readonly string[]
}

export interface ImageOptions {
  /** Names of built-ins to keep although no code says them. */
  readonly keep: readonly string[]
  /** false leaves every built-in in, for comparison. */
  readonly prune: boolean
  /** false leaves out what stack traces need. */
  readonly traces: boolean
}

/** What engine/src/image.c, names.c and prune.c export for the builder. */
interface EngineExports {
  readonly memory: WebAssembly.Memory
  readonly __stack_pointer: WebAssembly.Global<'i32'>
  readonly __heap_base: WebAssembly.Global<'i32'>
  _initialize(): void
  image_allocate(size: number): number
  image_free(address: number): void
  image_create(): void
  image_mark_builtins(): void
  image_load_module(source: number, length: number, fileName: number): number
  image_take_error(): number
  image_method(name: number, method: number): number
  image_forget_modules(): void
  image_scan_names(): void
  image_keep_name(name: number): void
  image_leave_out(global: number, name: number): void
  image_prune(): void
  image_live_opcodes(): number
  image_keeps(name: number): number
  image_finish(hasTraces: number): void
  image_heap_end(): number
}

/** Each brings code of its own into every call, up to 40 kB (RegExp). */
const DEAR_BUILTINS = ['RegExp', 'Date', 'Promise', 'Map', 'Set', 'WeakMap', 'Proxy', 'Iterator', 'DataView']

/** Said of other objects too: `near.log`. */
const NAMES_LIKE_MATHS = ['exp', 'log', 'max', 'min', 'pow', 'random', 'round', 'sign']

const FILE_NAME = 'contract.js'
const PAGE = 65_536
const POSITION_BYTES = 256
const METHOD_BYTES = 12
const UNKNOWN: SourcePosition = { line: 0, column: 0, file: '' }
const BUILDERS_OWN: SourcePosition = { line: -1, column: 0, file: '' }

/** Loads the contract in both links of the engine. Throws when it does something at load time that only a call can. */
export function takeImage(engine: Engine, bundle: Bundle, options: ImageOptions): Image {
  const { heapBytes: memory, ...image } = loadContract(engine.wasm, bundle, options)
  const moved = loadContract(engine.moved, bundle, options)
  const isSameLayout =
    moved.heapEnd === image.heapEnd + ADDRESS_SHIFT &&
    moved.methods.every(({ addresses }, index) => areMoved(addresses, image.methods[index]?.addresses ?? []))
  if (!isSameLayout) throw new Error('the two links of the engine did not do the same: an address decided something')
  return { ...image, memory: viewOf(memory), moved: viewOf(moved.heapBytes) }
}

function areMoved(moved: readonly number[], addresses: readonly number[]): boolean {
  return moved.every((address, index) => address === (addresses[index] || -ADDRESS_SHIFT) + ADDRESS_SHIFT)
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function loadContract(wasm: Uint8Array, bundle: Bundle, { keep, prune, traces }: ImageOptions) {
  const engine = instantiate(wasm, bundle.positionOf)
  engine.image_create()
  engine.image_mark_builtins()

  const status = withTexts(engine, [bundle.code, FILE_NAME], ([source, fileName]) =>
    engine.image_load_module(source.address, source.length, fileName.address),
  )
  if (status < 0) {
    const error = withSourcePositions(textAt(engine, engine.image_take_error()), bundle.positionOf)
    throw new BuildError(`the contract throws while it is loaded: ${error}`)
  }

  const methods = bundle.exports.flatMap((name) => {
    const addresses = methodOf(engine, name)
    return addresses === undefined ? [] : [{ name, addresses }]
  })
  if (methods.length === 0)
    throw new BuildError(
      'nothing can be called: the contract exports no class with @NearBindgen and a @call, @view, @initialize or @migrate method, and no function',
    )

  engine.image_forget_modules()
  engine.image_scan_names()
  for (const name of keep) withTexts(engine, [name], ([text]) => engine.image_keep_name(text.address))
  for (const name of prune ? unusedMath(bundle.code) : [])
    withTexts(engine, ['Math', name], ([global, text]) => engine.image_leave_out(global.address, text.address))
  const liveOpcodes = bytesOf(engine).slice(engine.image_live_opcodes(), engine.image_live_opcodes() + 256)
  if (prune) engine.image_prune()
  const keeps = (name: string) => withTexts(engine, [name], ([text]) => engine.image_keeps(text.address)) !== 0
  const dearBuiltins = DEAR_BUILTINS.filter((name) => !prune || keeps(name))
  engine.image_finish(Number(traces))

  const heapEnd = engine.image_heap_end()
  if (heapEnd > STACK_LIMIT)
    throw new BuildError(`the loaded contract takes ${heapEnd} bytes of memory: at most ${STACK_LIMIT}`)
  const heapStart = engine.__heap_base.value
  // Four bytes more: a reader of words at the end, moved, must not fall off.
  const heapBytes = bytesOf(engine).slice(0, heapEnd + ADDRESS_SHIFT + 4)
  return { heapBytes, heapStart, heapEnd, methods, liveOpcodes, dearBuiltins }
}

/** Functions of Math that the code says nowhere, though other objects have their names. None when it uses Math as a value. */
function unusedMath(code: string): readonly string[] {
  if (/\bMath\b(?!\.\w)/.test(code)) return []
  return NAMES_LIKE_MATHS.filter((name) => !new RegExp(`\\bMath\\.${name}\\b`).test(code))
}

/** As `struct method` in engine/src/image.c. */
function methodOf(engine: EngineExports, name: string): readonly number[] | undefined {
  const place = engine.image_allocate(METHOD_BYTES)
  const isMethod = withTexts(engine, [name], ([text]) => engine.image_method(text.address, place)) !== 0
  const addresses = [...new Uint32Array(engine.memory.buffer, place, METHOD_BYTES / 4)]
  engine.image_free(place)
  return isMethod ? addresses : undefined
}

function instantiate(wasm: Uint8Array, positionOf: PositionOf): EngineExports {
  const module = new WebAssembly.Module(Uint8Array.from(wasm))
  const env: Record<string, () => never> = {}
  for (const { name } of WebAssembly.Module.imports(module)) {
    env[name] = () => {
      throw new BuildError(
        `the contract calls ${name} while it is loaded, outside of any method: there is no chain to ask at build time`,
      )
    }
  }
  const builder = {
    map_position: (line: number, column: number, place: number) =>
      writePosition(engine, place, positionOf(line, column)),
  }
  const { exports } = new WebAssembly.Instance(module, { env, builder })
  const engine = exports as unknown as EngineExports
  engine.memory.grow(INITIAL_PAGES - engine.memory.buffer.byteLength / PAGE)
  engine.__stack_pointer.value = STACK_TOP
  engine._initialize()
  return engine
}

/** The module's top level comes from many files: its function keeps the bundle's lines. */
function withSourcePositions(trace: string, positionOf: PositionOf): string {
  return trace.replace(/contract\.js:(\d+):(\d+)/g, (place, line, column) => {
    const position = positionOf(Number(line), Number(column))
    if (position === undefined || position === 'builder') return place
    return `${position.file}:${position.line}:${position.column}`
  })
}

/** As `struct source_position` in engine/src/source_map.c. */
function writePosition(engine: EngineExports, place: number, position: ReturnType<PositionOf>): void {
  const view = new DataView(engine.memory.buffer, place, POSITION_BYTES)
  const { line, column, file: name } = position === 'builder' ? BUILDERS_OWN : (position ?? UNKNOWN)
  view.setInt32(0, line, true)
  view.setInt32(4, column, true)
  const file = new TextEncoder().encode(name).subarray(0, POSITION_BYTES - 8 - 1)
  new Uint8Array(engine.memory.buffer, place + 8, file.length + 1).set([...file, 0])
}

interface PlacedText {
  readonly address: number
  readonly length: number
}

/** Puts texts into the engine's memory, as UTF-8 with a 0 behind, for the time of `use`. */
function withTexts<const Texts extends readonly string[], Result>(
  engine: EngineExports,
  texts: Texts,
  use: (placed: { [Index in keyof Texts]: PlacedText }) => Result,
): Result {
  const placed = texts.map((text) => {
    const utf8 = new TextEncoder().encode(`${text}\0`)
    const address = engine.image_allocate(utf8.length)
    bytesOf(engine).set(utf8, address)
    return { address, length: utf8.length - 1 }
  })
  const result = use(placed as { [Index in keyof Texts]: PlacedText })
  for (const { address } of placed) engine.image_free(address)
  return result
}

function textAt(engine: EngineExports, address: number): string {
  const bytes = bytesOf(engine)
  return new TextDecoder().decode(bytes.subarray(address, bytes.indexOf(0, address)))
}

function bytesOf(engine: EngineExports): Uint8Array {
  return new Uint8Array(engine.memory.buffer)
}
