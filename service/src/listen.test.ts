import { createServer, type RequestListener, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { ConfigurationError } from './configuration.ts'
import { type Listening, type ListenOptions, listen } from './listen.ts'

const open: Listening[] = []
afterEach(async () => {
  for (const server of open.splice(0)) await server.close()
})

describe('listen', () => {
  test('takes a free port for 0 and says which', async () => {
    const server = await serve((_, response) => response.end('hello'))

    const response = await fetch(server.url)

    expect(await response.text()).toBe('hello')
    expect(server.url).toBe(`http://127.0.0.1:${server.port}`)
  })

  test('says which variable to change when the port is in use', async () => {
    const { port } = await serve(() => {})

    const second = serve(() => {}, { port, variable: 'GRAPHQL_PORT' })

    await expect(second).rejects.toThrow(ConfigurationError)
    await expect(second).rejects.toThrow(
      `port ${port} is in use: set GRAPHQL_PORT to another one, or end what listens there`,
    )
  })

  test('lets a running request end before it closes', async () => {
    const arrived = Promise.withResolvers<ServerResponse>()
    const server = await serve((_, response) => arrived.resolve(response))
    const request = fetch(server.url)
    const response = await arrived.promise

    const closed = server.close()
    response.end('done')
    await closed

    expect(await (await request).text()).toBe('done')
  })

  test('ends streams and upgraded connections when it closes', async () => {
    const server = await serve((_, response) => response.write('first'))
    const stream = await fetch(server.url)
    const socket = connect(server.port, '127.0.0.1').on('error', () => {})
    const socketClosed = new Promise((resolve) => socket.once('close', () => resolve('closed')))
    socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
    await new Promise((resolve) => socket.once('data', resolve))

    await server.close()

    await expect(stream.text()).rejects.toThrow()
    expect(await socketClosed).toBe('closed')
  })

  test('frees its port when it closes', async () => {
    const { port, close } = await serve(() => {})

    await close()

    expect((await serve(() => {}, { port })).port).toBe(port)
  })
})

async function serve(handler: RequestListener, options: ListenOptions = { port: 0 }) {
  const server = createServer(handler)
  server.on('upgrade', (_, socket) => socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n'))
  const listening = await listen(server, options)
  open.push(listening)
  return listening
}
