import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createSimulatedPlatform } from '@parley/enclave/simulator'
import { chainKind, type Hex } from '@parley/protocol'
import type { OnStop } from '@parley/service'
import { generatePrivateKey, privateKeyToAddress } from 'viem/accounts'
import { type Child, startChild } from './child.ts'
import { startDatabase } from './database.ts'
import { takeDirectory } from './directory.ts'
import { type EvmDevnet, startEvmDevnet } from './evm-devnet.ts'
import { type NearDevnet, startNearDevnet } from './near-devnet.ts'
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
  /** Given how to end what runs so far, before anything does: a start takes seconds and may be interrupted. */
  readonly onStop?: OnStop
  readonly onProgress?: (message: string) => void
  /** Told when a program ended; it is started again unless `isFatal`. */
  readonly onTrouble?: (message: string, isFatal: boolean) => void
}

/** Everything that Parley is, running on this machine. */
export interface System {
  readonly evm: EvmDevnet
  readonly near: NearDevnet
  readonly databaseUrl: string
  readonly graphqlUrl: string
  readonly relayer: Child
  readonly indexer: Child
  readonly graphql: Child
  readonly verifiers: readonly Child[]
  readonly logs: string
  /** Starts another enclave, `enclave-1` and so on, which registers by itself on the chains of its operators, each named by its chain. */
  readonly startEnclave: (operators: Readonly<Record<string, string>>) => Promise<Child>
  /** Ends everything, the last started first. */
  readonly stop: () => Promise<void>
}

/** Of three verifiers. */
const QUORUM = 2

/**
 * Starts chains, database and programs. When one does not start, or is stopped meanwhile, ends the others and throws why.
 * Throws a ConfigurationError when the folder is in use or cannot be written, and when the database does not answer.
 */
