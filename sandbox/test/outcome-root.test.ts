import { afterAll, beforeAll, expect, test } from 'vitest'
import { bytes, string, struct, u64, u128, unit, vec } from '../src/primitives/codecs.ts'
import { cryptoHashCodec } from '../src/primitives/hash.ts'
import { type CryptoHash, encode, enumeration, formatHash, parseHash, sha256 } from '../src/primitives/index.ts'
import { act, createActor, NEAR } from './actor.ts'
import { type SandboxProcess, startSandbox } from './sandbox-process.ts'

/** What an outcome's hash is made of (nearcore: `PartialExecutionOutcome`). */
const partialOutcomeCodec = struct({
  receiptIds: vec(cryptoHashCodec),
  gasBurnt: u64,
  tokensBurnt: u128,
  executorId: string,
  status: enumeration({
    Unknown: unit,
    Failure: unit,
    SuccessValue: struct({ value: bytes }),
    SuccessReceiptId: struct({ receiptId: cryptoHashCodec }),
  }),
})

/** An outcome as RPC shows it. */
type OutcomeView = {
  id: string
  block_hash: string
  proof: { hash: string; direction: 'Left' | 'Right' }[]
  outcome: {
    logs: string[]
    receipt_ids: string[]
    gas_burnt: number
    tokens_burnt: string
    executor_id: string
    status: { SuccessValue?: string; SuccessReceiptId?: string }
  }
}

let sandbox: SandboxProcess

beforeAll(async () => {
  sandbox = await startSandbox()
})

afterAll(() => sandbox?.stop())

test('each outcome leads by its proof to the outcome_root that the next block tells', async () => {
  const alice = await createActor(sandbox, 'alice', 10n * NEAR)
  // Several at once, so that some share a block.
  const actions = [{ kind: 'Transfer', deposit: 1n } as const]
  const results = await Promise.all([
    act(sandbox, alice, alice.accountId, actions),
    createActor(sandbox, 'bob', NEAR).then((bob) => act(sandbox, bob, alice.accountId, actions)),
  ])
  await sandbox.call('sandbox_fast_forward', { delta_height: 1 })
  const outcomes: OutcomeView[] = results.flatMap((result) => [result.transaction_outcome, ...result.receipts_outcome])

  for (const outcome of outcomes) {
    const { header } = await sandbox.call('block', { block_id: outcome.block_hash })
    const next = await sandbox.call('block', { block_id: header.height + 1 })
    const root = rootOf(outcome)
    expect(next.chunks[0].outcome_root).toBe(formatHash(root))
    expect(next.header.outcome_root).toBe(formatHash(sha256(root)))
  }
  expect(outcomes.length).toBeGreaterThanOrEqual(4)
  expect(outcomes.some(({ proof }) => proof.length > 0)).toBe(true)
})

/** NEP-56's Merkle tree: the leaf is the hash of id, outcome and logs, with their number before them. */
function rootOf({ id, outcome, proof }: OutcomeView): CryptoHash {
  const logs = outcome.logs.map((log) => sha256(Buffer.from(log)))
  const hashes = [parseHash(id), sha256(partialOutcome(outcome)), ...logs]
  const leaf = sha256(encode(vec(cryptoHashCodec), hashes))
  return proof.reduce((node, { hash, direction }) => {
    const pair = direction === 'Left' ? [parseHash(hash), node] : [node, parseHash(hash)]
    return sha256(Buffer.concat(pair))
  }, leaf)
}

function partialOutcome(outcome: OutcomeView['outcome']): Uint8Array {
  const { SuccessValue = '', SuccessReceiptId } = outcome.status
  return encode(partialOutcomeCodec, {
    receiptIds: outcome.receipt_ids.map(parseHash),
    gasBurnt: BigInt(outcome.gas_burnt),
    tokensBurnt: BigInt(outcome.tokens_burnt),
    executorId: outcome.executor_id,
    status: SuccessReceiptId
      ? { kind: 'SuccessReceiptId', receiptId: parseHash(SuccessReceiptId) }
      : { kind: 'SuccessValue', value: Buffer.from(SuccessValue, 'base64') },
  })
}
