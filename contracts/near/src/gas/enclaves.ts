import type { Hex } from '@parley/protocol'
import { OPERATOR, OWNER } from '../../test/actors.ts'
import type { Chain } from '../../test/chain.ts'
import { registration, WORKLOAD } from '../../test/steps.ts'
import type { Measure } from './measure.ts'

export async function measureEnclaves(chain: Chain, measure: Measure): Promise<void> {
  const { parley } = chain
  await measure('enclave: set workload', OWNER, parley, 'set_workload', { workload: WORKLOAD, is_allowed: true })
  for (const name of ['enclave: register, quorum of 2', 'enclave: renew, quorum of 2']) {
    const { value } = await measure('enclave: issue challenge', OPERATOR, parley, 'issue_challenge', {})
    await measure(name, OPERATOR, parley, 'register_enclave', await registration(chain, value as Hex))
  }
}
