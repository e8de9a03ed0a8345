/** What a person at a terminal sees of `npm start`. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startEmbeddedPostgres } from '@parley/database/embedded'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from './running.ts'

const repository = fileURLToPath(new URL('..', import.meta.url))
const freePorts = {
  GRAPHQL_PORT: '0',
  RELAYER_PORT: '0',
  ENCLAVE_PORT: '0',
  VERIFIER_PORT: '0',
  EVM_PORT: '0',
  NEAR_PORT: '0',
}

let directory: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'parley-start-'))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

interface Run {
  readonly process: ChildProcess
  /** Everything printed so far. */
  readonly printed: () => string
  readonly ended: Promise<number | string>
  /** Marks its processes: all that it starts inherit its environment. */
  readonly mark: string
}

function run(command: string, environment: NodeJS.ProcessEnv = {}): Run {
  const mark = join(directory, crypto.randomUUID())
  const env = { ...process.env, ...freePorts, PARLEY_DIRECTORY: mark, ...environment }
  const child = spawn('/bin/sh', ['-c', `exec ${command}`], { cwd: repository, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk))
  const ended = new Promise<number | string>((resolve) =>
    child.on('close', (code, signal) => resolve(code ?? signal ?? '')),
  )
  return { process: child, printed: () => text, ended, mark }
}

/** Processes that carry a run's mark. Needs Linux's /proc. */
async function processesOf({ mark }: Run): Promise<string[]> {
  const ids = (await readdir('/proc')).filter((name) => /^[0-9]+$/.test(name))
  const marked = await Promise.all(
    ids.map(async (id) => {
      const environment = await readFile(`/proc/${id}/environ`, 'utf8').catch(() => '')
      return environment.includes(mark) ? [id] : []
    }),
  )
  return marked.flat()
}

const leavesNothing = (ended: Run) =>
  until(async () => ((await processesOf(ended)).length === 0 ? true : undefined), 'all processes to end')

const untilPrinted = (started: Run, text: string) =>
  until(async () => (started.printed().includes(text) ? true : undefined), `"${text}"`)

test('npm start -- --once plays the demo, ends with a summary and exit code 0, and leaves no process', async () => {
  const started = run('npm start -- --once')

  expect(await started.ended, started.printed()).toBe(0)
  expect(started.printed()).toMatch(/^ {2}chain +eip155:31337 +near:localnet$/m)
  for (const row of ['agent', 'job', 'result hash', 'payment', 'transaction', 'gas', 'answer']) {
    expect(started.printed()).toMatch(new RegExp(`^  ${row} +\\S`, 'm'))
  }
  expect(started.printed()).toContain('simulator')
  await leavesNothing(started)
})

test('npm start stays up, and Ctrl-C leaves no process', async () => {
  const started = run('npm start')
  await untilPrinted(started, 'Ctrl-C ends it all')
  const url = /^ {2}GraphQL +(http\S+)/m.exec(started.printed())?.[1] ?? ''
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ jobs { nodes { status } } }' }),
  })
  const completed = { status: 'COMPLETED' }
  expect(await answer.json()).toEqual({ data: { jobs: { nodes: [completed, completed] } } })

  const second = run('npm start', { PARLEY_DIRECTORY: started.mark })
  expect(await second.ended).toBe(2)
  expect(second.printed()).toContain(`PARLEY_DIRECTORY: ${started.mark} is in use by process `)

  started.process.kill('SIGINT')

  expect(await started.ended).toBe(0)
  await leavesNothing(started)
})

test('Ctrl-C while programs start leaves no process, and the folder free', async () => {
  const started = run('npm start')
  await untilPrinted(started, 'the contracts are deployed')

  started.process.kill('SIGINT')

  expect(await started.ended, started.printed()).toBe(0)
  expect(started.printed()).not.toContain('fatal')
  expect(await readdir(started.mark)).not.toContain('running.pid')
  await leavesNothing(started)
})

test('Ctrl-C in the middle of the demo leaves no process', async () => {
  const started = run('npm start')
  await untilPrinted(started, 'Agent registers')

  started.process.kill('SIGINT')

  await started.ended
  await leavesNothing(started)
})

test('SIGKILL of the whole leaves no process either', async () => {
  const started = run('npm start')
  await untilPrinted(started, 'Ctrl-C ends it all')

  started.process.kill('SIGKILL')

  await started.ended
  await leavesNothing(started)
})

test('a program that is killed is started again, with a line that says so', async () => {
  const started = run('npm start')
  await untilPrinted(started, 'Ctrl-C ends it all')
  for (const id of await processesOf(started)) {
    const commandLine = await readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')
    if (commandLine.includes('relayer/src/main.ts')) process.kill(Number(id), 'SIGKILL')
  }

  await untilPrinted(started, 'relayer ended (SIGKILL) and is started again')
  started.process.kill('SIGTERM')

  await started.ended
  await leavesNothing(started)
})

test('a second start needs no network', async ({ skip }) => {
  const isPossible = spawnSync('unshare', ['-n', 'ip', 'link', 'set', 'lo', 'up']).status === 0
  skip(!isPossible, "takes root, and Linux's unshare and ip, to run without a network")

  const started = run(`unshare -n sh -c 'ip link set lo up && exec npm start -- --once'`)

  expect(await started.ended, started.printed()).toBe(0)
})

test("a Postgres of one's own serves one start after the other", { timeout: 120_000 }, async () => {
  const server = await startEmbeddedPostgres()

  const first = run('npm start -- --once', { DATABASE_URL: server.url })
  const firstCode = await first.ended
  const second = run('npm start -- --once', { DATABASE_URL: server.url })
  const secondCode = await second.ended
  await server.stop()

  expect(firstCode, first.printed()).toBe(0)
  expect(secondCode, second.printed()).toBe(0)
})

