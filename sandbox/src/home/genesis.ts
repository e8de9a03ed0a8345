import { formatHash, formatKey, type PublicKey, ZERO_HASH } from '../primitives/index.ts'
import { type Fields, fieldsOf, readAmount, readArray, readCount, readString } from '../rpc/fields.ts'
import { readStateRecord } from '../rpc/state-records.ts'
import type { StateRecord } from '../runtime/types.ts'
import { secretKeyOfText } from './key-file.ts'

/** The protocol's versions that this node runs; the first is what near-sandbox 0.3 runs. */
export const PROTOCOL_VERSIONS = [86, 88] as const

export type ProtocolVersion = (typeof PROTOCOL_VERSIONS)[number]

/** What the node takes from genesis.json. */
export type Genesis = {
  chainId: string
  protocolVersion: ProtocolVersion
  genesisTimeMilliseconds: number
  genesisHeight: number
  /** In blocks. */
  epochLength: number
  /** For so many blocks after the one that it names, a transaction is valid. */
  transactionValidityPeriod: number
  /** In yoctoNEAR for one gas. */
  minGasPrice: bigint
  records: StateRecord[]
  /** All of it but the records, for EXPERIMENTAL_genesis_config. */
  config: Fields
}

const NEAR = 10n ** 24n

/** What nearcore gives the accounts of a test chain, in yoctoNEAR. */
const INITIAL_BALANCE = 1_000_000_000n * NEAR
const INITIAL_STAKE = 50_000_000n * NEAR

/** Mainnet's. nearcore gives test chains 100, which blocks on demand may use up within a second. */
const TRANSACTION_VALIDITY_PERIOD = 86_400

export type GenesisOptions = {
  chainId: string
  protocolVersion: ProtocolVersion
  /** The first validator; it has nearly all there is. */
  validator: { accountId: string; publicKey: PublicKey }
  /** Short epochs. */
  isFast: boolean
  genesisTime: Date
}

/** A genesis.json as `neard init` writes it for a test chain (nearcore's core/chain-configs/src/lib.rs). */
export function genesisJson({ chainId, protocolVersion, validator, isFast, genesisTime }: GenesisOptions): object {
  const { accountId, publicKey } = validator
  return {
    protocol_version: protocolVersion,
    genesis_time: genesisTime.toISOString(),
    chain_id: chainId,
    genesis_height: 0,
    num_block_producer_seats: 50,
    num_block_producer_seats_per_shard: [50],
    avg_hidden_validator_seats_per_shard: [0],
    dynamic_resharding: false,
    protocol_upgrade_stake_threshold: [4, 5],
    epoch_length: isFast ? 60 : 500,
    gas_limit: 1_000_000_000_000_000,
    min_gas_price: '100000000',
    max_gas_price: '10000000000000000000000',
    block_producer_kickout_threshold: 90,
    chunk_producer_kickout_threshold: 90,
    chunk_validator_only_kickout_threshold: 80,
    target_validator_mandates_per_shard: 68,
    online_min_threshold: [9, 10],
    online_max_threshold: [99, 100],
    gas_price_adjustment_rate: [1, 100],
    validators: [{ account_id: accountId, public_key: formatKey(publicKey), amount: INITIAL_STAKE.toString() }],
    transaction_validity_period: TRANSACTION_VALIDITY_PERIOD,
    protocol_reward_rate: [1, 10],
    max_inflation_rate: [1, 20],
    total_supply: (2n * INITIAL_BALANCE + INITIAL_STAKE).toString(),
    num_blocks_per_year: 31_536_000,
    protocol_treasury_account: accountId,
    fishermen_threshold: (10n * NEAR).toString(),
    minimum_stake_divisor: 10,
    shard_layout: { V0: { num_shards: 1, version: 0 } },
    num_chunk_only_producer_seats: 300,
    minimum_validators_per_shard: 1,
    max_kickout_stake_perc: 100,
    minimum_stake_ratio: [1, 6250],
    use_production_config: false,
    records: [
      ...accountRecords({ accountId, publicKey, locked: INITIAL_STAKE }),
      // Where the protocol's own tokens go; nearcore makes its key from its name.
      ...accountRecords({ accountId: 'near', publicKey: secretKeyOfText('near').publicKey, locked: 0n }),
    ],
  }
}

/** Reads a genesis.json, also one that others have changed. Throws an error that says what is wrong, and where. */
export function readGenesis(value: unknown): Genesis {
  const { records: _, ...config } = fieldsOf(value)
  const genesisTimeMilliseconds = Date.parse(readString(config, 'genesis_time'))
  if (Number.isNaN(genesisTimeMilliseconds)) throw new Error(`genesis_time is no time: ${config.genesis_time}`)
  return {
    chainId: readString(config, 'chain_id'),
    protocolVersion: readProtocolVersion(config),
    genesisTimeMilliseconds,
    genesisHeight: readCount(config, 'genesis_height'),
    epochLength: readCount(config, 'epoch_length'),
    transactionValidityPeriod: readCount(config, 'transaction_validity_period'),
    minGasPrice: readAmount(config, 'min_gas_price'),
    records: readArray(fieldsOf(value), 'records', readStateRecord),
    config,
  }
}

function readProtocolVersion(config: Fields): ProtocolVersion {
  const wanted = readCount(config, 'protocol_version')
  const version = PROTOCOL_VERSIONS.find((known) => known === wanted)
  if (!version) throw new Error(`protocol_version is ${wanted}; this node runs ${PROTOCOL_VERSIONS.join(' and ')}`)
  return version
}

function accountRecords({ accountId, publicKey, locked }: { accountId: string; publicKey: PublicKey; locked: bigint }) {
  const account = {
    amount: INITIAL_BALANCE.toString(),
    locked: locked.toString(),
    code_hash: formatHash(ZERO_HASH),
    storage_usage: 0,
    version: 'V1',
  }
  const accessKey = { nonce: 0, permission: 'FullAccess' }
  return [
    { Account: { account_id: accountId, account } },
    { AccessKey: { account_id: accountId, public_key: formatKey(publicKey), access_key: accessKey } },
  ]
}
