import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type Answer, answerRequest, asRpcError, callMethod } from './dispatch.ts'
import { RpcError } from './errors.ts'
import { toJsonText } from './json.ts'
import type { RpcContext } from './methods/context.ts'

export type RpcServer = {
  /** Where it listens, as `host:port`. */
  address: string
  /** Ends idle connections at once, answers what has been asked, and resolves. */
  stop(): Promise<void>
}

export type RpcServerOptions = {
  host: string
  /** 0 takes a free one. */
  port: number
  /** Longer requests are refused with 413. */
  maxPayloadBytes: number
}

/** The paths that answer a GET with the result of the method of that name. */
const GET_METHODS = new Set(['status', 'health', 'network_info'])

/** How long requests under way may take to end after `stop`. */
const STOP_TIMEOUT_MILLISECONDS = 1_000

/** Serves the node's JSON-RPC: POST /, and GET for a few. Rejects when it cannot listen there. */
export async function startRpcServer(context: RpcContext, options: RpcServerOptions): Promise<RpcServer> {
  const server = createServer((request, response) => {
    respond(request, response, context, options).catch(() => response.destroy())
  })
  await listen(server, options)
  const bound = server.address()
  const port = typeof bound === 'object' && bound ? bound.port : options.port
  return { address: `${options.host}:${port}`, stop: () => stop(server) }
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  context: RpcContext,
  { maxPayloadBytes }: RpcServerOptions,
): Promise<void> {
  response.setHeader('access-control-allow-origin', '*')
  response.setHeader('access-control-allow-headers', '*')
  switch (request.method) {
    case 'GET':
    case 'HEAD':
      send(response, await answerGet(request, context))
      break
    case 'POST':
      send(response, await answerPost(request, response, context, maxPayloadBytes))
      break
    case 'OPTIONS':
      response.writeHead(204).end()
      break
    default:
      response.writeHead(405, { allow: 'GET, HEAD, POST, OPTIONS' }).end()
  }
}

async function answerPost(
  request: IncomingMessage,
  response: ServerResponse,
  context: RpcContext,
  maxPayloadBytes: number,
): Promise<Answer> {
  const text = await readBody(request, maxPayloadBytes)
  if (text !== undefined) return answerRequest(text, context)
  // The rest of the body is read and forgotten: a client that is still writing would not see the answer.
  request.resume()
  response.setHeader('connection', 'close')
  const error = RpcError.parse(`the request is longer than ${maxPayloadBytes} bytes`)
  return { httpStatus: 413, body: { jsonrpc: '2.0', error: error.toJson(), id: null } }
}

async function answerGet(request: IncomingMessage, context: RpcContext): Promise<Answer> {
  const method = new URL(request.url ?? '/', 'http://node').pathname.slice(1)
  if (!GET_METHODS.has(method)) return { httpStatus: 404, body: null }
  try {
    return { httpStatus: 200, body: await callMethod({ method }, context) }
  } catch (error) {
    const rpcError = asRpcError(error)
    return { httpStatus: rpcError.httpStatus, body: rpcError.toJson() }
  }
}

function send(response: ServerResponse, { httpStatus, body }: Answer): void {
  const text = toJsonText(body)
  response.writeHead(httpStatus, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  })
  response.end(text)
}

/** The body as text, or undefined when it is too long. */
async function readBody(request: IncomingMessage, maxBytes: number): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    length += chunk.length
    if (length > maxBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function listen(server: Server, { host, port }: RpcServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), STOP_TIMEOUT_MILLISECONDS)
    server.close(() => {
      clearTimeout(timer)
      resolve()
    })
    server.closeIdleConnections()
  })
}
