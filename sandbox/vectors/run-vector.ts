import { isDeepStrictEqual } from 'node:util'
import { parametersOf } from '../src/parameters/index.ts'
import { ContractCache } from '../src/vm/contract-cache.ts'
import { runContract } from '../src/vm/run-contract.ts'
import type { PromiseResult, VMContext } from '../src/vm/types.ts'
import { asRecorded } from './as-recorded.ts'
import { RecordedChain } from './recorded-chain.ts'
import { type Expectation, readCode, type Vector, type VectorCall } from './vector.ts'

/** A field of an outcome that is not what nearcore did. */
export interface Difference {
  method: string
  field: string
  expected: unknown
  actual: unknown
}

const caches = { 86: new ContractCache(parametersOf(86)), 88: new ContractCache(parametersOf(88)) }

const FIELDS = [
  'gasBurnt',
  'gasUsed',
  'error',
  'return',
  'balance',
  'storageUsage',
  'logs',
  'profile',
  'receipts',
  'state',
] as const satisfies (keyof Expectation)[]

/** Makes the calls, each on what the one before left, and compares everything that was recorded. */
export function runVector(vector: Vector): Difference[] {
  const code = readCode(vector)
  let state = new Map(Object.entries(vector.state ?? {}).map(([key, value]) => [key, fromHex(value)]))
  const differences: Difference[] = []

  for (const call of vector.calls) {
    const chain = new RecordedChain(state, call.context?.validators ?? {})
    const context = contextOf(call)
    const outcome = runContract({ code, method: call.method, context, external: chain, cache: caches[vector.protocol] })
    if (outcome.error === undefined) state = chain.state

    const actual = asRecorded(outcome, chain.state)
    const expected = withoutLostResumes(call.expect)
    for (const field of FIELDS) {
      if (!isDeepStrictEqual(actual[field], expected[field])) {
        differences.push({ method: call.method, field, expected: expected[field], actual: actual[field] })
      }
    }
  }
  return differences
}

/** nearcore's mock also lists a resume of a yield that is not there; a node drops it. Its yields are counted ones. */
function withoutLostResumes(expected: Expectation): Expectation {
  const yieldCount = expected.receipts?.filter((receipt) => JSON.stringify(receipt).includes('"yield":true')).length
  if (expected.receipts === undefined || (yieldCount ?? 0) > 0) return expected
  const receipts = expected.receipts.filter((receipt) => !JSON.stringify(receipt).startsWith('{"YieldResume"'))
  const { receipts: _, ...others } = expected
  return receipts.length > 0 ? { ...others, receipts } : others
}

/** With the defaults that the vectors were recorded with. */
function contextOf({ input, input_base64, context = {} }: VectorCall): VMContext {
  const prepaidGas = BigInt(context.prepaidGas ?? 300_000_000_000_000n)

  return {
    currentAccountId: context.currentAccountId ?? 'contract.test.near',
    signerAccountId: context.signerAccountId ?? 'alice.test.near',
    signerAccountPk: fromHex(context.signerAccountPk ?? `00${'11'.repeat(32)}`),
    predecessorAccountId: context.predecessorAccountId ?? 'alice.test.near',
    refundToAccountId: context.refundToAccountId ?? 'alice.test.near',
    input: input_base64 === undefined ? new TextEncoder().encode(input ?? '') : fromBase64(input_base64),
    promiseResults: (context.promiseResults ?? []).map(promiseResult),
    blockHeight: BigInt(context.blockHeight ?? 100),
    blockTimestamp: BigInt(context.blockTimestamp ?? 1_700_000_000_000_000_000n),
    epochHeight: BigInt(context.epochHeight ?? 1),
    accountBalance: BigInt(context.accountBalance ?? 10n ** 25n),
    accountLockedBalance: BigInt(context.accountLockedBalance ?? 0),
    storageUsage: BigInt(context.storageUsage ?? 100_000),
    accountContract: { kind: 'none' },
    attachedDeposit: BigInt(context.attachedDeposit ?? 0),
    prepaidGas,
    randomSeed: fromHex(context.randomSeed ?? '22'.repeat(32)),
    ...(context.view && { viewConfig: { maxGasBurnt: prepaidGas } }),
    outputDataReceivers: context.outputDataReceivers ?? [],
  }
}

function promiseResult(recorded: string | null): PromiseResult {
  return recorded === null ? { status: 'failed' } : { status: 'successful', value: fromBase64(recorded) }
}

function fromHex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'hex'))
}

function fromBase64(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64'))
}
