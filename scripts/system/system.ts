import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connect } from '@parley/database'
import { startEmbeddedPostgres } from '@parley/database/embedded'
import { createSimulatedPlatform } from '@parley/enclave/simulator'
import type { Hex } from '@parley/protocol'
import { ConfigurationError } from '@parley/service'
import { generatePrivateKey, privateKeyToAddress } from 'viem/accounts'
import { type EvmDevnet, startEvmDevnet } from './chain.ts'
import { type Child, startChild } from './child.ts'
import { type Ports, VERIFIERS } from './ports.ts'

export interface SystemOptions {
  /** For logs and what programs hand each other; made when missing. Only files of the same names are written over. */
  readonly directory: string
  readonly ports: Ports
  /** A Postgres of one's own; the embedded one when absent. */
  readonly databaseUrl?: string | undefined
  readonly blockMilliseconds?: number
  /** Overrides what programs are told, by program. Tests put proxies between. */
  readonly environment?: (name: string, defaults: Readonly<Record<string, string>>) => Readonly<Record<string, string>>
  readonly onProgress?: (message: string) => void
  /** Told when a program ended; it is started again unless `isFatal`. */
  readonly onTrouble?: (message: string, isFatal: boolean) => void
}

/** Everything that Parley is, running on this machine. */
export interface System {
  readonly evm: EvmDevnet
  readonly databaseUrl: string
  readonly graphqlUrl: string
  readonly relayer: Child
  readonly indexer: Child
  readonly graphql: Child
  readonly verifiers: readonly Child[]
  readonly logs: string
  /** Starts another enclave, `enclave-1` and so on, which registers by itself. */
  readonly startEnclave: (operator: Hex) => Promise<Child>
  /** Ends everything, the last started first. */
  readonly stop: () => Promise<void>
}

/** Of three verifiers. */
const QUORUM = 2

/** Starts chain, database and programs. When one does not start, ends the others and throws why. */
export async function startSystem(options: SystemOptions): Promise<System> {
  const stops: (() => Promise<unknown>)[] = []
  const stop = async () => {
    for (let last = stops.pop(); last; last = stops.pop()) await last().catch(() => {})
  }
  try {
    return { ...(await start(options, stops)), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function start(options: SystemOptions, stops: (() => Promise<unknown>)[]): Promise<Omit<System, 'stop'>> {
  const { directory, ports, blockMilliseconds = 0, onProgress = () => {}, onTrouble = () => {} } = options
  const overriding = options.environment ?? ((_name, defaults) => defaults)
  // Private: it holds the keys of the simulated platform.
  await mkdir(directory, { recursive: true, mode: 0o700 })

  const verifierKeys = Array.from({ length: VERIFIERS }, generatePrivateKey)
  const verifierAddresses = verifierKeys.map((key) => privateKeyToAddress(key))
  const [databaseUrl, evm, platform] = await Promise.all([
    startDatabase(options.databaseUrl, stops),
    startEvmDevnet({
      port: ports.EVM_PORT,
      chainId: chainIdFor(options.databaseUrl),
      blockMilliseconds,
      verifiers: verifierAddresses,
      quorum: QUORUM,
    }),
    createSimulatedPlatform(),
  ])
  stops.push(evm.stop)
  onProgress(`Postgres and an EVM devnet (chain ${evm.chainId}) run, the contracts are deployed`)

  const file = async (name: string, text: string) => {
    await writeFile(join(directory, name), text, { mode: 0o600 })
    return join(directory, name)
  }
  const shared = {
    RPC_URL: evm.url,
    DATABASE_URL: databaseUrl,
    DEPLOYMENT: await file('deployment.json', JSON.stringify(evm.deployment, undefined, 2)),
  }
  const attestationRoot = await file('attestation-root.pem', platform.rootPem)
  const simulatorPlatform = await file('simulator-platform.json', JSON.stringify(await platform.toJson()))

  const child = async (name: string, program: string, environment: Record<string, string>, portVariable?: string) => {
    const logFile = join(directory, `${name}.log`)
    const told = overriding(name, { ...shared, ...environment })
    const port = portVariable === undefined ? {} : { portVariable }
    const onLaunch = (stop: () => Promise<void>) => void stops.push(stop)
    return startChild({ name, program, environment: told, logFile, onLaunch, onTrouble, ...port })
  }

  const verifierAt = (key: Hex, at: number) => {
    const port = ports.VERIFIER_PORT === 0 ? 0 : ports.VERIFIER_PORT + at
    const environment = { VERIFIER_KEY: key, VERIFIER_PORT: String(port), ATTESTATION_ROOT: attestationRoot }
    return child(`verifier-${at + 1}`, 'enclave/src/verifier/main.ts', environment, 'VERIFIER_PORT')
  }
  const [indexer, graphql, ...verifiers] = await Promise.all([
    child('indexer', 'indexer/src/main.ts', {}),
    child('graphql', 'graphql/src/main.ts', { GRAPHQL_PORT: String(ports.GRAPHQL_PORT) }, 'GRAPHQL_PORT'),
    ...verifierKeys.map(verifierAt),
  ])
  const relayerSettings = {
    RELAYER_KEY: evm.relayerKey,
    RELAYER_PORT: String(ports.RELAYER_PORT),
    VERIFIER_URLS: verifiers.map(({ url }) => url).join(','),
    ATTESTATION_ROOT: attestationRoot,
    SPONSORED_TOKENS: evm.token,
  }
  const relayer = await child('relayer', 'relayer/src/main.ts', relayerSettings, 'RELAYER_PORT')
  onProgress(`Relayer, indexer, GraphQL and ${VERIFIERS} verifiers run, each in a process of its own`)

  let enclaves = 0
  const startEnclave = (operator: Hex) => {
    const settings = {
      RELAYER_URL: relayer.url,
      ENCLAVE_PORT: String(ports.ENCLAVE_PORT),
      OPERATOR: operator,
      SIMULATOR_PLATFORM: simulatorPlatform,
    }
    return child(`enclave-${++enclaves}`, 'enclave/src/main.ts', settings, 'ENCLAVE_PORT')
  }
  const graphqlUrl = `${graphql.url}/graphql`
  return { evm, databaseUrl, graphqlUrl, relayer, indexer, graphql, verifiers, logs: directory, startEnclave }
}

async function startDatabase(url: string | undefined, stops: (() => Promise<unknown>)[]): Promise<string> {
  if (url) return requireAnswer(url)
  const server = await startEmbeddedPostgres()
  stops.push(server.stop)
  return server.url
}

async function requireAnswer(url: string): Promise<string> {
  const { sql, close } = connect(url, { max: 1 })
  try {
    await sql`select 1`
    return url
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new ConfigurationError(
      `DATABASE_URL names a Postgres that does not answer (${reason}): start it, or unset DATABASE_URL for the embedded one.`,
      { cause },
    )
  } finally {
    await close()
  }
}

/** A database that outlives the devnet must not take the next devnet for the same chain. */
function chainIdFor(databaseUrl: string | undefined): number {
  return databaseUrl ? Math.floor(Date.now() / 1000) : 31337
}
