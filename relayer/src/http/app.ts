import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import { enclaveRegistrationSchema } from '@parley/enclave/report'
import { ParleyError, type RequestKind } from '@parley/protocol'
import { bodyNotJson, bodyTooLarge, toParleyError, toRefusal } from '@parley/service'
import type { Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { RequestRow } from '../chain.ts'
import type { Market } from '../market/state.ts'
import { errorOf } from '../store.ts'
import type { Incoming } from '../take.ts'
import { routeInputInvalid } from './alternatives.ts'
import { requestBody } from './answers.ts'
import { addMarketRoutes } from './market-routes.ts'
import { bodySchemas, errorSchema, headerSchema, requestSchema } from './schemas.ts'

/** A quote with its collateral is 25 kB, in hexadecimal and JSON; answers of a job travel here too. */
const MAX_BODY_BYTES = 256 * 1024

export interface AppDependencies {
  /** Promises a request, or says what it was answered before. Throws the refusal. */
  readonly take: (incoming: Incoming) => Promise<RequestRow>
  readonly find: (id: string) => Promise<RequestRow | undefined>
  readonly market: Market
  /** Whether database and chain answer. */
  readonly isReady: () => Promise<boolean>
  readonly log: { info(fields: object, text: string): void; error(fields: object, text: string): void }
}

const answers = {
  202: {
    description: 'Promised: it will happen or fail for good.',
    content: { 'application/json': { schema: requestSchema } },
  },
  default: { description: 'Refused, by name.', content: { 'application/json': { schema: errorSchema } } },
} as const

function post<Schema extends z.ZodType>(path: `/v1/${RequestKind}`, summary: string, schema: Schema) {
  const body = { required: true, content: { 'application/json': { schema } } }
  return createRoute({ method: 'post', path, summary, request: { headers: headerSchema, body }, responses: answers })
}

const routes = {
  transactions: post('/v1/transactions', 'Sponsor what an account without gas has signed', bodySchemas.transactions),
  results: post('/v1/results', 'Settle a job on an enclave-signed result', bodySchemas.results),
  enclaves: post('/v1/enclaves', 'Register an enclave from its quote', enclaveRegistrationSchema),
  challenges: post('/v1/challenges', "Get a challenge for an enclave's quote", bodySchemas.challenges),
} as const

const findRoute = createRoute({
  method: 'get',
  path: '/v1/requests/{id}',
  summary: 'What became of a request',
  request: { params: z.object({ id: z.uuid() }) },
  responses: {
    200: { description: 'The request as it is now.', content: { 'application/json': { schema: requestSchema } } },
    default: answers.default,
  },
})

/** The relayer's HTTP interface. Everything that comes in is checked against the schemas of the OpenAPI document. */
export function createApp({ take, find, market, isReady, log }: AppDependencies): OpenAPIHono {
  const app = new OpenAPIHono({
    defaultHook: (result) => {
      if (!result.success) throw routeInputInvalid(result.error)
    },
  })

  const onError = async (context: Context) => {
    await discard(context.req.raw.body)
    throw bodyTooLarge(MAX_BODY_BYTES)
  }
  app.use('/v1/*', bodyLimit({ maxSize: MAX_BODY_BYTES, onError }))
  app.use('/v1/*', requireJson)

  for (const [kind, route] of Object.entries(routes)) {
    app.openapi(route, async (context) => {
      const text = await context.req.text()
      const idempotencyKey = context.req.valid('header')['idempotency-key']
      const row = await take({ kind: kind as RequestKind, body: context.req.valid('json'), text, idempotencyKey })
      const refusal = row.status === 'refused' ? errorOf(row) : undefined
      if (refusal) throw refusal
      // The first answer, also when more has happened meanwhile.
      return context.json({ id: row.id, kind: row.kind, status: 'accepted' as const, isFinal: false }, 202)
    })
  }

  app.openapi(findRoute, async (context) => {
    const { id } = context.req.valid('param')
    const row = await find(id)
    if (!row) throw new ParleyError('NotFound', `there is no request ${id}`, { field: 'id' })
    return context.json(requestBody(row), 200)
  })

  addMarketRoutes(app, market)

  app.doc('/openapi.json', { openapi: '3.0.3', info: { title: 'Parley relayer', version: '1' } })
  app.get('/health', (context) => context.json({ status: 'ok' }))
  app.get('/ready', async (context) =>
    (await isReady()) ? context.json({ status: 'ok' }) : context.json({ status: 'unready' }, 503),
  )
  app.notFound(() => {
    throw new ParleyError('NotFound', 'there is nothing at this path; /openapi.json lists what is')
  })
  app.onError((error, context) => {
    const refusal = refusalOf(error)
    if (refusal.code === 'Internal') log.error({ error, path: context.req.path }, 'failed')
    else
      log.info(
        { code: refusal.code, field: refusal.field, message: refusal.message, path: context.req.path },
        'refused',
      )
    if (refusal.code === 'RateLimited') context.header('retry-after', '10')
    const { status, body } = toRefusal(refusal)
    return context.json(body, status)
  })
  return app
}

/** Many clients read no answer before they have sent everything; what is far too large is cut off all the same. */
async function discard(body: ReadableStream<Uint8Array> | null): Promise<void> {
  let bytes = 0
  for await (const chunk of body ?? []) {
    bytes += chunk.length
    if (bytes > 16 * MAX_BODY_BYTES) return
  }
}

async function requireJson(context: Context, next: () => Promise<void>): Promise<void> {
  const isJson = context.req.header('content-type')?.startsWith('application/json') ?? false
  if (context.req.method === 'POST' && !isJson) {
    throw new ParleyError('InputInvalid', 'content-type must be application/json', { field: 'content-type' })
  }
  await next()
}

function refusalOf(error: Error): ParleyError {
  // Hono's own refusal of a body that is no JSON.
  if ('status' in error && error.status === 400) return bodyNotJson()
  return toParleyError(error)
}
