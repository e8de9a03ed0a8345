import type { Hex } from '@parley/protocol'
import { keccak256 } from 'viem'
import type { SignedTransaction } from '../chain.ts'
import type { EvmCall, EvmNode } from './node.ts'

export interface TransactionTerms {
  readonly nonce: bigint
  readonly gas: bigint
  readonly maxFeePerGas: bigint
  readonly maxPriorityFeePerGas: bigint
}

/** Signs a call with the node's key. */
export async function signCall(
  { account, chainId }: EvmNode,
  call: EvmCall,
  terms: TransactionTerms,
): Promise<SignedTransaction> {
  const nonce = Number(terms.nonce)
  const raw = await account.signTransaction({ ...call, ...terms, nonce, type: 'eip1559', chainId })
  return { hash: keccak256(raw), signer: signerOf(account), nonce: terms.nonce, raw }
}

/** How a key is named in the tables. */
export function signerOf({ address }: { readonly address: Hex }): string {
  return address.toLowerCase()
}
