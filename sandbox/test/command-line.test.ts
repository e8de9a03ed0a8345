import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { MAIN, runSandbox, startSandbox, terminate } from './sandbox-process.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-cli-'))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

type Ended = { code: number; stdout: string; stderr: string }

/** Runs the program to its end. */
function sandbox(...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], (error, stdout, stderr) => {
      const code = error === null ? 0 : Number(error.code)
      resolve({ code, stdout, stderr })
    })
  })
}

test('--version and --help answer without a home', async () => {
  expect(await sandbox('--version')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^near-sandbox .*protocol 86/),
  })
  expect(await sandbox('--help')).toMatchObject({ code: 0, stdout: expect.stringContaining('--rpc-addr') })
})

test('init writes the four files, for the owner’s eyes only, and nothing twice', async () => {
  const home = join(folder, 'deep', 'home')

  const first = await sandbox('--home', home, 'init', '--chain-id', 'mine')
  const second = await sandbox('--home', home, 'init')

  expect(first).toEqual({ code: 0, stdout: '', stderr: '' })
  for (const name of ['config.json', 'genesis.json', 'node_key.json', 'validator_key.json']) {
    expect(statSync(join(home, name)).mode & 0o077).toBe(0)
  }
  expect(second.code).toBe(1)
  expect(second.stderr).toContain('is there already; remove the home folder')
})

describe('run says what is wrong and exits with 1:', () => {
  test('a home that is not there', async () => {
    const { code, stderr } = await sandbox('--home', join(folder, 'nowhere'), 'run')

    expect(code).toBe(1)
    expect(stderr).toMatch(/config\.json cannot be read: run `--home .*nowhere init` first/)
  })

  test('a genesis.json that is no JSON', async () => {
    await sandbox('--home', folder, 'init')
    writeFileSync(join(folder, 'genesis.json'), '{')

    const { code, stderr } = await sandbox('--home', folder, 'run')

    expect(code).toBe(1)
    expect(stderr).toMatch(/^near-sandbox: .*genesis\.json is not what it should be: .*\n$/)
  })

  test('a port in use', async () => {
    await sandbox('--home', folder, 'init')
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const address = taken.address()
    const port = typeof address === 'object' ? address?.port : 0

    const { code, stderr } = await sandbox('--home', folder, 'run', '--rpc-addr', `127.0.0.1:${port}`)

    expect(code).toBe(1)
    expect(stderr).toContain(`cannot listen on 127.0.0.1:${port}: the port is in use`)
    taken.close()
  })
})

test('a command line that is wrong exits with 2 and shows how it is meant', async () => {
  const { code, stderr } = await sandbox('--home', folder, 'run', '--fast')

  expect(code).toBe(2)
  expect(stderr).toMatch(/^near-sandbox: --fast is not an option of run\n\nA NEAR node for one machine/)
  expect(existsSync(join(folder, 'config.json'))).toBe(false)
})

test.each(['SIGINT', 'SIGTERM'] as const)('%s ends it with exit code 0, open connections or not', async (signal) => {
  await sandbox('--home', folder, 'init')
  const { child, url } = await runSandbox(folder)
  // fetch keeps the connection open.
  expect((await fetch(`${url}/status`)).status).toBe(200)

  expect(await terminate(child, signal)).toBe(0)

  await expect(fetch(`${url}/status`)).rejects.toThrow()
})

test('a chain of protocol 88 says so and has its parameters', async () => {
  await sandbox('--home', folder, 'init', '--protocol-version', '88')
  const { child, url } = await runSandbox(folder)
  const method = 'EXPERIMENTAL_protocol_config'
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { finality: 'final' } })

  const status = JSON.parse(await (await fetch(`${url}/status`)).text())
  const config = JSON.parse(await (await fetch(url, { method: 'POST', body })).text())

  expect(status.protocol_version).toBe(88)
  // Since 87, a contract earns nothing by being called.
  expect(config.result.runtime_config.transaction_costs.burnt_gas_reward).toEqual([0, 1])
  await terminate(child, 'SIGINT')
})

test('a restart begins at genesis again', async () => {
  const sandboxProcess = await startSandbox()
  await sandboxProcess.call('sandbox_fast_forward', { delta_height: 1000 })
  const { child, url } = await runSandbox(sandboxProcess.home)

  const response = await fetch(`${url}/status`)
  const status = JSON.parse(await response.text())

  expect(status.sync_info.latest_block_height).toBeLessThan(1000)
  expect(status.validator_account_id).toBe('test.near')
  await terminate(child, 'SIGINT')
  expect(await sandboxProcess.stop()).toBe(0)
})
