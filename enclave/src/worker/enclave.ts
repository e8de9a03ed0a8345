import type { Hex, SigningDomain } from '@parley/protocol'
import { createSealingKey, type EnclaveIdentity, type SealingKey } from '@parley/sdk'
import type { LocalAccount } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'

/** An enclave's keys and what it is. The keys exist in this process only: who restarts an enclave has another one. */
export interface Enclave {
  readonly account: LocalAccount
  readonly sealingKey: SealingKey
  readonly workload: Hex
  readonly isSimulated: boolean
  /** One or more. */
  readonly chains: readonly ServedChain[]
}

/** A chain that an enclave works for. */
export interface ServedChain {
  /** CAIP-2. */
  readonly chain: string
  /** Who runs the enclave and may revoke it: an account of the chain. */
  readonly operator: string
  /** Where its results count. */
  readonly evaluator: SigningDomain
}

export async function createEnclave(nature: Omit<Enclave, 'account' | 'sealingKey'>): Promise<Enclave> {
  const account = privateKeyToAccount(generatePrivateKey())
  return { account, sealingKey: await createSealingKey(), ...nature }
}

export function identityOf({ account, sealingKey, workload, isSimulated, chains }: Enclave): EnclaveIdentity {
  // Addresses are lower-case wherever they are not shown to a person.
  const enclave = account.address.toLowerCase() as Hex
  const operators = Object.fromEntries(chains.map(({ chain, operator }) => [chain, operator]))
  return { enclave, encryptionKey: sealingKey.publicKey, operators, workload, isSimulated }
}
