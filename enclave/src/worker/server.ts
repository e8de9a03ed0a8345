import { ParleyError } from '@parley/protocol'
import type { WorkResult } from '@parley/sdk'
import { type Log, parseInput } from '@parley/service'
import type { Hono } from 'hono'
import { type Enclave, identityOf } from './enclave.ts'
import { classOf, logJob } from './job-log.ts'
import { GivenResults } from './results.ts'
import { createService, readJson } from './service.ts'
import { hashOf, performWork } from './work.ts'
import { type PlacedOrder, placeOrder, workOrderSchema } from './work-order.ts'

/** A file of 1 MiB, the most a task takes, quoted as JSON and doubled by hexadecimal. */
const MAX_BODY_BYTES = 4 * 1024 * 1024

export interface WorkerParts {
  readonly enclave: Enclave
  readonly log: Log
  /** Milliseconds since 1970. */
  readonly clock?: () => number
}

/** The worker's HTTP: who it is, and work. */
export function createWorker({ enclave, log, clock = Date.now }: WorkerParts): Hono {
  const results = new GivenResults()
  // An error's text may quote input, so only its class is written.
  const onInternalError = (error: unknown) => log.error({ code: classOf(error) }, 'failed to answer')
  const app = createService({ maxBodyBytes: MAX_BODY_BYTES, onInternalError })

  const work = async (order: PlacedOrder): Promise<WorkResult> => {
    const startedAt = clock()
    const outcome = await performWork(order, enclave, Math.floor(startedAt / 1000))
    logJob(log, { order, outcome, milliseconds: clock() - startedAt })
    if (outcome.status === 'failed') throw withoutContent(outcome.error)
    return outcome.work
  }

  app.get('/v1/identity', (c) => c.json(identityOf(enclave)))
  app.post('/v1/jobs', async (c) => {
    const order = placeOrder(parseInput(workOrderSchema, await readJson(c)), enclave.chains)
    return c.json(await results.resultOf(hashOf(order), () => work(order)))
  })
  return app
}

/** A task's own words quote its input; whoever brings the order need not be its client. */
function withoutContent(error: unknown): ParleyError {
  const code = classOf(error)
  if (code === 'TaskFailed') return new ParleyError(code, 'the task failed; run it locally on the same input')
  if (error instanceof ParleyError) return error
  return new ParleyError('Internal', 'the enclave could not do this work; try again')
}
