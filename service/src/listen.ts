import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { ConfigurationError } from './configuration.ts'

export interface ListenOptions {
  /** 0: any that is free. */
  readonly port: number
  /** The variable that sets the port, for the message when the port is taken. */
  readonly variable?: string
  readonly host?: string
}

export interface Listening {
  /** `http://127.0.0.1:4000`, with the port that was really taken. */
  readonly url: string
  readonly port: number
  /** Takes no new connections, lets running requests end for a moment, then ends every connection. */
  close(): Promise<void>
}

/** Long enough for what is being answered; streams and WebSockets never end by themselves. */
const GRACE_MILLISECONDS = 500

/** Has a server listen, on 127.0.0.1 unless told otherwise. Throws a ConfigurationError when the port is taken. */
export async function listen(server: Server, options: ListenOptions): Promise<Listening> {
  const { port: wanted, variable, host = '127.0.0.1' } = options
  // Node's own list leaves out connections that were upgraded to WebSockets.
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })

  await new Promise<void>((resolve, reject) => {
    const refuse = (error: Error) => reject(portInUse(error, variable) ?? error)
    server.once('error', refuse).listen(wanted, host, () => {
      server.off('error', refuse)
      resolve()
    })
  })

  const address = server.address()
  if (address === null || typeof address === 'string')
    throw new Error(`The server listens on ${address}, not on a port.`)

  const close = async () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    const timer = setTimeout(() => {
      for (const socket of sockets) socket.destroy()
    }, GRACE_MILLISECONDS)
    await closed
    clearTimeout(timer)
  }
  return { url: `http://${host}:${address.port}`, port: address.port, close }
}

/** The sentence for "address already in use"; undefined for any other error. */
export function portInUse(error: unknown, variable?: string): ConfigurationError | undefined {
  if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE' && 'port' in error)) return undefined
  const remedy = variable ? `set ${variable} to another one` : 'choose another one'
  return new ConfigurationError(`port ${error.port} is in use: ${remedy}, or end what listens there`, { cause: error })
}
