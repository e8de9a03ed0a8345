/** Bodies that the relayer must refuse as input: what is wrong, where it is posted, how it is made of a good one, and the field at fault. */
import type { Json } from '@parley/protocol'
import type { SignedRequest } from '@parley/sdk'

export type BadBody = readonly [path: string, change: (signed: SignedRequest) => unknown, field: string]

type Named = [problem: string, ...BadBody]

const TRANSACTIONS = '/v1/transactions'

/** What every chain's bodies have in common. */
const common: Named[] = [
  ['another chain', TRANSACTIONS, (signed) => ({ ...signed, chain: 'near:elsewhere' }), 'chain'],
  ['a chain that is no text', TRANSACTIONS, (signed) => ({ ...signed, chain: 7 }), 'chain'],
  ['an unknown field', TRANSACTIONS, (signed) => ({ ...signed, tip: '1' }), 'tip'],
]

const evm: Named[] = [
  ...common,
  ['a missing signature', TRANSACTIONS, ({ chain, request }) => ({ chain, request }), 'signature'],
  ['a signature that is no hex', TRANSACTIONS, (signed) => ({ ...signed, signature: 'yes' }), 'signature'],
  ['a short address', TRANSACTIONS, changed({ from: '0x12' }), 'request.from'],
  ['a number that is no string', TRANSACTIONS, changed({ nonce: 7 }), 'request.nonce'],
  ['a number past 64 bits', TRANSACTIONS, changed({ deadline: `${2n ** 64n}` }), 'request.deadline'],
  ['no calls', TRANSACTIONS, changed({ calls: [] }), 'request.calls'],
  ['a call without data', TRANSACTIONS, changed({ calls: [{ to: `0x${'11'.repeat(20)}` }] }), 'request.calls.0.data'],
  ['gas over the cap', TRANSACTIONS, changed({ gas: '2000001' }), 'request.gas'],
]

const near: Named[] = [
  ...common,
  ['a delegate that is no text', TRANSACTIONS, (signed) => ({ ...signed, delegate: 7 }), 'delegate'],
  ['a delegate that is no base64', TRANSACTIONS, (signed) => ({ ...signed, delegate: '%%%' }), 'delegate'],
  ['a delegate that is no delegate', TRANSACTIONS, (signed) => ({ ...signed, delegate: 'AAAA' }), 'delegate'],
  ['half a delegate', TRANSACTIONS, resized((bytes) => bytes.subarray(0, 100)), 'delegate'],
  ['more than a delegate', TRANSACTIONS, resized((bytes) => Buffer.concat([bytes, Buffer.of(0)])), 'delegate'],
]

/** What depends on no chain. */
const any: Named[] = [
  ['no JSON', TRANSACTIONS, () => '{"request":', 'body'],
  ['a list', TRANSACTIONS, () => [], 'body'],
  ['a result without a job', '/v1/results', ({ chain }) => ({ chain }), 'jobId'],
  ['a quote that is missing', '/v1/enclaves', ({ chain }) => ({ chain }), 'enclave'],
  ['a challenge with wishes', '/v1/challenges', ({ chain }) => ({ chain, mine: true }), 'mine'],
  ['a challenge for any chain', '/v1/challenges', () => ({}), 'chain'],
]

export const badBodies = { evm, near, any } as const

function changed(change: Readonly<Record<string, unknown>>) {
  return (signed: SignedRequest) => ({ ...signed, request: { ...(signed.request as Record<string, Json>), ...change } })
}

function resized(resize: (bytes: Buffer) => Buffer) {
  return (signed: SignedRequest) => ({
    ...signed,
    delegate: resize(Buffer.from(String(signed.delegate), 'base64')).toString('base64'),
  })
}
