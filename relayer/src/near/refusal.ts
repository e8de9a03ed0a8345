import type { ParleyError } from '@parley/protocol'
import { readFailure, type Tagged } from './failure.ts'
import type { NearNode } from './node.ts'
import { NearRefusal } from './rpc.ts'

/**
 * What nearcore finds in a transaction's bytes alone, before it looks at any state (validate_transaction in runtime/runtime/src/verifier.rs).
 * Nonce, balance and age are not among it: those are different in another block.
 */
const ofItsBytes: ReadonlySet<string> = new Set(['ActionsValidation', 'TransactionSizeExceeded'])

/** A node says at once that a transaction is not valid; that it will tell when it is included, is not waited for. */
const PATIENCE_MILLISECONDS = 300

/** Sends a transaction again, and gives the reason for which no node will ever take it, if there is one. */
export async function findRefusal({ rpc }: NearNode, raw: string): Promise<ParleyError | undefined> {
  try {
    await rpc('send_tx', { signed_tx_base64: raw, wait_until: 'INCLUDED' }, PATIENCE_MILLISECONDS)
  } catch (error) {
    const InvalidTxError = error instanceof NearRefusal ? invalidityOf(error.details) : undefined
    if (InvalidTxError !== undefined && ofItsBytes.has(tagOf(InvalidTxError))) return readFailure({ InvalidTxError })
  }
  return undefined
}

/** nearcore answers `{"TxExecutionError":{"InvalidTxError":…}}`. */
function invalidityOf(details: unknown): Tagged | undefined {
  type Details = { readonly TxExecutionError?: { readonly InvalidTxError?: Tagged } }
  return (details as Details | undefined)?.TxExecutionError?.InvalidTxError
}

function tagOf(tagged: Tagged): string {
  return typeof tagged === 'string' ? tagged : (Object.keys(tagged)[0] ?? '')
}
