import { expect, test } from 'vitest'
import { createApp } from './app.ts'

/** Of which nothing is promised: what is tested here ends before. */
const app = createApp({
  take: async () => {
    throw new Error('a body that is not valid must not be taken')
  },
  find: async () => undefined,
  market: undefined as never,
  isReady: async () => true,
  log: { info: () => undefined, error: () => undefined },
})

test('the patterns of openapi.json are JSON Schema’s: without slashes around and flags behind', async () => {
  const document = await (await app.request('/openapi.json')).json()

  const patterns = patternsIn(document)

  expect(patterns.length).toBeGreaterThan(5)
  for (const pattern of patterns) expect(pattern).not.toMatch(/^\/|\/[a-z]*$/)
  const crl = patternsIn(document.paths['/v1/enclaves']).find((pattern) => pattern.includes('{2})+'))
  expect('00aAfF').toMatch(new RegExp(crl ?? 'none'))
})

test('no schema of openapi.json contains itself', async () => {
  const { components } = await (await app.request('/openapi.json')).json()

  for (const [name, schema] of Object.entries(components.schemas))
    expect(JSON.stringify(schema)).not.toContain(`"#/components/schemas/${name}"`)
})

test.each([
  ['nothing', {}],
  ['a chain alone', { chain: 'eip155:31337' }],
  ['a signature of nothing', { signature: '0x' }],
])('a transaction with %s is told both forms', async (_, body) => {
  const answer = await post(body)

  expect(answer).toEqual({
    code: 'InputInvalid',
    message: 'body: must have request and signature (EVM) or delegate (NEAR)',
    field: 'request',
    isRetryable: false,
  })
})

test.each([
  ['a request without a signature', { request: {} }, 'request.'],
  ['a delegate of another type', { delegate: 5 }, 'delegate'],
])('%s is told what is wrong with that form', async (_, body, field) => {
  const answer = await post(body)

  expect(answer).toMatchObject({ code: 'InputInvalid', field: expect.stringContaining(field) })
})

test('a body that is no object is told so', async () => {
  expect(await post([])).toMatchObject({ message: expect.stringContaining('body: '), field: 'body' })
})

async function post(body: unknown) {
  const headers = { 'content-type': 'application/json' }
  const answer = await app.request('/v1/transactions', { method: 'POST', headers, body: JSON.stringify(body) })
  expect(answer.status).toBe(400)
  return (await answer.json()).error
}

/** All values of `pattern`, at any depth. */
function patternsIn(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return []
  return Object.entries(node).flatMap(([key, value]) =>
    key === 'pattern' && typeof value === 'string' ? [value] : patternsIn(value),
  )
}
