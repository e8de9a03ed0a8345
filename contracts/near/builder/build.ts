import { assemble } from './assemble.ts'
import { bundleContract } from './bundle.ts'
import { readEngine } from './engine-file.ts'
import { readEngineModule } from './engine-module.ts'
import { takeImage } from './image.ts'
import { checkLimits } from './limits.ts'
import { withoutDeadOpcodes } from './opcodes.ts'
import { optimize } from './optimize.ts'
import { reach } from './reach.ts'

export interface BuildOptions {
  /** false leaves every built-in of JavaScript in: for comparison, since bytes are gas. */
  readonly prune?: boolean
  /** Whether errors tell their stack, and functions their names: a fifth more bytes. */
  readonly traces?: boolean
}

export interface BuiltContract {
  readonly wasm: Uint8Array
  /** Names of the exported methods. */
  readonly methods: readonly string[]
  /** Built-ins that are in and that cost much. */
  readonly dearBuiltins: readonly string[]
}

/**
 * Compiles a near-sdk-js contract: bundles it, loads it in the JavaScript engine, and makes a contract of the engine's memory
 * and of what calls can reach. The same sources give the same bytes. Throws a BuildError when the contract is at fault.
 */
export async function buildContract(
  entry: string,
  { prune = true, traces = false }: BuildOptions = {},
): Promise<BuiltContract> {
  const engineFile = readEngine()
  const engine = readEngineModule(engineFile.wasm)
  const bundle = await bundleContract(entry)
  const image = takeImage(engineFile, bundle, { keep: bundle.keep, prune, traces })

  const functions = prune ? withoutDeadOpcodes(engine.functions, image.liveOpcodes) : engine.functions
  const entryFunction = engine.exports.get(
    image.dearBuiltins.includes('Promise') ? 'engine_call_with_jobs' : 'engine_call',
  )
  if (entryFunction === undefined) throw new Error('the engine has no entry')
  const reached = reach(engine, functions, image, entryFunction)
  const wasm = await optimize(assemble(engine, functions, image, reached, entryFunction), prune ? 'size' : 'none')
  checkLimits(wasm)
  return { wasm, methods: image.methods.map(({ name }) => name), dearBuiltins: image.dearBuiltins }
}
