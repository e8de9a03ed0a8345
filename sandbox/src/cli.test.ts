import { describe, expect, test } from 'vitest'
import { parseCommand, parseListenAddress, UsageError } from './cli.ts'

test('parseCommand reads what near-workspaces and near-sandbox pass', () => {
  const run = ['--home', '/h', 'run', '--rpc-addr', '0.0.0.0:5001', '--network-addr', '0.0.0.0:5002']

  expect(parseCommand(['--home', '/h', 'init'])).toMatchObject({ kind: 'init', home: '/h', accountId: 'test.near' })
  expect(parseCommand(['--home', '/h', 'init', '--fast'])).toMatchObject({ kind: 'init', isFast: true })
  expect(parseCommand(run)).toEqual({ kind: 'run', home: '/h', rpcAddress: '0.0.0.0:5001', allowsRemote: false })
  expect(parseCommand(['--version'])).toEqual({ kind: 'version' })
  expect(parseCommand(['-h'])).toEqual({ kind: 'help' })
})

describe('parseCommand refuses', () => {
  test.each([
    [[], 'no command: init or run'],
    [['--home', '/h', 'start'], 'unknown command "start"'],
    [['--home', '/h', 'init', 'again'], 'unexpected argument "again"'],
    [['init'], 'no home folder'],
    [['--home'], "'--home <value>' argument missing"],
    [['--home', '/h', 'init', '--slow'], "Unknown option '--slow'"],
    [['--home', '/h', 'init', '--rpc-addr', 'x:1'], '--rpc-addr is not an option of init'],
    [['--home', '/h', 'run', '--fast'], '--fast is not an option of run'],
    [['--home', '/h', 'init', '--account-id', 'Alice'], '"Alice" is no account id'],
    [['--home', '/h', 'init', '--protocol-version', '87'], '"87" is none of 86, 88'],
  ])('%j', (args, message) => {
    expect(() => parseCommand(args)).toThrow(UsageError)
    expect(() => parseCommand(args)).toThrow(message)
  })
})

test('parseListenAddress keeps the node on this machine unless told otherwise', () => {
  expect(parseListenAddress('0.0.0.0:3030', false)).toEqual({ host: '127.0.0.1', port: 3030 })
  expect(parseListenAddress('0.0.0.0:3030', true)).toEqual({ host: '0.0.0.0', port: 3030 })
  expect(parseListenAddress('[::1]:0', false)).toEqual({ host: '::1', port: 0 })
})

test.each(['3030', 'localhost', 'localhost:', 'localhost:65536', ':3030', 'localhost:-1'])(
  'parseListenAddress refuses "%s"',
  (text) => {
    expect(() => parseListenAddress(text, false)).toThrow(`"${text}" is no address: host:port`)
  },
)
