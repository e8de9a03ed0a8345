import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { secretKeyFromSeed } from '../primitives/index.ts'
import { type Genesis, genesisJson, type ProtocolVersion, readGenesis } from './genesis.ts'
import { HomeError } from './home-error.ts'
import { type KeyFile, keyFileJson, readKeyFile, secretKeyOfText } from './key-file.ts'
import { type NodeConfig, nodeConfigJson, readNodeConfig } from './node-config.ts'

/** A node's folder, read. */
export type Home = { config: NodeConfig; genesis: Genesis; nodeKey: KeyFile; validatorKey: KeyFile }

export type InitOptions = {
  chainId: string
  protocolVersion: ProtocolVersion
  /** The validator, who is the root account of a test chain. */
  accountId: string
  /** Makes the validator's key from this text instead of at random. */
  testSeed?: string | undefined
  isFast: boolean
}

/**
 * Writes config.json, genesis.json, node_key.json and validator_key.json, in the shapes of nearcore. Throws a HomeError
 * when one of them is there already.
 */
export function initHome(folder: string, options: InitOptions): void {
  const { chainId, protocolVersion, accountId, testSeed, isFast } = options
  const secretKey = testSeed === undefined ? secretKeyFromSeed() : secretKeyOfText(testSeed)
  const validator = { accountId, publicKey: secretKey.publicKey }
  makeFolder(folder)
  writeNew(folder, 'validator_key.json', keyFileJson({ accountId, secretKey }))
  writeNew(folder, 'node_key.json', keyFileJson({ accountId: 'node', secretKey: secretKeyFromSeed() }))
  writeNew(
    folder,
    'genesis.json',
    genesisJson({ chainId, protocolVersion, validator, isFast, genesisTime: new Date() }),
  )
  // Last, because its presence says that the folder is complete.
  writeNew(folder, 'config.json', nodeConfigJson({ isFast }))
}

/** Reads what `initHome` wrote, and others may have changed. Throws a HomeError that names file and reason. */
export function readHome(folder: string): Home {
  return {
    config: readFile(folder, 'config.json', readNodeConfig),
    genesis: readFile(folder, 'genesis.json', readGenesis),
    nodeKey: readFile(folder, 'node_key.json', readKeyFile),
    validatorKey: readFile(folder, 'validator_key.json', readKeyFile),
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true })
  } catch (cause) {
    throw new HomeError(`cannot make the home folder ${folder}: ${reasonOf(cause)}`, { cause })
  }
}

function writeNew(folder: string, name: string, json: object): void {
  const path = join(folder, name)
  try {
    // Keys: for the owner only.
    writeFileSync(path, `${JSON.stringify(json, null, 2)}\n`, { flag: 'wx', mode: 0o600 })
  } catch (cause) {
    const isThere = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST'
    const reason = isThere ? 'it is there already; remove the home folder to start anew' : reasonOf(cause)
    throw new HomeError(`cannot write ${path}: ${reason}`, { cause })
  }
}

function readFile<T>(folder: string, name: string, read: (value: unknown) => T): T {
  const path = join(folder, name)
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    const hint = `${path} cannot be read: run \`--home ${folder} init\` first`
    throw new HomeError(`${hint} (${reasonOf(cause)})`, { cause })
  }
  try {
    return read(JSON.parse(text))
  } catch (cause) {
    throw new HomeError(`${path} is not what it should be: ${reasonOf(cause)}`, { cause })
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