test('a port in use is said in a sentence with the variable that changes it', async () => {
  const occupant = createServer()
  const port = await new Promise<number>((resolve) =>
    occupant.listen(0, '127.0.0.1', () => resolve((occupant.address() as { port: number }).port)),
  )

  const started = run('npm start -- --once', { GRAPHQL_PORT: String(port) })

  expect(await started.ended).toBe(2)
  expect(started.printed()).toContain(`Port ${port} is in use: set GRAPHQL_PORT`)
  expect(started.printed()).not.toContain('    at ')
  occupant.close()
})

test('a port that is none is said in a sentence', async () => {
  const started = run('npm start -- --once', { EVM_PORT: 'eighty' })

  expect(await started.ended).toBe(2)
  expect(started.printed()).toContain('EVM_PORT is "eighty": set it to a port')
})

test('a setting that is wrong for one of the programs is said in a sentence', async () => {
  const started = run('npm start -- --once', { LOG_LEVEL: 'loud' })

  expect(await started.ended).toBe(2)
  expect(started.printed()).toContain('LOG_LEVEL is "loud"')
  expect(started.printed()).not.toContain('    at ')
})

const unusable = [
  ['PARLEY_DIRECTORY', '/dev/null/parley'],
  ['DATABASE_URL', 'foo'],
] as const
test.for(unusable)('%s=%s is refused in a sentence that names the variable', async ([variable, value]) => {
  const started = run('npm start -- --once', { [variable]: value })

  expect(await started.ended).toBe(2)
  expect(started.printed()).toContain(`parley cannot run.\n${variable}`)
  expect(started.printed()).not.toContain('    at ')
})

test("--input runs the job on one's own file, and what else is in PARLEY_DIRECTORY stays there, but for what a killed start left", async () => {
  const precious = join(directory, 'precious')
  await mkdir(precious)
  await writeFile(join(precious, 'letter.txt'), 'dear')
  // As a SIGKILL leaves it.
  await writeFile(join(precious, 'running.pid'), String(spawnSync('true').pid))
  const file = join(directory, 'mine.csv')
  await writeFile(file, 'invoice,currency,amount\nA-1,EUR,1.10\nA-2,EUR,2.20\n')

  const started = run(`npm start -- --once --input ${file}`, { PARLEY_DIRECTORY: precious })

  expect(await started.ended, started.printed()).toBe(0)
  expect(started.printed()).toContain('"EUR":{"total":"3.30","invoices":2}')
  expect(await readFile(join(precious, 'letter.txt'), 'utf8')).toBe('dear')
  expect(await readdir(precious)).not.toContain('running.pid')
})

test('a database that does not answer is said, and nothing is left', async () => {
  const started = run('npm start -- --once', { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' })

  expect(await started.ended).not.toBe(0)
  expect(started.printed()).toContain('ECONNREFUSED')
  await leavesNothing(started)
})

test('--input with a bad file is refused before anything starts, with row and column', async () => {
  const file = join(directory, 'bad.csv')
  await writeFile(file, 'invoice,currency,amount\nA-1,EUR,1.10\nA-2,EUR,two\n')

  const bad = run(`npm start -- --once --input ${file}`)
  const missing = run(`npm start -- --once --input ${directory}/none.csv`)

  expect(await bad.ended).toBe(2)
  expect(bad.printed()).toMatch(/row 3.*amount/)
  expect(bad.printed()).not.toContain('Starting Parley')
  expect(await missing.ended).toBe(2)
  expect(missing.printed()).toContain('none.csv')
})

test('--help explains, and an unknown option does too', async () => {
  const help = run('npm start -- --help')
  const unknown = run('npm start -- --twice')

  expect(await help.ended).toBe(0)
  expect(help.printed()).toContain('--input FILE')
  expect(await unknown.ended).toBe(2)
  expect(unknown.printed()).toContain('--twice')
})

/** One runs these tests, and the tests above run the others. */
const notRunHere = ['npm test', 'npm start', 'npm start -- --once']

test('the commands in the README work', { timeout: 300_000 }, async () => {
  const readme = await readFile(join(repository, 'README.md'), 'utf8')
  const blocks = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, text = '']) => text.trim())
  const commands = blocks.flatMap((block) => block.split(/(?<!\\)\n/)).filter((line) => !notRunHere.includes(line))
  const scripts = Object.keys(JSON.parse(await readFile(join(repository, 'package.json'), 'utf8')).scripts)
  for (const [, script] of readme.matchAll(/npm run ([a-z:]+)/g)) expect(scripts).toContain(script)

  for (const command of commands.filter((command) => !asksTheRunning(command))) {
    const ran = run(command)
    expect(await ran.ended, `${command}\n${ran.printed()}`).toBe(0)
  }

  const started = run('npm start')
  await untilPrinted(started, 'Ctrl-C ends it all')
  const placeOf = (label: string) =>
    new RegExp(`^ {2}${label} +http://(127.0.0.1:[0-9]+)`, 'm').exec(started.printed())?.[1]
  for (const command of commands.filter(asksTheRunning)) {
    const here = command
      .replace('127.0.0.1:4000', String(placeOf('GraphQL')))
      .replace('127.0.0.1:4010', String(placeOf('Relayer')))
      .replace('127.0.0.1:8545', String(placeOf('EVM')))
      .replace('.parley/', `${started.mark}/`)
    const ran = run(`env ${here}`)
    expect(await ran.ended, `${here}\n${ran.printed()}`).toBe(0)
    expect(ran.printed()).not.toMatch(/"errors"|"code"/)
  }
  started.process.kill('SIGINT')
  await started.ended
})

const asksTheRunning = (command: string) => command.includes('127.0.0.1:')
