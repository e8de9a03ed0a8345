import { type EnclaveReport, fromHex, type Hex } from '@parley/protocol'
import { type Chain, OPERATOR, OWNER, QUORUM, VERIFIERS, WORKLOAD } from '../../test/chain.ts'
import { issueChallenge, reportOf } from '../../test/fixtures.ts'
import { signReport } from '../../test/signing.ts'
import type { Measure } from './measure.ts'

export async function measureEnclaves(chain: Chain, measure: Measure) {
  await chain.send(OPERATOR, chain.enclaves, 'issueChallenge', [])
  await measure('enclave: issue challenge', chain.send(OPERATOR, chain.enclaves, 'issueChallenge', []))
  await measure('enclave: set workload', chain.send(OWNER, chain.enclaves, 'setWorkload', [WORKLOAD, true]))
  for (const name of ['enclave: register, quorum of 2', 'enclave: renew, quorum of 2']) {
    const { report, signatures } = await reportWithoutZeros(chain)
    await measure(name, chain.send(OPERATOR, chain.enclaves, 'registerEnclave', [report, signatures]))
  }
}

/** A zero byte is cheaper, and a challenge contains a block's hash, so every comment in a contract: only reports without zeros compare. */
async function reportWithoutZeros(chain: Chain): Promise<{ report: EnclaveReport; signatures: readonly Hex[] }> {
  const report = reportOf(chain, await issueChallenge(chain))
  const signatures = await signReport(chain, VERIFIERS.slice(0, QUORUM), report)
  const hasZero = [report.challenge, ...signatures].some((hex) => fromHex(hex).includes(0))
  return hasZero ? reportWithoutZeros(chain) : { report, signatures }
}
