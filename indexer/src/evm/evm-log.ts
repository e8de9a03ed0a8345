import { storable } from '@parley/database'
import {
  agentRegistryAbi,
  arbitratedEvaluatorAbi,
  crowdPayoutAbi,
  type Deployment,
  enclaveEvaluatorAbi,
  enclaveRegistryAbi,
  forwarderAbi,
  guardrailsAbi,
  jobEscrowAbi,
  ledgerAbi,
  milestoneEvaluatorAbi,
  namedByProtocol,
  quorumEvaluatorAbi,
  readRevert,
  reputationRegistryAbi,
  validationRegistryAbi,
} from '@parley/evm'
import { type ChainEvent, type EventFieldKind, type EventName, events, type Hex } from '@parley/protocol'
import { type Abi, type AbiEvent, decodeEventLog, toEventSelector } from 'viem'
import { storableReason } from '../storable-reason.ts'

/** A log as nodes give it; numbers are hexadecimal. */
export interface RpcLog {
  readonly address: Hex
  readonly topics: readonly Hex[]
  readonly data: Hex
  readonly blockNumber: Hex
  readonly blockHash: Hex
  /** Not every node gives it. */
  readonly blockTimestamp?: Hex
  readonly transactionHash: Hex
  readonly logIndex: Hex
}

export interface LogDecoder {
  /** What to ask the node for. */
  readonly filter: { readonly address: readonly Hex[]; readonly topics: readonly [readonly Hex[]] }
  /** Throws on a log that is none of our events. */
  decode(log: RpcLog, timestamp: bigint): ChainEvent
}

/** Reads the logs of a deployment's contracts as events of the protocol. */
export function createLogDecoder(deployment: Deployment): LogDecoder {
  const chain = `eip155:${deployment.chainId}`
  const eventsOf = new Map([
    [deployment.forwarder.toLowerCase(), eventsBySelector(forwarderAbi)],
    [deployment.agentRegistry.toLowerCase(), eventsBySelector(agentRegistryAbi)],
    [deployment.reputationRegistry.toLowerCase(), eventsBySelector(reputationRegistryAbi)],
    [deployment.validationRegistry.toLowerCase(), eventsBySelector(validationRegistryAbi)],
    [deployment.enclaveRegistry.toLowerCase(), eventsBySelector(enclaveRegistryAbi)],
    [deployment.jobEscrow.toLowerCase(), eventsBySelector(jobEscrowAbi)],
    [deployment.enclaveEvaluator.toLowerCase(), eventsBySelector(enclaveEvaluatorAbi)],
    [deployment.ledger.toLowerCase(), eventsBySelector(ledgerAbi)],
    [deployment.guardrails.toLowerCase(), eventsBySelector(guardrailsAbi)],
    [deployment.quorumEvaluator.toLowerCase(), eventsBySelector(quorumEvaluatorAbi)],
    [deployment.milestoneEvaluator.toLowerCase(), eventsBySelector(milestoneEvaluatorAbi)],
    [deployment.arbitratedEvaluator.toLowerCase(), eventsBySelector(arbitratedEvaluatorAbi)],
    [deployment.crowdPayout.toLowerCase(), eventsBySelector(crowdPayoutAbi)],
  ])
  const selectors = new Set([...eventsOf.values()].flatMap((bySelector) => [...bySelector.keys()]))

  return {
    filter: { address: [...eventsOf.keys()] as Hex[], topics: [[...selectors]] },
    decode(log, timestamp) {
      const contract = log.address.toLowerCase()
      const event = log.topics[0] && eventsOf.get(contract)?.get(log.topics[0])
      if (!event) throw new Error(`${contract} has no event ${log.topics[0]}`)
      const decoded = decodeEventLog({ abi: [event], data: log.data, topics: log.topics as [Hex, ...Hex[]] })
      const args = decoded.args as Readonly<Record<string, unknown>>
      const { name, args: named } = namedByProtocol({ name: event.name, args })
      return {
        chain,
        blockNumber: BigInt(log.blockNumber),
        blockHash: log.blockHash,
        timestamp,
        transaction: log.transactionHash,
        logIndex: Number(log.logIndex),
        contract,
        name,
        args: normalized(name as EventName, named),
      } as ChainEvent
    },
  }
}

function eventsBySelector(abi: Abi): Map<Hex, AbiEvent> {
  const ours = abi.filter((item) => item.type === 'event').filter(({ name }) => Object.hasOwn(events, name))
  return new Map(ours.map((event) => [toEventSelector(event), event]))
}

function normalized(name: EventName, args: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const kinds = Object.entries<EventFieldKind>(events[name])
  return Object.fromEntries(kinds.map(([field, kind]) => [field, normalizedValue(kind, args[field])]))
}

function normalizedValue(kind: EventFieldKind, value: unknown): unknown {
  switch (kind) {
    case 'address':
    case 'account':
      return (value as Hex).toLowerCase()
    case 'accounts':
    case 'uints': {
      const item = kind === 'accounts' ? 'account' : 'uint'
      return (value as readonly unknown[]).map((one) => normalizedValue(item, one))
    }
    case 'int':
    case 'uint':
      // viem gives a number where 48 bits suffice.
      return BigInt(value as bigint | number)
    case 'string':
      return storable(value as string)
    case 'reason':
      return storableReason(readRevert(value as Hex).reason)
    case 'bytes32':
    case 'bytes':
    case 'bool':
      return value
  }
}
