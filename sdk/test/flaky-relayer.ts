import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

/** What to do with one request; without an answer the connection is dropped, as by a relayer that was killed. */
export type Turn = 'drop' | 'dropAfterBody' | { readonly status: number; readonly body: unknown }

interface SeenRequest {
  readonly method: string | undefined
  readonly path: string | undefined
  readonly idempotencyKey: string | undefined
  readonly body: string
}

export interface FlakyRelayer {
  readonly url: string
  readonly seen: readonly SeenRequest[]
  close(): Promise<void>
}

/** A real server that takes one turn a request, and the last one for ever. */
export async function startFlakyRelayer(turns: readonly Turn[], port = 0): Promise<FlakyRelayer> {
  const seen: SeenRequest[] = []
  let count = 0
  const server = createServer(async (request, response) => {
    const turn = turns[Math.min(count++, turns.length - 1)]
    seen.push(await read(request))
    take(turn, response)
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { url: `http://127.0.0.1:${address.port}`, seen, close }
}

function take(turn: Turn | undefined, response: ServerResponse): void {
  if (turn === undefined || turn === 'drop') {
    response.destroy()
    return
  }
  if (turn === 'dropAfterBody') {
    response.writeHead(202, { 'content-type': 'application/json', 'content-length': '1000' })
    response.write('{"id":', () => response.destroy())
    return
  }
  const text = typeof turn.body === 'string' ? turn.body : JSON.stringify(turn.body)
  response.writeHead(turn.status, { 'content-type': 'application/json' }).end(text)
}

async function read(request: IncomingMessage): Promise<SeenRequest> {
  let body = ''
  for await (const part of request.setEncoding('utf8')) body += part
  const key = request.headers['idempotency-key']
  return { method: request.method, path: request.url, idempotencyKey: Array.isArray(key) ? key[0] : key, body }
}
