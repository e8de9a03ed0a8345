import { existsSync, readFileSync } from 'node:fs'

/** Contracts compiled elsewhere: shared data beside the repository. */
const FOLDER = new URL('../../../../../shared/fixtures/near-rust/', import.meta.url)

/** A contract with promises in every shape, or `undefined`, and then it says which tests do not run. */
export function readHub(): Uint8Array | undefined {
  const file = new URL('hub/hub.wasm', FOLDER)
  if (existsSync(file)) return new Uint8Array(readFileSync(file))
  console.warn(
    'Tests with the hub contract are skipped: ../shared/fixtures/near-rust, beside the repository, is absent.',
  )
  return undefined
}