export async function startSystem(options: SystemOptions): Promise<System> {
  const stops: (() => Promise<unknown>)[] = []
  let stopping: Promise<void> | undefined
  const stop = () => (stopping ??= stopAll(stops))
  // What was starting while the others were stopped has nobody else to stop it.
  const onPart: OnStop = (part) => (stopping ? void part().catch(() => {}) : stops.push(part))
  options.onStop?.(stop)
  try {
    return { ...(await start(options, onPart)), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function stopAll(stops: (() => Promise<unknown>)[]): Promise<void> {
  for (let last = stops.pop(); last; last = stops.pop()) await last().catch(() => {})
}

async function start(options: SystemOptions, onPart: OnStop): Promise<Omit<System, 'stop'>> {
  const { directory, ports, blockMilliseconds = 0, onProgress = () => {}, onTrouble = () => {} } = options
  const overriding = options.environment ?? ((_name, defaults) => defaults)
  onPart(await takeDirectory(directory))

  const verifierKeys = Array.from({ length: VERIFIERS }, generatePrivateKey)
  const verifierAddresses = verifierKeys.map((key) => privateKeyToAddress(key))
  const { evmChainId, nearChainId } = chainIdsFor(options.databaseUrl)
  const common = { blockMilliseconds, verifiers: verifierAddresses, quorum: QUORUM }
  const stoppable = <Part extends { readonly stop: () => Promise<void> }>(part: Part) => {
    onPart(part.stop)
    return part
  }
  const [databaseUrl, evm, near, platform] = await Promise.all([
    startDatabase(options.databaseUrl, onPart),
    startEvmDevnet({ port: ports.EVM_PORT, chainId: evmChainId, ...common }).then(stoppable),
    startNearDevnet({ port: ports.NEAR_PORT, chainId: nearChainId, ...common }).then(stoppable),
    createSimulatedPlatform(),
  ])
  onProgress(`Postgres, an EVM devnet (${evm.chain}) and a NEAR node (${near.chain}) run, the contracts are deployed`)

  const file = async (name: string, text: string) => {
    await writeFile(join(directory, name), text, { mode: 0o600 })
    return join(directory, name)
  }
  const deployments = {
    evm: await file('evm-deployment.json', JSON.stringify(evm.deployment, undefined, 2)),
    near: await file('near-deployment.json', JSON.stringify(near.deployment, undefined, 2)),
  }
  const chains = { EVM_DEPLOYMENT: deployments.evm, NEAR_DEPLOYMENT: deployments.near }
  const nodes = { DATABASE_URL: databaseUrl, EVM_RPC_URL: evm.url, NEAR_RPC_URL: near.url, ...chains }
  const attestationRoot = await file('attestation-root.pem', platform.rootPem)
  const simulatorPlatform = await file('simulator-platform.json', JSON.stringify(await platform.toJson()))

  const child = async (name: string, program: string, environment: Record<string, string>, portVariable?: string) => {
    const logFile = join(directory, `${name}.log`)
    const told = overriding(name, environment)
    const port = portVariable === undefined ? {} : { portVariable }
    return startChild({ name, program, environment: told, logFile, onLaunch: onPart, onTrouble, ...port })
  }

  const verifierAt = (key: Hex, at: number) => {
    const port = ports.VERIFIER_PORT === 0 ? 0 : ports.VERIFIER_PORT + at
    const environment = {
      ...chains,
      VERIFIER_KEY: key,
      VERIFIER_PORT: String(port),
      ATTESTATION_ROOT: attestationRoot,
    }
    return child(`verifier-${at + 1}`, 'enclave/src/verifier/main.ts', environment, 'VERIFIER_PORT')
  }
  const graphqlSettings = { DATABASE_URL: databaseUrl, GRAPHQL_PORT: String(ports.GRAPHQL_PORT) }
  const [indexer, graphql, ...verifiers] = await Promise.all([
    child('indexer', 'indexer/src/main.ts', nodes),
    child('graphql', 'graphql/src/main.ts', graphqlSettings, 'GRAPHQL_PORT'),
    ...verifierKeys.map(verifierAt),
  ])
  const relayerSettings = {
    ...nodes,
    RELAYER_EVM_KEY: evm.relayerKey,
    RELAYER_NEAR_ACCOUNT: near.relayer.accountId,
    RELAYER_NEAR_KEYS: near.relayer.secretKeys.join(','),
    RELAYER_PORT: String(ports.RELAYER_PORT),
    VERIFIER_URLS: verifiers.map(({ url }) => url).join(','),
    ATTESTATION_ROOT: attestationRoot,
    SPONSORED_TOKENS: `${evm.token},${near.token}`,
  }
  const relayer = await child('relayer', 'relayer/src/main.ts', relayerSettings, 'RELAYER_PORT')
  onProgress(`Relayer, indexer, GraphQL and ${VERIFIERS} verifiers run, each in a process of its own`)

  let enclaves = 0
  const startEnclave = (operators: Readonly<Record<string, string>>) => {
    const settings: Record<string, string> = {
      RELAYER_URL: relayer.url,
      ENCLAVE_PORT: String(ports.ENCLAVE_PORT),
      SIMULATOR_PLATFORM: simulatorPlatform,
    }
    for (const [chain, operator] of Object.entries(operators)) {
      const kind = chainKind(chain)
      settings[`${kind.toUpperCase()}_DEPLOYMENT`] = deployments[kind]
      settings[`${kind.toUpperCase()}_OPERATOR`] = operator
    }
    return child(`enclave-${++enclaves}`, 'enclave/src/main.ts', settings, 'ENCLAVE_PORT')
  }
  const graphqlUrl = `${graphql.url}/graphql`
  return { evm, near, databaseUrl, graphqlUrl, relayer, indexer, graphql, verifiers, logs: directory, startEnclave }
}

/** A database that outlives the devnets must not take the next ones for the same chains. */
function chainIdsFor(databaseUrl: string | undefined): { evmChainId: number; nearChainId: string } {
  const started = Math.floor(Date.now() / 1000)
  return databaseUrl
    ? { evmChainId: started, nearChainId: `localnet-${started}` }
    : { evmChainId: 31337, nearChainId: 'localnet' }
}
