import { decodeSignedTransaction, parseHash, type SignedTransaction } from '../primitives/index.ts'
import type { BlockReference } from '../runtime/types.ts'
import { type Fields, fieldsOf, messageOf, oneOf, readBase64, readCount, readString, wrongField } from './fields.ts'

/**
 * Parameters given as an object, or as the array that older clients send, whose items get the names that `positional`
 * has for that many.
 */
export function namedParams(params: unknown, ...positional: string[][]): Fields {
  if (Array.isArray(params)) {
    const names = positional.find(({ length }) => length === params.length)
    if (!names) throw wrongField(`invalid length ${params.length}: these params are an object`)
    return Object.fromEntries(names.map((name, index) => [name, params[index]]))
  }
  if (params === undefined || params === null) return {}
  return fieldsOf(params)
}

export function readSignedTransaction(params: Fields): SignedTransaction {
  const bytes = readBase64(params, 'signed_tx_base64')
  try {
    return decodeSignedTransaction(bytes)
  } catch (error) {
    throw wrongField(`the value could not decoded from borsh due to: ${messageOf(error)}`)
  }
}

/** nearcore's `BlockReference`: one of `block_id`, `finality` and `sync_checkpoint`. */
export function readBlockReference(params: Fields): BlockReference {
  if (params.block_id !== undefined) return readBlockId(params)
  if (params.finality !== undefined) return oneOf(params, 'finality', FINALITIES)
  if (params.sync_checkpoint !== undefined) return oneOf(params, 'sync_checkpoint', CHECKPOINTS)
  throw wrongField('no variant of enum BlockReference found in flattened data')
}

/** A height, or a hash in base58. */
export function readBlockId(params: Fields): BlockReference {
  const id = params.block_id
  if (typeof id === 'number') return { kind: 'height', height: BigInt(readCount(params, 'block_id')) }
  try {
    return { kind: 'hash', hash: parseHash(readString(params, 'block_id')) }
  } catch {
    throw wrongField('data did not match any variant of untagged enum BlockId')
  }
}

// The head is final, so that the three finalities are one.
const FINALITIES: Record<string, BlockReference> = {
  optimistic: { kind: 'latest' },
  'near-final': { kind: 'latest' },
  final: { kind: 'latest' },
}

const CHECKPOINTS: Record<string, BlockReference> = {
  genesis: { kind: 'genesis' },
  earliest_available: { kind: 'genesis' },
}
