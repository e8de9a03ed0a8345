import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { buildContract } from '../builder/build.ts'
import { contractNames } from '../builder/contract-names.ts'

const CONTRACTS = fileURLToPath(new URL('../contracts', import.meta.url))
const GENERATED = fileURLToPath(new URL('../generated', import.meta.url))

test.each(await contractNames(CONTRACTS))(
  'generated/%s.wasm is what the sources give now (update: npm run build:near)',
  async (name) => {
    const { wasm } = await buildContract(join(CONTRACTS, `${name}.ts`), { prune: true })
    const committed = await readFile(join(GENERATED, `${name}.wasm`))

    expect(committed.equals(wasm)).toBe(true)
  },
  300_000,
)

test('generated/ holds nothing else', async () => {
  const names = await contractNames(CONTRACTS)

  expect((await readdir(GENERATED)).sort()).toEqual(names.map((name) => `${name}.wasm`))
})
