import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What happens to a call: it passes, its caller is told nothing although it passed, or it never arrives. */
type Fate = 'pass' | 'lose answer' | 'lose call'

export interface RpcProxy {
  readonly url: string
  /** Where calls go; set once the node runs. */
  target: string
  /** Decides the fate of each call, by its JSON-RPC method. */
  decide: (method: string) => Promise<Fate> | Fate
  readonly close: () => Promise<void>
}

/** Stands between a program and its node, and loses what a test wants lost. */
export async function startRpcProxy(): Promise<RpcProxy> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks).toString()
    const fate = await proxy.decide(JSON.parse(body).method)
    if (fate === 'lose call') return void response.destroy()
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(proxy.target, { method: 'POST', headers, body }).catch(() => undefined)
    if (fate === 'lose answer' || answer === undefined) return void response.destroy()
    response.writeHead(answer.status, headers).end(await answer.text())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const proxy: RpcProxy = {
    url: `http://127.0.0.1:${port}`,
    target: '',
    decide: () => 'pass',
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return proxy
}
