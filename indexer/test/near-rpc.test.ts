import { createServer, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { listen } from '@parley/service'
import { afterEach, expect, test } from 'vitest'
import { postJson } from '../src/ask-node.ts'
import { createNearRpc } from '../src/near/near-rpc.ts'

const { signal } = new AbortController()
const MEGABYTE = 2 ** 20
let close = async () => {}
afterEach(() => close())

test('what is very large is asked for alone, and comes through', async () => {
  let underWay = 0
  const together: number[] = []
  const url = await serve(async (_, response) => {
    underWay++
    // Those that are cut off have ended before the first is asked for alone.
    together.push(underWay)
    response.once('close', () => underWay--)
    await sleep(50)
    response.end(JSON.stringify({ jsonrpc: '2.0', id: 'parley', result: 'x'.repeat(40 * MEGABYTE) }))
  })
  const rpc = createNearRpc(url, signal)

  const answers = await Promise.all([1, 2, 3].map(() => rpc.call('EXPERIMENTAL_tx_status', {})))

  expect(answers.map((answer) => String(answer).length)).toEqual([40, 40, 40].map((count) => count * MEGABYTE))
  expect(together).toHaveLength(6)
  expect(together.slice(4)).toEqual([1, 1])
})

test('what is small does not wait for what is large', async () => {
  const finished: string[] = []
  const url = await serve(async (method, response) => {
    if (method === 'large') await sleep(200)
    response.end(JSON.stringify({ result: method === 'large' ? 'x'.repeat(11 * MEGABYTE) : 'small' }))
  })
  const rpc = createNearRpc(url, signal)
  const ask = async (method: string) => {
    await rpc.call(method, {})
    finished.push(method)
  }

  await Promise.all([ask('large'), sleep(300).then(() => ask('small'))])

  expect(finished).toEqual(['small', 'large'])
})

test('a node may send for as long as it sends, and must not be silent for long', async () => {
  const url = await serve(async (method, response) => {
    for (let count = 0; count < 10; count++) {
      response.write('.')
      await sleep(method === 'slow' ? 50 : 1_000)
    }
    response.end()
  })
  const limits = { signal, maxBytes: MEGABYTE, silenceMilliseconds: 300 }

  const slow = await postJson(url, { method: 'slow' }, limits)

  expect(slow.text).toBe('..........')
  await expect(postJson(url, { method: 'silent' }, limits)).rejects.toThrow('the node said nothing for 300 ms')
})

async function serve(answer: (method: string, response: ServerResponse) => Promise<void>): Promise<string> {
  const server = createServer(async (request, response) => {
    const { method } = JSON.parse(await text(request))
    await answer(method, response)
  })
  const listening = await listen(server, { port: 0 })
  close = listening.close
  return listening.url
}
