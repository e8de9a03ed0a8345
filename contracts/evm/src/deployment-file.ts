import { hexOf, readJsonFile } from '@parley/service'
import { z } from 'zod'

/** Where the contracts of one chain are. `fromBlock` is the first block that can hold an event of theirs. */
export const deploymentSchema = z
  .object({
    chainId: z.int().positive(),
    fromBlock: z.int().nonnegative(),
    forwarder: hexOf(20),
    agentRegistry: hexOf(20),
    reputationRegistry: hexOf(20),
    validationRegistry: hexOf(20),
    enclaveRegistry: hexOf(20),
    jobEscrow: hexOf(20),
    enclaveEvaluator: hexOf(20),
    ledger: hexOf(20),
    guardrails: hexOf(20),
    quorumEvaluator: hexOf(20),
    milestoneEvaluator: hexOf(20),
    arbitratedEvaluator: hexOf(20),
    crowdPayout: hexOf(20),
  })
  .readonly()

/** Where the contracts of one chain are, addresses in lower case. */
export type Deployment = z.infer<typeof deploymentSchema>

/** The deployment in the file that EVM_DEPLOYMENT names. Throws a ConfigurationError when it is missing or another kind of file. */
export function readDeployment(path: string): Promise<Deployment> {
  return readJsonFile('EVM_DEPLOYMENT', path, deploymentSchema)
}
