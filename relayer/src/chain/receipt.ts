import {
  agentRegistryAbi,
  demoDollarAbi,
  enclaveEvaluatorAbi,
  enclaveRegistryAbi,
  forwarderAbi,
  jobEscrowAbi,
  readRevert,
} from '@parley/evm'
import { ParleyError } from '@parley/protocol'
import { parseEventLogs, type TransactionReceipt } from 'viem'

const abi = [
  ...forwarderAbi,
  ...agentRegistryAbi,
  ...enclaveRegistryAbi,
  ...jobEscrowAbi,
  ...enclaveEvaluatorAbi,
  ...demoDollarAbi,
].filter((item) => item.type === 'event')

/** An event as JSON: numbers as decimal strings. */
export interface EmittedEvent {
  readonly name: string
  readonly args: Readonly<Record<string, string>>
}

export function readEvents({ logs }: TransactionReceipt): EmittedEvent[] {
  return parseEventLogs({ abi, logs, strict: true }).map(({ eventName, args }) => ({
    name: eventName,
    args: Object.fromEntries(Object.entries(args).map(([name, value]) => [name, textOf(value)])),
  }))
}

/** Why the calls of a forward request failed, when they did: the transaction itself succeeds. */
export function readFailure(events: readonly EmittedEvent[]): ParleyError | undefined {
  const failed = events.find(({ name }) => name === 'RequestFailed')
  if (!failed) return undefined
  const { name, reason } = readRevert((failed.args.reason ?? '0x') as `0x${string}`)
  return new ParleyError(name ?? 'TransactionReverted', reason)
}

function textOf(value: unknown): string {
  const text = String(value)
  return /^0x[0-9a-fA-F]{40}$/.test(text) ? text.toLowerCase() : text
}
