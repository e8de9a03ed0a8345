/** `npm run build:near`: compiles the contracts in `contracts/` into `generated/`. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readArguments } from '@parley/service'
import { buildContract } from '../builder/build.ts'
import { BuildError } from '../builder/build-error.ts'
import { contractNames } from '../builder/contract-names.ts'

const HELP = `npm run build:near [-- OPTIONS] [NAMES]

Compiles near-sdk-js contracts to WebAssembly for NEAR. NAMES are files in contracts/near/contracts without .ts;
without NAMES, all that hold a contract.

  --source FOLDER  where the contracts are (contracts/near/contracts)
  --out FOLDER     where NAME.wasm goes (contracts/near/generated)
  --traces         errors tell their stack, and functions their names: a fifth more bytes
  --whole          leave every built-in of JavaScript in: larger and dearer, for comparison
  --help`

const FOLDER = fileURLToPath(new URL('..', import.meta.url))

const options = {
  source: { type: 'string', default: join(FOLDER, 'contracts') },
  out: { type: 'string', default: join(FOLDER, 'generated') },
  traces: { type: 'boolean', default: false },
  whole: { type: 'boolean', default: false },
} as const

const { values, positionals } = readArguments(HELP, options, { takesWords: true })

await main()

async function main(): Promise<void> {
  const known = await contractNames(values.source).catch(() => undefined)
  if (known === undefined) return fail(`--source ${values.source}: there is no such folder`)
  const names = positionals.length > 0 ? positionals : known
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined) return fail(`no contract "${unknown}" in ${values.source}: there are ${known.join(', ')}`)

  await mkdir(values.out, { recursive: true })
  // Most of a build is another process's work: all at once use every core.
  await Promise.all(names.map(build))
}

async function build(name: string): Promise<void> {
  const started = performance.now()
  try {
    const { wasm, methods, dearBuiltins } = await buildContract(join(values.source, `${name}.ts`), {
      prune: !values.whole,
      traces: values.traces,
    })
    await writeFile(join(values.out, `${name}.wasm`), wasm)
    const seconds = ((performance.now() - started) / 1000).toFixed(1)
    const builtins = dearBuiltins.length > 0 ? `, with ${dearBuiltins.join(', ')}` : ''
    console.log(`${name}.wasm: ${wasm.length} bytes, ${methods.length} methods${builtins} (${seconds} s)`)
  } catch (error) {
    if (!(error instanceof BuildError)) throw error
    fail(`${name}: ${error.message}`)
  }
}

function fail(message: string): void {
  console.error(message)
  process.exitCode = 1
}
