import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { getBinary } from '../drop-in/dist/getBinary.js'

const require = createRequire(import.meta.url)
const SANDBOX = join(import.meta.dirname, '..')

afterEach(() => {
  delete process.env.NEAR_SANDBOX_BIN_PATH
})

test('near-workspaces’ dependency near-sandbox is this folder', () => {
  const asked = createRequire(require.resolve('near-workspaces')).resolve('near-sandbox/dist/getBinary')

  expect(asked).toBe(require.resolve('../drop-in/dist/getBinary.js'))
})

test('the binary runs with the Node of the tests, whatever PATH says', async () => {
  const { binPath, exists } = await getBinary()

  expect(await exists()).toBe(true)
  // As near-workspaces starts it when NEAR_WORKSPACES_DEBUG is set.
  const version = execFileSync(binPath, ['--version'], { env: { RUST_BACKTRACE: 'full' }, encoding: 'utf8' })
  expect(version).toContain('near-sandbox')
  expect((await getBinary()).binPath).toBe(binPath)
})

test('the launcher is gone when its process ends', () => {
  const script = `require(${JSON.stringify(require.resolve('../drop-in/dist/getBinary.js'))})
    .getBinary().then(({ binPath }) => console.log(binPath))`

  const binPath = execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' }).trim()

  expect(binPath).toMatch(/near-sandbox$/)
  expect(existsSync(binPath)).toBe(false)
})

test('under a Node that is too old the binary runs with the one that the checkout has, else that is said', () => {
  const checkout = mkdtempSync(join(tmpdir(), 'checkout-'))
  cpSync(join(SANDBOX, 'drop-in'), join(checkout, 'sandbox/drop-in'), { recursive: true })
  symlinkSync(join(SANDBOX, 'src'), join(checkout, 'sandbox/src'))
  const script = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.19.0' } })
    Object.defineProperty(process, 'execPath', { value: '/nowhere/node' })
    require(${JSON.stringify(join(checkout, 'sandbox/drop-in/dist/getBinary.js'))})
      .getBinary()
      .then(({ binPath }) => require('node:child_process').execFileSync(binPath, ['--version'], { encoding: 'utf8' }))
      .then(console.log, (error) => console.log(error.message))`
  const start = () => execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' })

  const without = start()
  const bin = join(checkout, 'runtime/node_modules/node-of-this-platform/bin')
  mkdirSync(bin, { recursive: true })
  symlinkSync(process.execPath, join(bin, 'node'))
  const withPinned = start()
  rmSync(checkout, { recursive: true })

  expect(without).toContain('the NEAR sandbox needs Node 24 or later; this is 20.19.0')
  expect(withPinned).toContain('near-sandbox')
  expect(withPinned).not.toContain('needs Node')
})

test('a node ends with the process that started it, even if that was killed', async () => {
  const script = `const { Worker } = require(${JSON.stringify(require.resolve('near-workspaces'))})
    Worker.init().then(({ provider }) => console.log(provider.connection.url))`
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [said] = await once(child.stdout, 'data')
  const status = `${said.toString().trim()}/status`
  expect((await fetch(status)).status).toBe(200)

  child.kill('SIGKILL')

  const isUp = () =>
    fetch(status).then(
      () => true,
      () => false,
    )
  await expect.poll(isUp, { timeout: 10_000 }).toBe(false)
})

test('NEAR_SANDBOX_BIN_PATH switches to another binary, and a wrong one is said', async () => {
  process.env.NEAR_SANDBOX_BIN_PATH = '/bin/sh'
  const other = await getBinary()
  process.env.NEAR_SANDBOX_BIN_PATH = '/nowhere/near-sandbox'
  const missing = await getBinary()

  expect([other.binPath, await other.exists()]).toEqual(['/bin/sh', true])
  expect(await missing.exists()).toBe(false)
  await expect(missing.install()).rejects.toThrow('there is no near-sandbox at /nowhere/near-sandbox')
})
