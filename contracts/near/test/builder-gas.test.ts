import { expect, test } from 'vitest'
import { buildContract } from '../builder/build.ts'
import { fixturePath } from './builder-fixture.ts'
import { DeployedContract } from './builder-vm.ts'

/** After an intended change: `npm test -- builder-gas -u`, and look at the difference. */
const RECORD = './builder-gas.json'

test('a contract costs what the record says', async () => {
  const { wasm } = await buildContract(fixturePath('counter'))
  const counter = new DeployedContract(wasm)

  const calls = [
    counter.call('init', { start: 5 }),
    counter.call('increment', { by: 3 }),
    counter.call('get', {}, { isView: true }),
    counter.call('fail'),
  ]
  const [init, increment, get, fail] = calls.map(({ outcome }) => Number(outcome.gasBurnt))
  const record = { bytes: wasm.length, gas: { init, increment, get, fail } }

  await expect(`${JSON.stringify(record, null, 2)}\n`).toMatchFileSnapshot(RECORD)
})
