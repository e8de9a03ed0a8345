/** What a body says about chains and accounts, where a program serves more than one chain. */
import { ACCOUNT_ID, type ChainKind, type Hex, ParleyError } from '@parley/protocol'
import { z } from 'zod'
import { hexOf } from './hex-schema.ts'

/**
 * The chain that is meant, by its CAIP-2 id: the one that is named, or the only one that is served. Throws InputInvalid for a chain that is
 * not served, and when none is named although there is a choice.
 */
export function pickChain<Served extends { readonly chain: string }>(
  named: string | undefined,
  served: readonly Served[],
): Served {
  const found = served.find(({ chain }) => chain === named)
  if (found) return found
  const [only] = served
  if (named === undefined && only !== undefined && served.length === 1) return only
  throw invalid('chain', `must be ${served.map(({ chain }) => chain).join(' or ')}`)
}

const address = hexOf(20)

/** An account id of NEAR. */
export const accountId = z.string().regex(ACCOUNT_ID, 'must be an account id of NEAR')

/** An account of a chain of this kind: an address, in lower case from here on, or an account id. Throws InputInvalid with the field. */
export function parseAccount(text: string, kind: 'evm', field: string): Hex
export function parseAccount(text: string, kind: ChainKind, field: string): string
export function parseAccount(text: string, kind: ChainKind, field: string): string {
  const parsed = (kind === 'near' ? accountId : address).safeParse(text)
  if (parsed.success) return parsed.data
  throw invalid(field, parsed.error.issues[0]?.message ?? 'is no account')
}

function invalid(field: string, problem: string): ParleyError {
  return new ParleyError('InputInvalid', `${field}: ${problem}`, { field })
}
