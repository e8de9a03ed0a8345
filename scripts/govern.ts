import { readDeployment as readEvmDeployment } from '@parley/evm/deployment-file'
import { readDeployment as readNearDeployment } from '@parley/near/deployment-file'
import type { Hex } from '@parley/protocol'
import { ConfigurationError, readArguments } from '@parley/service'
import { KeyPair } from 'near-api-js'
import { generatePrivateKey } from 'viem/accounts'
import { openEvmGovernance } from './govern/evm.ts'
import type { Governance } from './govern/governance.ts'
import { openNearGovernance } from './govern/near.ts'

const HELP = `npm run govern -- COMMAND [--chain evm|near]

What the owner of the contracts, a timelock, has scheduled, and what it shall do next.

  list                             all that is pending: its id, when it is due, and the call
  schedule CONTRACT METHOD ARGS    a call, for as soon as the delay allows; ARGS is a JSON object, by name, numbers as texts
  execute ID                       what is due
  cancel ID                        what is pending
  pause                            at once, all that takes new risk: with the guardian's key
  unpause

for example

  npm run govern -- schedule enclaveRegistry setWorkload '{"workload": "0x…", "isAllowed": true}' --chain evm
  npm run govern -- schedule parley set_workload '{"workload": "0x…", "is_allowed": true}' --chain near

CONTRACT is agentRegistry, reputationRegistry, validationRegistry, enclaveRegistry, jobEscrow, ledger or timelock on EVM; agents, parley or
timelock on NEAR.

Environment, for each chain (list needs no key):
  EVM_RPC_URL, EVM_DEPLOYMENT, GOVERNOR_EVM_KEY
  NEAR_RPC_URL, NEAR_DEPLOYMENT, GOVERNOR_NEAR_ACCOUNT, GOVERNOR_NEAR_KEY`

const commands = ['list', 'schedule', 'execute', 'cancel', 'pause', 'unpause'] as const
type Command = (typeof commands)[number]

const { values: options, positionals } = readArguments(HELP, { chain: { type: 'string' } }, { takesWords: true })
if (positionals.length === 0) {
  console.log(HELP)
  process.exit(0)
}

try {
  await run(positionals[0] ?? '', positionals.slice(1))
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = error instanceof ConfigurationError ? 2 : 1
}
// Chains' libraries keep connections for a while.
process.exit()

async function run(name: string, words: readonly string[]): Promise<void> {
  const command = commands.find((known) => known === name)
  if (command === undefined) throw new ConfigurationError(`no command "${name}": there are ${commands.join(', ')}`)
  if (command === 'list') exactly(words)
  const chains = await openChains(command)
  if (command === 'list') {
    for (const chain of chains) await list(chain)
    return
  }
  const [chain, other] = chains
  if (chain === undefined || other !== undefined)
    throw new ConfigurationError('--chain evm or --chain near: both are in the environment')
  await act(command, chain, words)
}

async function list({ chain, list }: Governance): Promise<void> {
  const now = BigInt(Math.floor(Date.now() / 1000))
  const operations = await list()
  console.log(operations.length === 0 ? `${chain}: nothing is pending` : `${chain}:`)
  for (const { id, call, readyAt } of operations) {
    const due = new Date(Number(readyAt) * 1000).toISOString()
    console.log(`  ${id}  ${readyAt > now ? 'due' : 'ready since'} ${due}  ${call}`)
  }
}

async function act(command: Exclude<Command, 'list'>, chain: Governance, words: readonly string[]): Promise<void> {
  switch (command) {
    case 'schedule': {
      const [contract, method, args] = exactly(words, 'CONTRACT', 'METHOD', 'ARGS')
      return console.log(`scheduled ${await chain.schedule(contract, method, objectIn(args))}`)
    }
    case 'execute': {
      const [id] = exactly(words, 'ID')
      await chain.execute(id)
      return console.log(`executed ${id}`)
    }
    case 'cancel': {
      const [id] = exactly(words, 'ID')
      await chain.cancel(id)
      return console.log(`cancelled ${id}`)
    }
    case 'pause':
    case 'unpause':
      exactly(words)
      await chain.setPaused(command === 'pause')
      return console.log(command === 'pause' ? 'paused' : 'no longer paused')
  }
}

/** As many words as there are names. */
function exactly<const Names extends readonly string[]>(words: readonly string[], ...names: Names) {
  if (words.length !== names.length)
    throw new ConfigurationError(
      `${positionals[0]} takes ${names.join(' ') || 'nothing more'}, not ${words.length} words`,
    )
  return words as { readonly [Name in keyof Names]: string }
}

function objectIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  } catch {}
  throw new ConfigurationError(`ARGS is ${text}: a JSON object with each argument by its name`)
}

/** Those of the environment that `--chain` does not leave out. */
async function openChains(command: Command): Promise<Governance[]> {
  const { EVM_DEPLOYMENT: evm, NEAR_DEPLOYMENT: near } = process.env
  const { chain } = options
  if (chain !== undefined && chain !== 'evm' && chain !== 'near')
    throw new ConfigurationError(`--chain is "${chain}", not evm or near`)
  const opened: Governance[] = []
  if (evm && chain !== 'near') {
    const key =
      command === 'list' ? generatePrivateKey() : secret('GOVERNOR_EVM_KEY', /^0x[0-9a-f]{64}$/i, '0x and 64 digits')
    opened.push(await openEvmGovernance(variable('EVM_RPC_URL'), await readEvmDeployment(evm), key as Hex))
  }
  if (near && chain !== 'evm') {
    const key =
      command === 'list'
        ? KeyPair.fromRandom('ed25519').toString()
        : secret('GOVERNOR_NEAR_KEY', /^(ed25519|secp256k1):\w+$/, 'ed25519:…')
    const account = command === 'list' ? 'nobody' : variable('GOVERNOR_NEAR_ACCOUNT')
    const deployment = await readNearDeployment(near)
    opened.push(await openNearGovernance(variable('NEAR_RPC_URL'), deployment, { accountId: account, key }))
  }
  if (opened.length === 0) throw new ConfigurationError('No chain is named: set EVM_DEPLOYMENT or NEAR_DEPLOYMENT.')
  return opened
}

function variable(name: string): string {
  const value = process.env[name]?.trim()
  if (!value) throw new ConfigurationError(`${name} is not set: see --help`)
  return value
}

/** Messages never show its value. */
function secret(name: string, form: RegExp, example: string): string {
  const value = variable(name)
  if (!form.test(value)) throw new ConfigurationError(`${name} has a value that is not ${example}`)
  return value
}
