import { ParleyError } from '@parley/protocol'
import { bodyNotJson, bodyTooLarge, toRefusal } from '@parley/service'
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'

export interface ServiceOptions {
  readonly maxBodyBytes: number
  /** Told of errors that are nobody's input's fault. */
  readonly onInternalError: (error: unknown) => void
}

/** An HTTP application with `GET /health` whose every refusal has a name. */
export function createService({ maxBodyBytes, onInternalError }: ServiceOptions): Hono {
  const app = new Hono()
  app.use(
    bodyLimit({
      maxSize: maxBodyBytes,
      onError: (c) => refuse(c, bodyTooLarge(maxBodyBytes)),
    }),
  )
  app.onError((error, c) => {
    if (!(error instanceof ParleyError)) onInternalError(error)
    return refuse(c, error)
  })
  app.notFound((c) => refuse(c, new ParleyError('NotFound', `there is no ${c.req.method} ${c.req.path}`)))
  app.get('/health', (c) => c.json({ status: 'ok' }))
  return app
}

/** The request's body; throws InputInvalid when it is not JSON. */
export async function readJson(c: Context): Promise<unknown> {
  try {
    return await c.req.json()
  } catch {
    throw bodyNotJson()
  }
}

function refuse(c: Context, error: unknown): Response {
  const { status, body } = toRefusal(error)
  return c.json(body, status)
}
