import type { Hex, SigningDomain } from '@parley/protocol'
import { createSealingKey, type EnclaveIdentity, type SealingKey } from '@parley/sdk'
import type { LocalAccount } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'

/** An enclave's keys and what it is. The keys exist in this process only: who restarts an enclave has another one. */
export interface Enclave {
  readonly account: LocalAccount
  readonly sealingKey: SealingKey
  readonly operator: Hex
  readonly workload: Hex
  readonly isSimulated: boolean
  /** Where its results count: the evaluator. */
  readonly evaluator: SigningDomain
}

export async function createEnclave(nature: Omit<Enclave, 'account' | 'sealingKey'>): Promise<Enclave> {
  const account = privateKeyToAccount(generatePrivateKey())
  return { account, sealingKey: await createSealingKey(), ...nature }
}

export function identityOf({ account, sealingKey, operator, workload, isSimulated }: Enclave): EnclaveIdentity {
  // Addresses are lower-case wherever they are not shown to a person.
  const enclave = account.address.toLowerCase() as Hex
  return { enclave, encryptionKey: sealingKey.publicKey, operator, workload, isSimulated }
}
