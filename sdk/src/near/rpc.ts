import { ParleyError, utf8 } from '@parley/protocol'
import { toBase64 } from './base64.ts'
import { readViewError } from './panic.ts'

/** Reads a NEAR chain over JSON-RPC. What is read throws ChainUnavailable when the node does not answer. */
export interface NearReader {
  /** What a view method returns. Throws the contract's refusal, by its name; Internal with the node's words when it is the node's. */
  readonly view: <Answer>(contract: string, method: string, args: object) => Promise<Answer>
  /** A key of an account, and the block that says so. Throws Internal when the account has no such key. */
  readonly accessKey: (accountId: string, publicKey: string) => Promise<AccessKey>
  /** The latest block's time, in seconds. */
  readonly now: () => Promise<bigint>
}

export interface AccessKey {
  /** Of the last transaction, or delegate action, that the key signed. */
  readonly nonce: bigint
  readonly blockHeight: bigint
}

const TIMEOUT_MILLISECONDS = 10_000

/** A final block cannot be taken back; an optimistic one is two blocks newer, and soon to be final. */
const finality = 'optimistic'

/** Reads the chain of the node at this URL (NEAR's RPC, `docs.near.org/api/rpc`). */
export function createNearReader(url: string): NearReader {
  return {
    async view(contract, method, args) {
      const args_base64 = toBase64(utf8(JSON.stringify(args)))
      const asked = { request_type: 'call_function', account_id: contract, method_name: method, args_base64, finality }
      const { result } = await call<{ result: readonly number[] }>(url, 'query', asked)
      return JSON.parse(new TextDecoder().decode(Uint8Array.from(result)))
    },
    async accessKey(accountId, publicKey) {
      const asked = { request_type: 'view_access_key', account_id: accountId, public_key: publicKey, finality }
      const { nonce, block_height } = await call<{ nonce: number; block_height: number }>(url, 'query', asked)
      return { nonce: BigInt(nonce), blockHeight: BigInt(block_height) }
    },
    async now() {
      const { header } = await call<{ header: { timestamp_nanosec: string } }>(url, 'block', { finality })
      return BigInt(header.timestamp_nanosec) / 1_000_000_000n
    },
  }
}

async function call<Result>(url: string, method: string, params: object): Promise<Result> {
  const answer = await post(url, JSON.stringify({ jsonrpc: '2.0', id: 'parley', method, params }))
  // Some refusals of a query are results: those that nodes gave before errors had types.
  const refused = answer.error ?? answer.result?.error
  if (refused === undefined) return answer.result as Result
  if (typeof refused === 'string' && refused.includes('GuestPanic')) throw readViewError(refused)
  throw new ParleyError('Internal', `the NEAR node at ${new URL(url).origin} refuses ${method}: ${wordsOf(refused)}`)
}

interface Answer {
  readonly result?: { readonly error?: unknown }
  readonly error?: unknown
}

async function post(url: string, body: string): Promise<Answer> {
  const headers = { 'content-type': 'application/json' }
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers,
      body,
      signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
    })
    return await response.json()
  } catch (cause) {
    throw new ParleyError('ChainUnavailable', `the NEAR node at ${new URL(url).origin} does not answer`, { cause })
  }
}

function wordsOf(refused: unknown): string {
  return typeof refused === 'string' ? refused : JSON.stringify(refused)
}
