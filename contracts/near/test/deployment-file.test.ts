import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readDeployment } from '../src/deployment-file.ts'

const DEPLOYMENT = { chainId: 'localnet', fromBlock: 0, agents: 'agents.test.near', parley: 'parley.test.near' }

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-deployment-'))
})
afterAll(() => rm(folder, { recursive: true }))

test('readDeployment gives what the file says', async () => {
  const path = await write('right.json', JSON.stringify(DEPLOYMENT))

  expect(await readDeployment(path)).toEqual(DEPLOYMENT)
})

test.each([
  ['is no JSON', 'agents: a', /cannot be read as JSON/],
  ['lacks an account', JSON.stringify({ ...DEPLOYMENT, parley: undefined }), /parley/],
  ['has an account that is none', JSON.stringify({ ...DEPLOYMENT, agents: 'a..b' }), /must be an account id of NEAR/],
  ['names no chain', JSON.stringify({ ...DEPLOYMENT, chainId: 'near:localnet' }), /is not the name of a chain/],
])('readDeployment refuses a file that %s, with its path', async (_, text, problem) => {
  const path = await write('wrong.json', text)

  const refused = expect(readDeployment(path)).rejects

  await refused.toThrow(expect.objectContaining({ code: 'ConfigurationInvalid' }))
  await refused.toThrow(problem)
  await refused.toThrow(`NEAR_DEPLOYMENT: ${path}`)
})

async function write(name: string, text: string): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, text)
  return path
}
