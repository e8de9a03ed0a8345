import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { listen } from '@parley/service'

export interface Call {
  readonly method: string
  readonly params: readonly unknown[] & Readonly<Record<string, unknown>>
}

/** What is answered instead of what the node would say; `drop` ends the connection in the middle of an answer. */
type Answer = 'drop' | { readonly status: number; readonly body: string }

/** Decides what becomes of a request, of one call or a batch. `pass` asks the node. */
export type Fault = (calls: readonly Call[], pass: () => Promise<string>) => Promise<Answer | string>

/** A node that stands between the indexer and a real one, and fails as it is told. */
export async function startFaultyNode(nodeUrl: string) {
  let fault: Fault | undefined
  const server = createServer(async (request, response) => {
    const body = await text(request)
    const pass = async () => {
      const headers = { 'content-type': 'application/json' }
      return (await fetch(nodeUrl, { method: 'POST', headers, body })).text()
    }
    const answer = await (fault ? fault([JSON.parse(body)].flat(), pass) : pass())
    if (answer === 'drop') {
      response.write('[{"jsonrpc":')
      response.socket?.end()
    } else if (typeof answer === 'string') {
      response.end(answer)
    } else {
      response.writeHead(answer.status).end(answer.body)
    }
  })
  const { url, close } = await listen(server, { port: 0 })
  return {
    url,
    become: (next: Fault | undefined) => {
      fault = next
    },
    stop: close,
  }
}

export function asksForLogs(calls: readonly Call[]): boolean {
  return calls.some((call) => call.method === 'eth_getLogs')
}

/** Blocks that the request wants logs of. */
export function rangeOf(calls: readonly Call[]): number {
  const [filter] = calls.find((call) => call.method === 'eth_getLogs')?.params ?? []
  const { fromBlock, toBlock } = filter as { fromBlock: string; toBlock: string }
  return Number(toBlock) - Number(fromBlock) + 1
}
