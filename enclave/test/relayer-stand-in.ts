import type { EnclaveRegistration } from '@parley/enclave/report'
import { type ErrorName, type Hex, ParleyError } from '@parley/protocol'
import { createLog, type Listening } from '@parley/service'
import { createService, readJson } from '../src/worker/service.ts'
import { serve } from './serve.ts'

export const CHALLENGE: Hex = `0x${'cc'.repeat(32)}`

export interface RelayerStandIn extends Listening {
  readonly registrations: readonly EnclaveRegistration[]
}

/** As much of the relayer as a registration sees: the relayer itself needs a chain and a database. Outcomes are taken in turn, the last for ever. */
export async function startRelayer(outcomes: readonly (ErrorName | 'succeeded')[]): Promise<RelayerStandIn> {
  const registrations: EnclaveRegistration[] = []
  const log = createLog('relayer', { level: 'silent' })
  const app = createService({ maxBodyBytes: 2 ** 20, onInternalError: (error) => log.error({ error }) })
  const challenge = { name: 'ChallengeIssued', args: { challenge: CHALLENGE, issuedAt: '1' } }

  app.post('/v1/challenges', (c) => c.json({ id: 'challenge', kind: 'challenges', status: 'accepted' }, 202))
  app.get('/v1/requests/challenge', (c) =>
    c.json({ id: 'challenge', kind: 'challenges', status: 'succeeded', events: [challenge] }),
  )
  app.post('/v1/enclaves', async (c) => {
    registrations.push((await readJson(c)) as EnclaveRegistration)
    return c.json({ id: `enclave-${registrations.length}`, kind: 'enclaves', status: 'accepted' }, 202)
  })
  app.get('/v1/requests/:id', (c) => {
    const id = c.req.param('id')
    const outcome = outcomes[Math.min(Number(id.slice('enclave-'.length)), outcomes.length) - 1]
    if (outcome === undefined || outcome === 'succeeded')
      return c.json({ id, kind: 'enclaves', status: 'succeeded', transaction: '0x01' })
    const { code, message, isRetryable } = new ParleyError(outcome, 'because')
    return c.json({ id, kind: 'enclaves', status: 'refused', error: { code, message, isRetryable } })
  })
  return { registrations, ...(await serve(app)) }
}
