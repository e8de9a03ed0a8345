import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { GAS, gasText, measureGas } from '../src/gas.ts'

test('every call burns the gas that is committed (update: npm run gas:near -- --write)', async () => {
  expect(gasText(await measureGas())).toBe(await readFile(GAS, 'utf8'))
})
