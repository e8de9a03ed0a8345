import { type Deployment, eventAbi, namedByProtocol, readRevert } from '@parley/evm'
import { type EmittedEvent, ParleyError } from '@parley/protocol'
import { parseEventLogs, type TransactionReceipt } from 'viem'
import { emitted } from '../emitted.ts'

/** What a transaction's contracts of ours emitted. */
export function readEvents({ logs }: TransactionReceipt, deployment: Deployment): EmittedEvent[] {
  const ours = new Set<string>(Object.values(deployment).filter((value) => typeof value === 'string'))
  const relevant = logs.filter(({ address }) => ours.has(address.toLowerCase()))
  return parseEventLogs({ abi: eventAbi, logs: relevant, strict: true }).map((event) => {
    const { name, args } = namedByProtocol({ name: event.eventName, args: { ...event.args } })
    return emitted(name, args)
  })
}

/**
 * Those of one forward request, the forwarder's own word about it last. Whoever sends a request can send others beside it, in the same
 * transaction: the forwarder closes each with an event.
 */
export function eventsOfForwarded(events: readonly EmittedEvent[], effect: string): readonly EmittedEvent[] {
  const end = events.findIndex((event) => isClosing(event) && forwardEffect(event.args) === effect)
  return events.slice(events.slice(0, end).findLastIndex(isClosing) + 1, end + 1)
}

/** What a forward request does once: use its signer's nonce. */
export function forwardEffect({ from, nonce }: { readonly from?: string; readonly nonce?: string | bigint }): string {
  return `forward:${from}:${nonce}`
}

/** Why the calls of a forward request failed, when they did: the transaction itself succeeds. */
export function readFailure(events: readonly EmittedEvent[]): ParleyError | undefined {
  const failed = events.find(({ name }) => name === 'RequestFailed')
  if (!failed) return undefined
  const { name, reason } = readRevert((failed.args.reason ?? '0x') as `0x${string}`)
  return new ParleyError(name ?? 'TransactionReverted', reason)
}

function isClosing({ name }: EmittedEvent): boolean {
  return name === 'RequestExecuted' || name === 'RequestFailed'
}
