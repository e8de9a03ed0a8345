import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { GAS, measureGas } from '../src/gas.ts'

it('every call costs exactly what gas.json says (update: npm run gas:evm -- --write)', async () => {
  const committed = JSON.parse(await readFile(GAS, 'utf8'))

  expect(await measureGas()).toEqual(committed)
})
