import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { makeServerFolder, type Owner, serverOwner } from './embedded-folder.ts'
import { endServerIn, removeLeftovers } from './embedded-leftovers.ts'

export interface EmbeddedPostgres {
  /** For any client, and for child processes as DATABASE_URL. It holds the password: do not log it. */
  readonly url: string
  /** Ends the server and deletes its data. Clients that are still connected lose their connections. */
  stop(): Promise<void>
  /** Resolves when the server has ended, for whatever reason. */
  readonly exited: Promise<void>
}

export interface EmbeddedPostgresOptions {
  /** Survive a crash of the machine or of the server itself; a `kill -9` of its clients loses nothing either way. */
  readonly durable?: boolean
}

const GUARD = readFileSync(join(import.meta.dirname, 'embedded-guard.sh'), 'utf8')

/** Another process can take the port between our choice and the server's start, but hardly three times. */
const MAX_STARTS = 3

/**
 * Starts a real PostgreSQL 18 with an empty database, for development and tests. Server and data are gone when this
 * process ends, even by SIGKILL. Only who has the URL gets in: it listens on 127.0.0.1 with a random password.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions = {}): Promise<EmbeddedPostgres> {
  const owner = serverOwner()
  await removeLeftovers(owner)
  for (let attempt = 1; ; attempt++) {
    const result = await startServer(await freePort(), owner, options)
    if (result.status === 'running') return result.server
    if (!result.log.includes('Address already in use') || attempt === MAX_STARTS) {
      throw new Error(`PostgreSQL does not start. Its last words:\n${result.log}`)
    }
  }
}

type StartResult = { status: 'running'; server: EmbeddedPostgres } | { status: 'ended'; log: string }

async function startServer(port: number, owner: Owner, options: EmbeddedPostgresOptions): Promise<StartResult> {
  const password = randomBytes(24).toString('hex')
  // From here to the guard nothing waits: a signal finds either no folder or a guarded one.
  const folder = makeServerFolder(owner)
  const guard = spawnGuard(folder, serverSettings(port, options), owner, password)
  const guardEnded = new Promise<void>((resolve) => {
    guard.once('exit', () => resolve()).once('error', () => resolve())
  })
  // The guard ends the server and deletes the folder, unless somebody killed it.
  const exited = guardEnded.then(() => (existsSync(folder) ? endServerIn(folder) : undefined))

  const stop = () => {
    guard.stdin.end()
    return exited
  }

  let log = ''
  const ready = new Promise<void>((resolve) => {
    guard.stderr.setEncoding('utf8').on('data', (text: string) => {
      log = (log + text).slice(-4000)
      if (log.includes('ready to accept connections')) resolve()
    })
  })
  const status = await Promise.race([ready.then(() => 'running' as const), exited.then(() => 'ended' as const)])

  if (status === 'running') {
    const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`
    return { status, server: { url, stop, exited } }
  }
  await stop()
  return { status, log }
}

function serverSettings(port: number, { durable = false }: EmbeddedPostgresOptions): string[] {
  return [
    'listen_addresses=127.0.0.1',
    `port=${port}`,
    'unix_socket_directories=',
    // Containers often have a /dev/shm of 64 MB.
    'dynamic_shared_memory_type=mmap',
    ...(durable ? [] : ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']),
  ]
}

function spawnGuard(folder: string, settings: string[], owner: Owner, password: string) {
  return spawn('/bin/sh', ['-c', GUARD, folder, ...settings.flatMap((setting) => ['-c', setting])], {
    ...owner,
    cwd: folder,
    env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC', PASSWORD: password },
    // A Ctrl-C in the terminal is for us: the server must outlive it until its clients are done.
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
  })
}

async function freePort(): Promise<number> {
  const server = createServer()
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', () => {
      const address = server.address()
      if (address === null || typeof address === 'string') reject(new Error('The system names no free port.'))
      else resolve(address.port)
    })
  })
  await new Promise((resolve) => server.close(resolve))
  return port
}
