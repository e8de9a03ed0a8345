/** What a person at a terminal sees of `npm run govern`. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { enclaveRegistryAbi, reputationRegistryAbi } from '@parley/evm'
import type { Hex } from '@parley/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DOLLAR_PRICE, WEIGHT_CAP } from '../scripts/system/devnet.ts'
import { type EvmDevnet, startEvmDevnet } from '../scripts/system/evm-devnet.ts'
import { type NearDevnet, startNearDevnet } from '../scripts/system/near-devnet.ts'

/** The first account of Hardhat's mnemonic, which proposes on a devnet and is its guardian. */
const GOVERNOR_EVM_KEY = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80'
const WORKLOAD: Hex = `0x${'78'.repeat(32)}`

let folder: string
let evm: EvmDevnet
let near: NearDevnet
let environment: Readonly<Record<string, string>>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-govern-'))
  const common = { port: 0, blockMilliseconds: 0, verifiers: [`0x${'aa'.repeat(20)}`] as const, quorum: 1 }
  ;[evm, near] = await Promise.all([
    startEvmDevnet({ ...common, chainId: 31337 }),
    startNearDevnet({ ...common, chainId: 'localnet' }),
  ])
  const files = { evm: join(folder, 'evm.json'), near: join(folder, 'near.json') }
  await writeFile(files.evm, JSON.stringify(evm.deployment))
  await writeFile(files.near, JSON.stringify(near.deployment))
  environment = {
    EVM_RPC_URL: evm.url,
    EVM_DEPLOYMENT: files.evm,
    GOVERNOR_EVM_KEY,
    NEAR_RPC_URL: near.url,
    NEAR_DEPLOYMENT: files.near,
    GOVERNOR_NEAR_ACCOUNT: near.root.accountId,
    GOVERNOR_NEAR_KEY: near.root.secretKey,
  }
})
afterAll(async () => {
  await Promise.all([evm?.stop(), near?.stop()])
  await rm(folder, { recursive: true, force: true })
})

const GOVERN = fileURLToPath(new URL('../scripts/govern.ts', import.meta.url))

/** Of this process's environment only what says where Node is, and where it keeps what it has compiled: each run then takes half the time. */
const { PATH, NODE_COMPILE_CACHE } = process.env

async function govern(words: readonly string[], change: Readonly<Record<string, string>> = {}) {
  const env = { PATH, NODE_COMPILE_CACHE, ...environment, ...change }
  const child = spawn(process.execPath, [GOVERN, ...words], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { code: child.exitCode, stdout, stderr }
}

const chains = {
  evm: {
    allow: ['enclaveRegistry', 'setWorkload', JSON.stringify({ workload: WORKLOAD, isAllowed: true })],
    refused: ['enclaveRegistry', 'revokeEnclave', JSON.stringify({ enclave: `0x${'01'.repeat(20)}` })],
    call: `enclaveRegistry.setWorkload(${WORKLOAD}, true)`,
    isAllowed: () => {
      const registry = { address: evm.deployment.enclaveRegistry, abi: enclaveRegistryAbi } as const
      return evm.reader.readContract({ ...registry, functionName: 'isWorkloadAllowed', args: [WORKLOAD] })
    },
    isPaused: () => {
      const registry = { address: evm.deployment.enclaveRegistry, abi: enclaveRegistryAbi } as const
      return evm.reader.readContract({ ...registry, functionName: 'isPaused' })
    },
    setPrice: (price: string) => ['reputationRegistry', 'setTokenPrice', JSON.stringify({ token: evm.token, price })],
    price: () => {
      const registry = { address: evm.deployment.reputationRegistry, abi: reputationRegistryAbi } as const
      return evm.reader.readContract({ ...registry, functionName: 'tokenPrice', args: [evm.token] })
    },
    weightCap: async () => {
      const registry = { address: evm.deployment.reputationRegistry, abi: reputationRegistryAbi } as const
      return BigInt(await evm.reader.readContract({ ...registry, functionName: 'weightCap' }))
    },
  },
  near: {
    allow: ['parley', 'set_workload', JSON.stringify({ workload: WORKLOAD, is_allowed: true })],
    refused: ['parley', 'revoke_enclave', JSON.stringify({ enclave: `0x${'01'.repeat(20)}` })],
    call: `parley.test.near set_workload {"workload":"${WORKLOAD}","is_allowed":true}`,
    isAllowed: () => near.reader.view(near.deployment.parley, 'is_workload_allowed', { workload: WORKLOAD }),
    isPaused: () => near.reader.view(near.deployment.parley, 'is_paused', {}),
    setPrice: (price: string) => ['parley', 'set_token_price', JSON.stringify({ token: near.token, price })],
    price: async () =>
      BigInt(await near.reader.view<string>(near.deployment.parley, 'token_price', { token: near.token })),
    weightCap: async () => BigInt(await near.reader.view<string>(near.deployment.parley, 'weight_cap', {})),
  },
} as const

describe.each(['evm', 'near'] as const)('on %s', (kind) => {
  const { allow, refused, call, isAllowed, isPaused, setPrice, price, weightCap } = chains[kind]
  const on = (...words: string[]) => govern([...words, '--chain', kind])
  const idIn = (output: string) => /^scheduled (0x[0-9a-f]{64})\n$/.exec(output)?.[1] ?? expect.fail(output)

  test('a call is scheduled, listed, and executed', async () => {
    const id = idIn((await on('schedule', ...allow)).stdout)
    const { stdout } = await on('list')
    expect(stdout).toMatch(new RegExp(`\n {2}${id} {2}ready since 20.*Z {2}`))
    expect(stdout).toContain(call)
    expect(await isAllowed()).toBe(false)

    expect(await on('execute', id)).toEqual({ code: 0, stdout: `executed ${id}\n`, stderr: '' })

    expect(await isAllowed()).toBe(true)
    expect(await on('execute', id)).toEqual({ code: 1, stdout: '', stderr: `${id} is not pending\n` })
  })

  test('what a fee weighs in feedback is set at the start, and changed', async () => {
    expect([await price(), await weightCap()]).toEqual([DOLLAR_PRICE, WEIGHT_CAP])

    const { stdout } = await on('schedule', ...setPrice('7'))
    expect(await on('execute', idIn(stdout))).toMatchObject({ code: 0 })

    expect(await price()).toBe(7n)
  })

  test('a call is cancelled', async () => {
    const id = idIn((await on('schedule', ...allow)).stdout)

    expect(await on('cancel', id)).toEqual({ code: 0, stdout: `cancelled ${id}\n`, stderr: '' })

    expect((await on('list')).stdout).toContain('nothing is pending')
  })

  test('a call that is refused says why, and stays', async () => {
    const id = idIn((await on('schedule', ...refused)).stdout)

    const { code, stderr } = await on('execute', id)

    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('EnclaveUnknown: 0x0101') })
    expect(await on('cancel', id)).toMatchObject({ code: 0 })
  })

  test('the guardian pauses, and ends it', async () => {
    expect(await on('pause')).toMatchObject({ code: 0, stdout: 'paused\n' })
    expect(await isPaused()).toBe(true)

    expect(await on('unpause')).toMatchObject({ code: 0, stdout: 'no longer paused\n' })
    expect(await isPaused()).toBe(false)
  })

  test('who may not hears it', async () => {
    const stranger =
      kind === 'evm' ? { GOVERNOR_EVM_KEY: `0x${'11'.repeat(32)}` } : { GOVERNOR_NEAR_ACCOUNT: 'relayer.test.near' }

    const { code, stderr } = await govern(['schedule', ...allow, '--chain', kind], stranger)

    expect(code).toBe(1)
    expect(stderr).toMatch(kind === 'evm' ? /^AccessControlUnauthorizedAccount: 0x/ : /relayer\.test\.near/)
  })
})

