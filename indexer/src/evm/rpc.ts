import { httpError, postJson, RpcRefused, tryAgain } from '../ask-node.ts'

export interface RpcCall {
  readonly method: string
  readonly params: readonly unknown[]
}

export interface Rpc {
  /** One HTTP request, so that one node answers all calls. Results are in the calls' order. */
  request(calls: readonly RpcCall[], limits?: { readonly maxBytes?: number }): Promise<unknown[]>
}

/** What a node sends at most; it also keeps a window of logs in memory small. */
const MAX_BYTES = 10 * 2 ** 20

/** Ethereum's JSON-RPC, in batches. */
export function createRpc(url: string, signal: AbortSignal): Rpc {
  return {
    request: (calls, { maxBytes = MAX_BYTES } = {}) => tryAgain(() => ask(calls, maxBytes), signal),
  }

  async function ask(calls: readonly RpcCall[], maxBytes: number): Promise<unknown[]> {
    const body = calls.map((call, id) => ({ jsonrpc: '2.0', id, ...call }))
    const answer = await postJson(url, body, { signal, maxBytes })
    if (answer.status < 200 || answer.status > 299) throw httpError(answer)
    return resultsOf(JSON.parse(answer.text), calls)
  }
}

interface Answer {
  readonly id: number
  readonly result?: unknown
  readonly error?: { readonly code: number; readonly message: string }
}

function resultsOf(json: unknown, calls: readonly RpcCall[]): unknown[] {
  const answers: readonly Answer[] = Array.isArray(json) ? json : [json]
  return calls.map(({ method }, id) => {
    const answer = answers.find((candidate) => candidate.id === id) ?? answers.find(({ error }) => error)
    if (answer?.error) throw new RpcRefused(`${method}: ${answer.error.message} (${answer.error.code})`)
    if (answer?.result === undefined) throw new Error(`the node does not answer ${method}`)
    return answer.result
  })
}
