import { accountId, readJsonFile } from '@parley/service'
import { z } from 'zod'

/** Where the contracts of one chain are. `fromBlock` is the first block that can hold an event of theirs. */
export const deploymentSchema = z
  .object({
    /** As nodes call it: `mainnet`, `testnet`, `localnet`. The CAIP-2 id is `near:${chainId}`. */
    chainId: z.string().regex(/^[-_a-zA-Z0-9]{1,32}$/, 'is not the name of a chain'),
    fromBlock: z.int().nonnegative(),
    agents: accountId,
    parley: accountId,
  })
  .readonly()

export type Deployment = z.infer<typeof deploymentSchema>

/** The deployment in the file that NEAR_DEPLOYMENT names. Throws a ConfigurationError when it is missing or another kind of file. */
export function readDeployment(path: string): Promise<Deployment> {
  return readJsonFile('NEAR_DEPLOYMENT', path, deploymentSchema)
}
