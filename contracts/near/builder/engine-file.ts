import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib'

/** The engine, linked twice; see layout.ts. */
export interface Engine {
  readonly wasm: Uint8Array
  /** The same code, with other addresses. */
  readonly moved: Uint8Array
}

const ENGINE_FILE = new URL('../engine/engine.br', import.meta.url)
const DIGEST_FILE = new URL('../engine/engine.sha256', import.meta.url)

/** The committed engine. Throws when it is not what its digest says. */
export function readEngine(): Engine {
  const content = brotliDecompressSync(readFileSync(ENGINE_FILE))
  const expected = readFileSync(DIGEST_FILE, 'utf8').trim()
  const digest = sha256(content)
  if (digest !== expected)
    throw new Error(`contracts/near/engine/engine.br holds ${digest}, engine.sha256 says ${expected}: restore both`)

  const wasmLength = content.readUInt32LE(0)
  return { wasm: content.subarray(4, 4 + wasmLength), moved: content.subarray(4 + wasmLength) }
}

/** The file's content: length of the first link (4 bytes, little-endian), first link, second link, under Brotli. */
export function packEngine({ wasm, moved }: Engine): { packed: Uint8Array; digest: string } {
  const length = Buffer.alloc(4)
  length.writeUInt32LE(wasm.length)
  const content = Buffer.concat([length, wasm, moved])
  // A window that reaches from the second link back to the first, which it repeats.
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 }
  return { packed: brotliCompressSync(content, { params }), digest: sha256(content) }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
