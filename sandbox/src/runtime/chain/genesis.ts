import { type CryptoHash, sha256, ZERO_HASH } from '../../primitives/hash.ts'
import type { RuntimeConfig } from '../config.ts'
import { StateUpdate } from '../state/state-update.ts'
import { hashOf } from '../trie/node.ts'
import type { Trie } from '../trie/trie.ts'
import type { Chunk, GenesisAccount, StateRecord } from '../types.ts'
import { blockHash, chunkHash } from './block-hash.ts'
import { GENESIS_EPOCH } from './epoch.ts'
import type { BlockEntry } from './ledger.ts'
import { initialStaking } from './stakes.ts'
import { computeStorageUsage, writeRecords } from './state-records.ts'

export interface GenesisOptions {
  readonly height: bigint
  readonly timestampNanoseconds: bigint
  readonly gasPrice: bigint
  readonly gasLimit: bigint
  readonly seed: string
  readonly records: readonly StateRecord[]
}

/** The records of an account with full-access keys. */
export function accountRecords({ accountId, amount, locked = 0n, publicKeys }: GenesisAccount): StateRecord[] {
  const account = { version: 1, amount, locked, storageUsage: 0n, contract: { kind: 'None' } } as const
  const keys = publicKeys.map((publicKey): StateRecord => {
    return { kind: 'AccessKey', accountId, publicKey, accessKey: { nonce: 0n, permission: { kind: 'FullAccess' } } }
  })
  return [{ kind: 'Account', accountId, account }, ...keys]
}

/** The block that nobody produced. */
export function genesisEntry(config: RuntimeConfig, options: GenesisOptions): BlockEntry {
  const { height, timestampNanoseconds, gasPrice, gasLimit, seed, records } = options
  const { trie, supply } = genesisState(config, records)
  const stateRoot = hashOf(trie)
  const chunk = {
    height,
    prevStateRoot: stateRoot,
    stateRoot,
    outcomeRoot: ZERO_HASH,
    txRoot: ZERO_HASH,
    gasUsed: 0n,
    gasLimit,
    balanceBurnt: 0n,
    transactions: [],
    receipts: [],
  } satisfies Omit<Chunk, 'hash'>
  const header = {
    height,
    prevHash: ZERO_HASH,
    prevHeight: height,
    timestampNanoseconds,
    ...GENESIS_EPOCH,
    randomSeed: blockRandomSeed(seed, height),
    gasPrice,
    totalSupply: supply,
    chunk: { ...chunk, hash: chunkHash(chunk) },
  }
  const block = { ...header, hash: blockHash(header) }
  const staking = initialStaking(stakesOf(records))
  return { block, trie, staking, outcomes: [], created: [], outgoing: [], hasDelayedReceipts: false }
}

/** A real chain's seed is the producer's; here it is the chain's and the height's. */
export function blockRandomSeed(seed: string, height: bigint): CryptoHash {
  return sha256(Buffer.from(`${seed}/${height}`))
}

function genesisState(config: RuntimeConfig, records: readonly StateRecord[]): { trie: Trie; supply: bigint } {
  const state = new StateUpdate(undefined)
  const supply = writeRecords(state, records)
  computeStorageUsage(config, state, records)
  return { trie: state.finish(), supply }
}

function stakesOf(records: readonly StateRecord[]): Map<string, bigint> {
  const stakes = new Map<string, bigint>()
  for (const record of records) {
    if (record.kind === 'Account' && record.account.locked > 0n) stakes.set(record.accountId, record.account.locked)
  }
  return stakes
}
