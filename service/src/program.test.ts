import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import { listen } from './listen.ts'

const SERVICE = JSON.stringify(pathToFileURL(join(import.meta.dirname, 'index.ts')).href)

/** Keeps the child running, as an open port would. */
const STAY = 'setInterval(() => {}, 1000)'

const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

describe('runProgram', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'stops its parts in reverse order on %s and exits with 0',
    async (signal) => {
      const program = run(`await runProgram('relayer', async (onStop) => {
      onStop(async () => console.log('database stopped'))
      onStop(async () => console.log('chain stopped'))
      ${STAY}
      return { stop: async () => console.log('relayer stopped') }
    })
    console.log('up')`)
      await program.says('up')

      program.child.kill(signal)

      expect(await program.exitCode).toBe(0)
      expect(plain(await program.output)).toEqual(['up', 'relayer stopped', 'chain stopped', 'database stopped'])
    },
  )

  test('stops once, however often it is told to', async () => {
    const program = run(`await runProgram('relayer', async () => {
      ${STAY}
      return { stop: async () => {
        console.log('stopping')
        process.kill(process.pid, 'SIGTERM')
        await new Promise((resolve) => setTimeout(resolve, 100))
        console.log('stopped')
      } }
    })
    console.log('up')`)
    await program.says('up')

    program.child.kill('SIGINT')

    expect(await program.exitCode).toBe(0)
    expect(plain(await program.output)).toEqual(['up', 'stopping', 'stopped'])
  })

  test('does not report as a failure what fails because it stops', async () => {
    const program = run(`await runProgram('relayer', async (onStop) => {
      ${STAY}
      let lose
      onStop(async () => { lose(new Error('the database is gone')); await new Promise((resolve) => setTimeout(resolve, 100)) })
      console.log('starting')
      return new Promise((_, reject) => { lose = reject })
    })`)
    await program.says('starting')

    program.child.kill('SIGTERM')

    expect(await program.exitCode).toBe(0)
    expect(logged(await program.output)).not.toContainEqual(expect.objectContaining({ level: 'fatal' }))
  })

  test('stops the parts that run when a later part fails to start, and logs why', async () => {
    const program = run(`await runProgram('relayer', async (onStop) => {
      onStop(async () => console.log('database stopped'))
      throw Object.assign(new Error('no node there'), { code: 'ChainUnavailable' })
    })`)

    expect(await program.exitCode).toBe(1)
    expect(plain(await program.output)).toEqual(['database stopped'])
    expect(logged(await program.output)).toContainEqual(
      expect.objectContaining({ level: 'fatal', name: 'relayer', code: 'ChainUnavailable', msg: 'failed' }),
    )
  })

  test.each([
    { how: 'an exception that nobody caught', code: `setTimeout(() => { throw new Error('lost') })` },
    { how: 'a rejection that nobody handled', code: `void Promise.reject(new Error('lost'))` },
    { how: 'the failure of what it waits for', code: '', ended: `Promise.reject(new Error('lost'))` },
  ])('stops and exits with 1 on $how', async ({ code, ended = 'undefined' }) => {
    const program = run(`await runProgram('relayer', async () => {
      ${STAY}
      ${code}
      return { stop: async () => console.log('stopped'), ended: ${ended} }
    })`)

    expect(await program.exitCode).toBe(1)
    expect(logged(await program.output)).toContainEqual(
      expect.objectContaining({ level: 'fatal', error: expect.objectContaining({ message: 'lost' }) }),
    )
  })

  test('exits with 0 when it has nothing left to do', async () => {
    const program = run(`await runProgram('backfill', async () => {
      ${STAY}
      return { stop: async () => console.log('stopped'), ended: Promise.resolve() }
    })`)

    expect(await program.exitCode).toBe(0)
    expect(plain(await program.output)).toEqual(['stopped'])
  })

  test('stops the other parts when one fails to stop, and exits with 1', async () => {
    const program = run(`await runProgram('relayer', async (onStop) => {
      onStop(async () => console.log('database stopped'))
      return { stop: async () => { throw new Error('stuck') }, ended: Promise.resolve() }
    })`)

    expect(await program.exitCode).toBe(1)
    expect(plain(await program.output)).toEqual(['database stopped'])
  })

  test('exits without a part that does not stop in time', async () => {
    const program = run(`await runProgram('relayer', async () => ({
      stop: () => new Promise(() => {}),
      ended: Promise.resolve(),
    }), { stopMilliseconds: 100 })`)

    expect(await program.exitCode).toBe(1)
    expect(logged(await program.output)).toContainEqual(expect.objectContaining({ msg: 'did not stop in time' }))
  })

  test('says what to set when the configuration is wrong, without a stack, and exits with 2', async () => {
    const program = run(`await runProgram('relayer', async () => {
      throw new ConfigurationError('EVM_RPC_URL is not set: set it to the URL of an EVM node.')
    })`)

    expect(await program.exitCode).toBe(2)
    expect(await program.errors).toBe(
      'relayer cannot run.\nEVM_RPC_URL is not set: set it to the URL of an EVM node.\n',
    )
  })

  test.each([
    {
      how: 'listens with listen',
      code: (port: number) => `await listen(createServer(), { port: ${port}, variable: 'GRAPHQL_PORT' })`,
      remedy: 'set GRAPHQL_PORT to another one',
    },
    {
      how: 'listens by itself',
      code: (port: number) => `createServer().listen(${port}, '127.0.0.1')`,
      remedy: 'choose another one',
    },
  ])('says so in a sentence when its port is in use and it $how', async ({ code, remedy }) => {
    const taken = await listen(createServer(), { port: 0 })

    const program = run(`import { createServer } from 'node:http'
      await runProgram('graphql', async () => {
        ${code(taken.port)}
        return { stop: async () => {} }
      })`)

    expect(await program.exitCode).toBe(2)
    expect(await program.errors).toBe(
      `graphql cannot run.\nport ${taken.port} is in use: ${remedy}, or end what listens there\n`,
    )
    await taken.close()
  })

  test.each(['PARENT_PID', 'BOOT_PID'])('stops when the parent named by %s is killed', async (variable) => {
    const parent = run(`import { spawn } from 'node:child_process'
      const program = ${JSON.stringify(`import { runProgram } from ${SERVICE}
        await runProgram('relayer', async () => {
          ${STAY}
          return { stop: async () => console.log('stopped') }
        })
        console.log('up')`)}
      spawn(process.execPath, ['--input-type=module', '--eval', program], {
        stdio: ['ignore', 'inherit', 'inherit'],
        env: { ...process.env, ${variable}: String(process.pid) },
      })`)
    await parent.says('up')

    parent.child.kill('SIGKILL')

    // The program holds the same pipe: it ends when the program does.
    expect(plain(await parent.output)).toEqual(['up', 'stopped'])
  })
})

function run(source: string) {
  const script = `import { ConfigurationError, listen, runProgram } from ${SERVICE}\n${source}`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.push(child)
  const says = (line: string) =>
    new Promise<void>((resolve) => {
      child.stdout.on('data', (written) => String(written).includes(`${line}\n`) && resolve())
    })
  return {
    child,
    says,
    output: text(child.stdout),
    errors: text(child.stderr),
    exitCode: new Promise<number | null>((resolve) => child.once('exit', resolve)),
  }
}

/** What a program wrote by `console.log`. */
function plain(output: string): string[] {
  return output.split('\n').filter((line) => line && !line.startsWith('{'))
}

function logged(output: string): unknown[] {
  const lines = output.split('\n').filter((line) => line.startsWith('{'))
  return lines.map((line) => JSON.parse(line))
}
