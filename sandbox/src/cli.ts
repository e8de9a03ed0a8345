import { parseArgs } from 'node:util'
import { PROTOCOL_VERSIONS, type ProtocolVersion } from './home/genesis.ts'
import { isValidAccountId } from './primitives/index.ts'

/** What the command line asks for. */
export type Command =
  | { kind: 'help' }
  | { kind: 'version' }
  | {
      kind: 'init'
      home: string
      chainId: string
      protocolVersion: ProtocolVersion
      accountId: string
      testSeed: string | undefined
      isFast: boolean
    }
  | { kind: 'run'; home: string; rpcAddress: string | undefined; allowsRemote: boolean }

/** A command line that cannot be understood. */
export class UsageError extends Error {
  override name = 'UsageError'
}

export const HELP = `A NEAR node for one machine, with the command line of near-sandbox.

  near-sandbox --home <folder> init [--fast] [--chain-id <id>] [--account-id <id>] [--test-seed <text>]
                             [--protocol-version 86|88]
  near-sandbox --home <folder> run [--rpc-addr <host:port>] [--network-addr <host:port>] [--allow-remote]
  near-sandbox --version | --help

init  writes config.json, genesis.json, node_key.json and validator_key.json into the folder.
  --fast          blocks every 100 ms instead of 600, epochs of 60 blocks instead of 500
  --chain-id      the chain's name, "localnet" if not given
  --account-id    the account that has nearly all tokens, "test.near" if not given
  --test-seed     makes that account's key from this text instead of at random
  --protocol-version   86, which near-sandbox 0.3 runs, if not given

run   starts the chain of genesis.json and serves JSON-RPC until SIGINT or SIGTERM. The state is kept in memory.
  --rpc-addr      where to listen; config.json says it if not given. 0.0.0.0 means 127.0.0.1, unless:
  --allow-remote  really listens on 0.0.0.0
  --network-addr  is taken and not used: there are no peers
`

const OPTIONS = {
  home: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'V' },
  fast: { type: 'boolean' },
  'chain-id': { type: 'string' },
  'account-id': { type: 'string' },
  'test-seed': { type: 'string' },
  'protocol-version': { type: 'string' },
  'rpc-addr': { type: 'string' },
  'network-addr': { type: 'string' },
  'allow-remote': { type: 'boolean' },
} as const

type OptionName = keyof typeof OPTIONS

const OPTIONS_OF = {
  init: ['home', 'fast', 'chain-id', 'account-id', 'test-seed', 'protocol-version'],
  run: ['home', 'rpc-addr', 'network-addr', 'allow-remote'],
} satisfies Record<string, OptionName[]>

/** Reads the arguments after the program's name. Throws a UsageError that says which is wrong. */
export function parseCommand(args: string[]): Command {
  const { values, positionals } = parseOptions(args)
  if (values.help) return { kind: 'help' }
  if (values.version) return { kind: 'version' }

  const [command, ...rest] = positionals
  if (command !== 'init' && command !== 'run') {
    throw new UsageError(command === undefined ? 'no command: init or run' : `unknown command "${command}"`)
  }
  if (rest.length > 0) throw new UsageError(`unexpected argument "${rest[0]}"`)
  const allowed: string[] = OPTIONS_OF[command]
  const foreign = Object.keys(values).find((name) => !allowed.includes(name))
  if (foreign !== undefined) throw new UsageError(`--${foreign} is not an option of ${command}`)
  if (!values.home) throw new UsageError('no home folder: --home <folder>')

  if (command === 'run') {
    return {
      kind: 'run',
      home: values.home,
      rpcAddress: values['rpc-addr'],
      allowsRemote: values['allow-remote'] ?? false,
    }
  }
  const accountId = values['account-id'] ?? 'test.near'
  if (!isValidAccountId(accountId)) throw new UsageError(`--account-id: "${accountId}" is no account id`)
  return {
    kind: 'init',
    home: values.home,
    chainId: values['chain-id'] || 'localnet',
    protocolVersion: parseProtocolVersion(values['protocol-version'] ?? '86'),
    accountId,
    testSeed: values['test-seed'],
    isFast: values.fast ?? false,
  }
}

function parseProtocolVersion(text: string): ProtocolVersion {
  const version = PROTOCOL_VERSIONS.find((known) => String(known) === text)
  if (version) return version
  throw new UsageError(`--protocol-version: "${text}" is none of ${PROTOCOL_VERSIONS.join(', ')}`)
}

function parseOptions(args: string[]) {
  try {
    return parseArgs({ args, options: OPTIONS, allowPositionals: true })
  } catch (error) {
    // Node's own words name the option and what is wrong with it.
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error })
  }
}

/** Where to listen. A port from 0 to 65535; 0 takes a free one. Throws a UsageError. */
export function parseListenAddress(text: string, allowsRemote: boolean): { host: string; port: number } {
  const match = /^(?<host>[^:]+|\[[\da-f:]+\]):(?<port>\d{1,5})$/i.exec(text)
  const port = Number(match?.groups?.port)
  const host = match?.groups?.host?.replace(/^\[|\]$/g, '')
  if (host === undefined || port > 65_535) throw new UsageError(`"${text}" is no address: host:port`)
  // near-workspaces always asks for 0.0.0.0 and connects to this machine; nobody else has business here.
  return { host: host === '0.0.0.0' && !allowsRemote ? '127.0.0.1' : host, port }
}
