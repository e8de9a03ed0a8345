import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readDeployment } from '../src/deployment-file.ts'

const DEPLOYMENT = {
  chainId: 31337,
  fromBlock: 1,
  forwarder: `0x${'aA'.repeat(20)}`,
  agentRegistry: `0x${'bB'.repeat(20)}`,
  reputationRegistry: `0x${'b1'.repeat(20)}`,
  validationRegistry: `0x${'b2'.repeat(20)}`,
  enclaveRegistry: `0x${'cC'.repeat(20)}`,
  jobEscrow: `0x${'dD'.repeat(20)}`,
  enclaveEvaluator: `0x${'eE'.repeat(20)}`,
  ledger: `0x${'ff'.repeat(20)}`,
  guardrails: `0x${'fe'.repeat(20)}`,
  quorumEvaluator: `0x${'0F'.repeat(20)}`,
  milestoneEvaluator: `0x${'1F'.repeat(20)}`,
  arbitratedEvaluator: `0x${'A0'.repeat(20)}`,
  crowdPayout: `0x${'2F'.repeat(20)}`,
}

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-deployment-'))
})
afterAll(() => rm(folder, { recursive: true }))

test('readDeployment gives addresses in lower case', async () => {
  const path = await write('mixed.json', JSON.stringify(DEPLOYMENT))

  const { forwarder, enclaveEvaluator, chainId } = await readDeployment(path)

  expect([forwarder, enclaveEvaluator]).toEqual([`0x${'aa'.repeat(20)}`, `0x${'ee'.repeat(20)}`])
  expect(chainId).toBe(31337)
})

test.each([
  ['is no JSON', 'forwarder: 0x', /cannot be read as JSON/],
  ['lacks an address', JSON.stringify({ ...DEPLOYMENT, jobEscrow: undefined }), /jobEscrow/],
  ['has half an address', JSON.stringify({ ...DEPLOYMENT, jobEscrow: '0x12' }), /0x and 40 hexadecimal digits/],
])('readDeployment refuses a file that %s, with its path', async (_, text, problem) => {
  const path = await write('wrong.json', text)

  const refused = expect(readDeployment(path)).rejects

  await refused.toThrow(expect.objectContaining({ code: 'ConfigurationInvalid' }))
  await refused.toThrow(problem)
  await refused.toThrow(`EVM_DEPLOYMENT: ${path}`)
})

test('readDeployment refuses a file that is not there', async () => {
  const path = join(folder, 'nowhere.json')

  await expect(readDeployment(path)).rejects.toThrow(`EVM_DEPLOYMENT: ${path} cannot be read`)
})

async function write(name: string, text: string): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, text)
  return path
}
