import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

/** What NEAR accepts and the engine uses. */
const FEATURES = [
  '--mvp-features',
  '--enable-sign-ext',
  '--enable-mutable-globals',
  '--enable-nontrapping-float-to-int',
]
const PASSES = {
  size: [
    // Nothing lies below 1,024: additions fold into loads and stores.
    '--low-memory-unused',
    '--remove-unused-module-elements',
    '-Oz',
    '--reorder-functions',
    '--reorder-globals',
    '--remove-unused-module-elements',
  ],
  none: ['--remove-unused-module-elements'],
} as const
const STRIP = ['--strip-debug', '--strip-producers']

const WASM_OPT = join(dirname(createRequire(import.meta.url).resolve('binaryen')), 'bin/wasm-opt')

/** Binaryen's wasm-opt: drops what nothing refers to, and optimizes for size, since bytes are gas in every call. */
export async function optimize(wasm: Uint8Array, passes: keyof typeof PASSES): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'near-builder-'))
  try {
    const [input, output] = [join(folder, 'in.wasm'), join(folder, 'out.wasm')]
    await writeFile(input, wasm)
    await promisify(execFile)(process.execPath, [
      WASM_OPT,
      input,
      ...FEATURES,
      ...PASSES[passes],
      ...STRIP,
      '-o',
      output,
    ])
    return await readFile(output)
  } finally {
    await rm(folder, { recursive: true })
  }
}
