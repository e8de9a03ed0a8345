import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createLog, type LogLevel } from './log.ts'

describe('createLog', () => {
  test('writes a JSON line with name, level and time', () => {
    const { log, lines } = capture()

    log.info({ intentId: '0x01' }, 'settled')

    expect(lines()).toEqual([
      { level: 'info', name: 'relayer', intentId: '0x01', msg: 'settled', time: expect.any(String) },
    ])
    expect(new Date(lines()[0].time).toISOString()).toBe(lines()[0].time)
  })

  test('leaves out what is below its level', () => {
    const { log, lines } = capture('warn')

    log.info('chatter')
    log.warn('news')

    expect(lines().map(({ msg }) => msg)).toEqual(['news'])
  })

  test('writes amounts to the last digit, however deep', () => {
    const { log, lines } = capture()

    log.info({ amountAtoms: 2n ** 64n + 1n, legs: [{ feeAtoms: 1n }], big: 12345678901234567890n })

    expect(lines()[0]).toMatchObject({
      amountAtoms: '18446744073709551617',
      legs: [{ feeAtoms: '1' }],
      big: '12345678901234567890',
    })
  })

  test('puts the name of an error under code, with message, stack and cause beside it', () => {
    const { log, lines } = capture()
    const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
    const error = Object.assign(new Error('no answer', { cause }), { code: 'ChainUnavailable', field: 'chainId' })

    log.error({ error, amountAtoms: 3n }, 'settling failed')

    expect(lines()[0]).toMatchObject({
      code: 'ChainUnavailable',
      amountAtoms: '3',
      msg: 'settling failed',
      error: {
        message: 'no answer',
        field: 'chainId',
        stack: expect.stringContaining('log.test.ts'),
        cause: { code: 'ECONNREFUSED', message: 'connect ECONNREFUSED' },
      },
    })
  })

  test('logs an error that is passed alone, by its class when it has no code', () => {
    const { log, lines } = capture()

    log.error(new TypeError('not a function'))

    expect(lines()[0]).toMatchObject({ code: 'TypeError', msg: 'not a function', error: { message: 'not a function' } })
  })

  test('gives children the same treatment', () => {
    const { log, lines } = capture()

    log.child({ chain: 'evm' }).info({ blockNumber: 7n }, 'followed')

    expect(lines()[0]).toMatchObject({ chain: 'evm', blockNumber: '7' })
  })
})

function capture(level: LogLevel = 'info') {
  const written: string[] = []
  const log = createLog('relayer', { level, destination: { write: (line: string) => written.push(line) } })
  return { log, lines: () => written.map((line) => JSON.parse(line)) }
}

test('a program whose reader is gone still ends', async () => {
  const program = `
    import { createLog } from ${JSON.stringify(join(import.meta.dirname, 'log.ts'))}
    const log = createLog('orphan', { level: 'info' })
    log.info('here')
    setTimeout(() => { log.info('nobody'); log.fatal('listens'); process.exit(7) }, 600)`
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')

  child.stdout.destroy()

  expect(await once(child, 'exit')).toEqual([7, null])
})
