/** `node store.ts ENGINE.wasm ENGINE_MOVED.wasm`: keeps both links beside this file, compressed, with their digest. */
import { readFileSync, writeFileSync } from 'node:fs'
import { packEngine } from '../builder/engine-file.ts'

const [, , engineFile, movedFile] = process.argv
if (engineFile === undefined || movedFile === undefined) throw new Error('usage: node store.ts ENGINE.wasm MOVED.wasm')

const { packed, digest } = packEngine({ wasm: readFileSync(engineFile), moved: readFileSync(movedFile) })
writeFileSync(new URL('engine.br', import.meta.url), packed)
writeFileSync(new URL('engine.sha256', import.meta.url), `${digest}\n`)
console.log(`engine.br: ${packed.length} bytes, sha256 of what is in it ${digest}`)
