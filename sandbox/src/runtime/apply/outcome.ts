import { encode } from '../../primitives/borsh.ts'
import { bytes, enumeration, string, struct, u64, u128, unit, vec } from '../../primitives/codecs.ts'
import { type CryptoHash, cryptoHashCodec, sha256 } from '../../primitives/hash.ts'
import type { ExecutionOutcome, ExecutionStatus } from '../types.ts'

/** An outcome before its block is known. */
export type PartialOutcome = Omit<ExecutionOutcome, 'blockHash' | 'blockHeight' | 'proof'>

const statusCodec = enumeration({
  Unknown: unit,
  Failure: unit,
  SuccessValue: struct({ value: bytes }),
  SuccessReceiptId: struct({ receiptId: cryptoHashCodec }),
})

/** nearcore's `PartialExecutionOutcome`: an outcome without what may differ between versions of a node. */
const partialOutcomeCodec = struct({
  receiptIds: vec(cryptoHashCodec),
  gasBurnt: u64,
  tokensBurnt: u128,
  executorId: string,
  status: statusCodec,
})

/** What the block's outcome root is made of. nearcore: `to_hashes` in core/primitives/src/transaction.rs. */
export function outcomeLeaf(outcome: PartialOutcome): CryptoHash {
  const { id, receiptIds, gasBurnt, tokensBurnt, executorId, status, logs } = outcome
  const partial = encode(partialOutcomeCodec, {
    receiptIds: [...receiptIds],
    gasBurnt,
    tokensBurnt,
    executorId,
    status: withoutReason(status),
  })
  const hashes = [id, sha256(partial), ...logs.map((log) => sha256(Buffer.from(log)))]
  return sha256(encode(vec(cryptoHashCodec), hashes))
}

function withoutReason(status: ExecutionStatus) {
  return status.kind === 'Failure' ? { kind: 'Failure' as const } : status
}
