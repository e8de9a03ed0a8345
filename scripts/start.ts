import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { invoiceTotals } from '@parley/enclave/tasks'
import { ConfigurationError, createLog, readArguments, runProgram } from '@parley/service'
import { play } from './demo/play.ts'
import { printStep, printSummary, printUrls } from './demo/print.ts'
import { readPorts } from './system/ports.ts'
import { startSystem } from './system/system.ts'

const HELP = `npm start [-- OPTIONS]

Starts all of Parley on this machine (an EVM devnet, a NEAR node, Postgres, relayer, indexer, GraphQL, verifiers and a simulated
enclave), plays one job on each chain from registration to payment, and stays up until Ctrl-C.

  --once         end after the demo, with exit code 0 when the job was paid
  --input FILE   let the agent add up your own invoices: a CSV file with the columns invoice, currency and amount
  --help         this text

Environment:
  DATABASE_URL      a Postgres of your own; an embedded one when absent
  GRAPHQL_PORT      4000; for this and the other ports, 0 is any that is free
  RELAYER_PORT      4010
  ENCLAVE_PORT      4020
  VERIFIER_PORT     4030, and the two after it
  EVM_PORT          8545
  NEAR_PORT         3030
  PARLEY_DIRECTORY  .parley; for logs and what the programs hand each other
  LOG_LEVEL         info; or debug, warn, error, silent`

/** Two dollars and a half. */
const PRICE_ATOMS = 2_500_000n
const BLOCK_MILLISECONDS = 1_000

const { values: options } = readArguments(HELP, { once: { type: 'boolean' }, input: { type: 'string' } })

await runProgram(
  'parley',
  async (onStop) => {
    const started = performance.now()
    const input = await readInput(options.input)
    const ports = await readPorts(process.env)
    let fail: (error: Error) => void = () => {}
    const ended = new Promise<void>((_resolve, reject) => {
      fail = reject
    })
    ended.catch(() => {})

    console.log('Starting Parley: an EVM devnet, a NEAR node, Postgres and seven programs. The enclave is a simulator.')
    const system = await startSystem({
      directory: process.env.PARLEY_DIRECTORY?.trim() || fileURLToPath(new URL('../.parley', import.meta.url)),
      ports,
      databaseUrl: process.env.DATABASE_URL?.trim() || undefined,
      blockMilliseconds: BLOCK_MILLISECONDS,
      onStop,
      onProgress: (message) => console.log(`  ${message} (${seconds(started)} s)`),
      onTrouble: (message, isFatal) => (isFatal ? fail(new ConfigurationError(message)) : console.log(`  ${message}`)),
    })

    console.log('\nThe job, on both chains:')
    const { evm, near, graphqlUrl, startEnclave } = system
    const stage = { devnets: [evm, near], relayerUrl: system.relayer.url, graphqlUrl, startEnclave }
    const outcomes = await Promise.race([
      play(stage, { input, amountAtoms: PRICE_ATOMS, after: printStep }),
      ended.then(() => Promise.reject(new Error('ended'))),
    ])
    printSummary(outcomes)
    console.log(`\n  Logs are in ${system.logs}`)
    if (options.once) return { stop: async () => {}, ended: Promise.resolve() }
    printUrls(system)
    console.log('\nCtrl-C ends it all.')
    return { stop: async () => console.log('\nEnding ...'), ended }
  },
  { log: createLog('parley', { level: 'warn' }), stopMilliseconds: 20_000 },
)

/** The file's text, checked before anything costs money: what the enclave would refuse is said here, with row and column. */
async function readInput(path = fileURLToPath(new URL('demo/invoices.csv', import.meta.url))): Promise<string> {
  try {
    const text = await readFile(path, 'utf8')
    invoiceTotals(text)
    return text
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new ConfigurationError(`--input ${path}: ${reason}`, { cause })
  }
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(1)
}
