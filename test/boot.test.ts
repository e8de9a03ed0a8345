/** `scripts/boot.mjs`, which every command goes through, in a workspace that needs no network. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const BOOT = fileURLToPath(new URL('../scripts/boot.mjs', import.meta.url))

let workspace: string
const children: ChildProcess[] = []

beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), 'parley-boot-'))
  mkdirSync(join(workspace, 'scripts'))
  cpSync(BOOT, join(workspace, 'scripts', 'boot.mjs'))
})
afterEach(() => {
  for (const child of children.splice(0)) killGroup(child)
  rmSync(workspace, { recursive: true, force: true })
})

describe('boot', () => {
  test('runs a program with its arguments, variables and exit code', async () => {
    write('program.mjs', `console.log(JSON.stringify([process.argv.slice(2), process.env])); process.exit(3)`)

    const child = start(['program.mjs', '--flag', 'two words'], { GREETING: 'hello', PARENT_PID: '1' })
    const { code, stdout } = await endOf(child)

    const [args, environment] = JSON.parse(stdout)
    expect(code).toBe(3)
    expect(args).toEqual(['--flag', 'two words'])
    expect(environment).toMatchObject({ GREETING: 'hello', BOOT_PID: String(child.pid) })
    expect(environment).not.toHaveProperty('PARENT_PID')
  })

  test('runs it on the Node that it runs on itself, and puts that first on the path', async () => {
    write('program.mjs', `console.log(JSON.stringify([process.execPath, process.env.PATH.split(':')[0]]))`)

    const { stdout } = await endOf(start(['program.mjs']))

    expect(JSON.parse(stdout)).toEqual([process.execPath, dirname(process.execPath)])
  })

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('passes %s on and waits for the program', async (signal) => {
    write(
      'program.mjs',
      `process.on('${signal}', () => process.exit(7)); setInterval(() => {}, 1e6); console.log('ready')`,
    )
    const child = start(['program.mjs'])
    await once(child.stdout, 'data')

    child.kill(signal)

    expect(await endOf(child)).toMatchObject({ code: 7 })
  })

  test('ends as a shell would when a signal ends the program', async () => {
    write('program.mjs', `process.kill(process.pid, 'SIGKILL')`)

    expect(await endOf(start(['program.mjs']))).toMatchObject({ code: 128 + 9 })
  })
})

describe('packages that are missing', () => {
  test('are installed before the program runs, once', async () => {
    writeWorkspaceWithPart()

    const first = await endOf(start(['program.mjs']))
    const second = await endOf(start(['program.mjs']))

    expect(first).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Installing the packages .*the part is here\n$/s),
    })
    expect(second).toMatchObject({ code: 0, stdout: 'the part is here\n' })
  })

  test('are installed once when two start at the same time, and both go on', async () => {
    writeWorkspaceWithPart()

    const ended = await Promise.all([endOf(start(['program.mjs'])), endOf(start(['program.mjs']))])

    expect(ended.map(({ code }) => code)).toEqual([0, 0])
    expect(
      ended
        .map(({ stdout }) => stdout)
        .join('')
        .match(/Installing the packages/g),
    ).toHaveLength(1)
    expect(ended.every(({ stdout }) => stdout.endsWith('the part is here\n'))).toBe(true)
    expect(isLocked()).toBe(false)
  })

  test('are installed although somebody who installed them was killed', async () => {
    writeWorkspaceWithPart()
    write('.installing', String(spawnSync(process.execPath, ['--version']).pid))

    const { code, stdout } = await endOf(start(['program.mjs']))

    expect([code, stdout.endsWith('the part is here\n')]).toEqual([0, true])
    expect(isLocked()).toBe(false)
  })

  test('that cannot be downloaded are told of in a sentence, and the program does not run', async () => {
    writeWorkspaceWithDownload('http://127.0.0.1:9')

    const { code, stdout, stderr } = await endOf(start(['program.mjs'], { npm_config_registry: 'http://127.0.0.1:9' }))

    expect(code).toBe(1)
    expect(stderr).toContain('Installing the packages failed: npm says why above.')
    expect(stderr).toContain('The first run needs the npm registry')
    expect(stdout).not.toContain('the program runs')
    expect(isLocked()).toBe(false)
  })

  test('are no longer installed after a SIGTERM', async () => {
    const registry = createServer().listen(0, '127.0.0.1')
    await once(registry, 'listening')
    const url = `http://127.0.0.1:${(registry.address() as AddressInfo).port}`
    writeWorkspaceWithDownload(url)
    const child = start(['program.mjs'], { npm_config_registry: url })
    const [socket] = await once(registry, 'connection')

    child.kill('SIGTERM')
    const { code, stdout } = await endOf(child)

    socket.destroy()
    registry.close()
    expect(code).toBe(128 + 15)
    expect(stdout).not.toContain('the program runs')
    expect(isLocked()).toBe(false)
  })
})

function write(name: string, content: string | object): void {
  writeFileSync(join(workspace, name), typeof content === 'string' ? content : JSON.stringify(content))
}

/** A package that is here already and only wants to be linked. */
function writeWorkspaceWithPart(): void {
  const root = { name: 'tiny', version: '0.0.0', workspaces: ['part'] }
  const part = { name: 'part', version: '1.0.0' }
  const link = { resolved: 'part', link: true }
  mkdirSync(join(workspace, 'part'))
  write('package.json', root)
  write('part/package.json', { ...part, type: 'module', exports: './index.js' })
  write('part/index.js', `export default 'the part is here'`)
  write('package-lock.json', lockfile(root, { 'node_modules/part': link, part }))
  write('program.mjs', `import part from 'part'; console.log(part)`)
}

/** A package that only this registry has. */
function writeWorkspaceWithDownload(registry: string): void {
  const root = { name: 'tiny', version: '0.0.0', dependencies: { absent: '1.0.0' } }
  const integrity = `sha512-${Buffer.alloc(64).toString('base64')}`
  const absent = { version: '1.0.0', resolved: `${registry}/absent/-/absent-1.0.0.tgz`, integrity }
  write('package.json', root)
  write('package-lock.json', lockfile(root, { 'node_modules/absent': absent }))
  write('program.mjs', `console.log('the program runs')`)
}

function lockfile(root: { readonly name: string; readonly version: string }, packages: object) {
  const { name, version } = root
  return { name, version, lockfileVersion: 3, requires: true, packages: { '': root, ...packages } }
}

const isLocked = () => existsSync(join(workspace, '.installing'))

/** Without what an npm above us has set. */
function start(args: readonly string[], variables: Record<string, string> = {}) {
  const { PATH = '', HOME = '' } = process.env
  const env = { PATH, HOME, npm_config_cache: join(workspace, 'cache'), ...variables }
  const child = spawn(process.execPath, ['scripts/boot.mjs', ...args], {
    cwd: workspace,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: what a failed test leaves behind is ended as a whole.
    detached: true,
  })
  children.push(child)
  return child
}

function killGroup({ pid }: ChildProcess): void {
  try {
    process.kill(-Number(pid), 'SIGKILL')
  } catch {
    // It has ended.
  }
}

async function endOf(
  child: ReturnType<typeof start>,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const [[code], stdout, stderr] = await Promise.all([once(child, 'exit'), text(child.stdout), text(child.stderr)])
  return { code, stdout, stderr }
}