describe('a mistake', () => {
  test.each([
    [['lists'], 'no command "lists": there are list, schedule, execute, cancel, pause, unpause'],
    [['list', 'everything'], 'list takes nothing more, not 1 words'],
    [['execute'], '--chain evm or --chain near: both are in the environment'],
    [['schedule', 'x', 'y', '{}', '--chain', 'evm'], 'no contract "x": there are timelock, agentRegistry'],
    [['schedule', 'x', 'y', '{}', '--chain', 'near'], 'no contract "x": there are timelock, parley, agents'],
    [
      ['schedule', 'ledger', 'withdraw', '{}', '--chain', 'evm'],
      'no withdraw(): there is withdraw(token, amount, receiver)',
    ],
    [['--no-such-option'], "Unknown option '--no-such-option'"],
  ])('%j is answered in a sentence', async (words, answer) => {
    const { code, stdout, stderr } = await govern(words)

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(answer)
    expect(stderr).not.toMatch(/^ {4}at /m)
  })

  test.each([
    ['evm', 'EVM_RPC_URL', 'EVM_RPC_URL: the node at http://127.0.0.1:1 does not answer'],
    ['near', 'NEAR_RPC_URL', 'the NEAR node at http://127.0.0.1:1 does not answer'],
  ])('a node of %s that does not answer is said in a line', async (kind, variable, answer) => {
    const { stderr } = await govern(['list', '--chain', kind], { [variable]: 'http://127.0.0.1:1' })

    expect(stderr).toBe(`${answer}\n`)
  })

  test('a deployment of another chain is refused', async () => {
    const file = join(folder, 'other.json')
    await writeFile(file, JSON.stringify({ ...evm.deployment, chainId: 1 }))

    const { code, stderr } = await govern(['list', '--chain', 'evm'], { EVM_DEPLOYMENT: file })

    expect(code).toBe(2)
    expect(stderr).toBe(
      "EVM_RPC_URL is chain 31337, EVM_DEPLOYMENT is of chain 1: set one of them to the other's chain.\n",
    )
  })

  test('a key of another form is not shown', async () => {
    const { code, stderr } = await govern(['pause', '--chain', 'evm'], { GOVERNOR_EVM_KEY: '0xsecret' })

    expect({ code, stderr }).toEqual({ code: 2, stderr: 'GOVERNOR_EVM_KEY has a value that is not 0x and 64 digits\n' })
  })

  test('no chain is a mistake, and --help needs none', async () => {
    const none = { EVM_DEPLOYMENT: '', NEAR_DEPLOYMENT: '' }

    expect((await govern(['list'], none)).stderr).toBe('No chain is named: set EVM_DEPLOYMENT or NEAR_DEPLOYMENT.\n')
    expect((await govern(['--help'], none)).stdout).toMatch(/^npm run govern -- COMMAND/)
  })
})
