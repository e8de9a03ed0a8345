import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { type Listening, listen } from '@parley/service'
import type { Hono } from 'hono'

/** An application over real HTTP, on a free port of this machine. */
export function serve(app: Hono): Promise<Listening> {
  return listen(createServer(getRequestListener(app.fetch)), { port: 0 })
}
