import { existsSync } from 'node:fs'
import { join } from 'node:path'

const FOLDER = join(import.meta.dirname, '../../../shared/fixtures/near-rust')

/**
 * The path of a contract that another toolchain compiled, or undefined where the fixtures are not laid beside the
 * repository; then the reason is printed, since the tests that need it are skipped.
 */
export function rustContract(name: 'token' | 'hub'): string | undefined {
  const path = join(FOLDER, name, `${name}.wasm`)
  if (existsSync(path)) return path
  console.log(`skipped: there is no ${path}`)
  return undefined
}
