import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { GAS, measureGas } from '../src/gas.ts'
import { gasText } from '../src/gas-table.ts'

test('every call burns the gas that is committed (update: npm run gas:near -- --write)', async () => {
  expect(gasText(await measureGas())).toBe(await readFile(GAS, 'utf8'))
})
