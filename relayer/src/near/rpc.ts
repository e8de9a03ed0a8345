import { setTimeout as sleep } from 'node:timers/promises'
import { ParleyError } from '@parley/protocol'

/**
 * Calls a method of a node's JSON-RPC. Throws ChainUnavailable when nothing is known, if only because it took longer than
 * `patienceMilliseconds`; a NearRefusal for the node's own no.
 */
export type NearRpc = <Result>(method: string, params: object, patienceMilliseconds?: number) => Promise<Result>

/** A node's typed refusal; `reason` is the name of its cause, for example `UNKNOWN_BLOCK` (nearcore: chain/jsonrpc-primitives). */
export class NearRefusal extends Error {
  override readonly name = 'NearRefusal'
  readonly reason: string
  readonly details: unknown

  constructor(method: string, reason: string, details: unknown) {
    super(`${method}: ${reason}: ${JSON.stringify(details)}`)
    this.reason = reason
    this.details = details
  }
}

const TIMEOUT_MILLISECONDS = 10_000

/** A call that gets lost now and then must not undo the ten before it. */
const ATTEMPTS = 4
const PAUSE_MILLISECONDS = 50

/** What a node says when it has no answer yet, rather than that there is none. */
const OUTAGES: ReadonlySet<string> = new Set([
  'INTERNAL_ERROR',
  'TIMEOUT_ERROR',
  'NO_SYNCED_BLOCKS',
  'NOT_SYNCED_YET',
  'UNAVAILABLE_SHARD',
])

interface Answer<Result> {
  readonly result?: Result
  readonly error?: { readonly cause?: { readonly name?: string }; readonly data?: unknown }
}

/** The JSON-RPC of the node at this URL. */
export function createRpc(url: string): NearRpc {
  return async <Result>(method: string, params: object, patience = TIMEOUT_MILLISECONDS) => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 'parley', method, params })
    const { result, error } = await post<Result>(url, body, AbortSignal.timeout(patience))
    if (result !== undefined && error === undefined) return result
    const reason = error?.cause?.name ?? 'INTERNAL_ERROR'
    const refusal = new NearRefusal(method, reason, error?.data)
    throw OUTAGES.has(reason) ? unavailable(refusal) : refusal
  }
}

/** What the promise gives, or undefined when the node refuses for this reason. */
export async function unless<Result>(reasons: readonly string[], asked: Promise<Result>): Promise<Result | undefined> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof NearRefusal && reasons.includes(error.reason)) return undefined
    throw error
  }
}

/** Asking again is safe: a read changes nothing, and a signed transaction counts once, however often it is sent. */
async function post<Result>(url: string, body: string, signal: AbortSignal): Promise<Answer<Result>> {
  const headers = { 'content-type': 'application/json' }
  for (let attempt = 1; ; attempt++) {
    try {
      const response = await fetch(url, { method: 'POST', headers, body, signal })
      // Refusals come with other statuses than 200, too; what is no JSON was not said by a node.
      return await response.json()
    } catch (cause) {
      if (attempt === ATTEMPTS || signal.aborted) throw unavailable(cause)
      await sleep(PAUSE_MILLISECONDS * attempt)
    }
  }
}

function unavailable(cause: unknown): ParleyError {
  return new ParleyError('ChainUnavailable', 'the chain does not answer; try again', { cause })
}
