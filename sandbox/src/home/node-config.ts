import { type Fields, fieldsOf, readCount, readString } from '../rpc/fields.ts'

/** What the node takes from config.json. */
export type NodeConfig = {
  rpcAddress: string
  maxPayloadBytes: number
  /** How long `tx` and `send_tx` wait. */
  pollingTimeoutMilliseconds: number
  /** A block comes at least this often, so that time passes on the chain. */
  blockIntervalMilliseconds: number
}

type Duration = { secs: number; nanos: number }

export type NodeConfigOptions = { isFast: boolean }

/** A config.json with the fields of nearcore's that mean something here, and the paths that tools look up. */
export function nodeConfigJson({ isFast }: NodeConfigOptions): object {
  const delay: Duration = isFast ? { secs: 0, nanos: 100_000_000 } : { secs: 0, nanos: 600_000_000 }
  const timeout: Duration = { secs: 10, nanos: 0 }
  return {
    genesis_file: 'genesis.json',
    genesis_records_file: null,
    validator_key_file: 'validator_key.json',
    node_key_file: 'node_key.json',
    rpc: {
      addr: '0.0.0.0:3030',
      cors_allowed_origins: ['*'],
      polling_config: { polling_interval: { secs: 0, nanos: 200_000_000 }, polling_timeout: timeout },
      limits_config: { json_payload_max_size: 10_485_760 },
    },
    network: { addr: '0.0.0.0:24567', boot_nodes: '' },
    consensus: { min_num_peers: 0, min_block_production_delay: delay },
    store: { max_open_files: 3000 },
  }
}

/** Reads a config.json; what it does not say is as `nodeConfigJson` says. Throws an error that names what is wrong. */
export function readNodeConfig(value: unknown): NodeConfig {
  const rpc = section(fieldsOf(value), 'rpc')
  const consensus = section(fieldsOf(value), 'consensus')
  const limits = section(rpc, 'limits_config')
  return {
    rpcAddress: rpc.addr === undefined ? '0.0.0.0:3030' : readString(rpc, 'addr'),
    maxPayloadBytes:
      limits.json_payload_max_size === undefined ? 10_485_760 : readCount(limits, 'json_payload_max_size'),
    pollingTimeoutMilliseconds: readDuration(section(rpc, 'polling_config'), 'polling_timeout') ?? 10_000,
    blockIntervalMilliseconds: readDuration(consensus, 'min_block_production_delay') ?? 600,
  }
}

function section(fields: Fields, name: string): Fields {
  return fields[name] === undefined ? {} : fieldsOf(fields[name])
}

/** Milliseconds of nearcore's `{secs, nanos}`. */
function readDuration(fields: Fields, name: string): number | undefined {
  if (fields[name] === undefined) return undefined
  const duration = fieldsOf(fields[name])
  return readCount(duration, 'secs') * 1000 + readCount(duration, 'nanos') / 1_000_000
}
