import { keccak } from '@parley/evm'
import { readDeployment as readEvmDeployment } from '@parley/evm/deployment-file'
import { readDeployment as readNearDeployment } from '@parley/near/deployment-file'
import { nearDomain, type SigningDomain } from '@parley/protocol'

/** Where on a chain signatures count. */
export interface SigningChain {
  /** CAIP-2. */
  readonly chain: string
  /** Of verifiers' reports: the enclave registry. */
  readonly registry: SigningDomain
  /** Of enclaves' results: the evaluator. */
  readonly evaluator: SigningDomain
}

/** The EVM chain of a deployment file. Throws a ConfigurationError for another kind of file. */
export async function readEvmChain(path: string): Promise<SigningChain> {
  const { chainId, enclaveRegistry, enclaveEvaluator } = await readEvmDeployment(path)
  return {
    chain: `eip155:${chainId}`,
    registry: { chainId, verifyingContract: enclaveRegistry },
    evaluator: { chainId, verifyingContract: enclaveEvaluator },
  }
}

/** The NEAR chain of a deployment file, where one contract is both. Throws a ConfigurationError for another kind of file. */
export async function readNearChain(path: string): Promise<SigningChain> {
  const { chainId, parley } = await readNearDeployment(path)
  const domain = nearDomain(chainId, parley, keccak)
  return { chain: `near:${chainId}`, registry: domain, evaluator: domain }
}
