import fc from 'fast-check'
import { hashTypedData, keccak256 } from 'viem'
import { describe, expect, it, test } from 'vitest'
import {
  awardLine,
  encodeNep413,
  evaluatorTerms,
  findEvaluatorTerms,
  fromHex,
  type Hex,
  isEvaluatorTerms,
  isJobOf,
  isPlainText,
  type JobOnChain,
  marketId,
  marketMessages,
  namesAward,
  nearDomain,
  nep413Market,
  termsOfAward,
  toHex,
  typedDataDomain,
  typedDataTypes,
} from '../src/index.ts'
import vectors from '../vectors/nep413.json' with { type: 'json' }
import { hexOf, signingDomain } from './arbitraries.ts'

const keccak = (bytes: Uint8Array) => keccak256(bytes, 'bytes')
const ID: Hex = `0x${'0a'.repeat(32)}`
const request = {
  client: 'c.near',
  token: 'usd.near',
  budget: 9n,
  deadline: 500n,
  evaluator: 'parley.near',
  evaluatorTerms: '',
}
const bid = { requestId: ID, provider: 'p.near', agentId: 3n, price: 7n, deadline: 400n, validUntil: 300n }

describe('NEP-413', () => {
  it.each(vectors)('payload $# is what NEP-413 says', ({ message, nonce, recipient, payload }) => {
    expect(toHex(encodeNep413({ message, nonce: fromHex(nonce), recipient }))).toBe(payload)
  })

  it('payloads of different messages differ', () => {
    const anyMessage = fc.record({ message: fc.string(), nonce: hexOf(32), recipient: fc.string() })
    const encode = ({ nonce, ...rest }: { message: string; nonce: Hex; recipient: string }) =>
      toHex(encodeNep413({ ...rest, nonce: fromHex(nonce) }))

    fc.assert(
      fc.property(anyMessage, anyMessage, (one, other) => {
        expect(encode(one) === encode(other)).toBe(JSON.stringify(one) === JSON.stringify(other))
      }),
    )
  })

  it('takes a nonce of 32 bytes only', () => {
    expect(() => encodeNep413({ message: '', nonce: new Uint8Array(31), recipient: 'a.b' })).toThrow(RangeError)
  })

  it('shows every field of a market message and binds it by its id', () => {
    const shown = nep413Market('Bid', { ...bid, text: 'Me, "please"' }, ID, 'parley.near')

    expect(shown.recipient).toBe('parley.near')
    expect(toHex(shown.nonce)).toBe(ID)
    const [title, ...json] = shown.message.split('\n')
    expect(title).toBe('Parley Bid')
    expect(Object.keys(JSON.parse(json.join('\n')))).toEqual(marketMessages.near.Bid.fields.map(([name]) => name))
  })
})

describe('the id of a market message', () => {
  it('is the digest that an EVM wallet signs', () => {
    fc.assert(
      fc.property(signingDomain, hexOf(32), hexOf(32), (domain, requestId, bidId) => {
        const expected = hashTypedData({
          domain: typedDataDomain(domain) as never,
          types: typedDataTypes(marketMessages.evm.Award),
          primaryType: 'Award',
          message: { requestId, bidId },
        })
        expect(marketId('evm', domain, 'Award', { requestId, bidId }, keccak)).toBe(expected)
      }),
    )
  })

  it('is another one for another message, field, contract and chain', () => {
    const at = (chain: string, contract: string) => nearDomain(chain, contract, keccak)
    const here = at('mainnet', 'parley.near')
    const award = { requestId: ID, bidId: ID }

    const ids = [
      marketId('near', here, 'Award', award, keccak),
      marketId('near', here, 'Award', { ...award, bidId: `0x${'0b'.repeat(32)}` }, keccak),
      marketId('near', here, 'Withdrawal', { id: ID }, keccak),
      marketId('near', at('testnet', 'parley.near'), 'Award', award, keccak),
      marketId('near', at('mainnet', 'other.near'), 'Award', award, keccak),
      marketId('evm', { chainId: 1, verifyingContract: `0x${'11'.repeat(20)}` }, 'Award', award, keccak),
    ]

    expect(new Set(ids).size).toBe(ids.length)
  })
})

describe('an award’s job', () => {
  const terms = termsOfAward(request, bid)
  const job: JobOnChain = {
    status: 'Funded',
    client: 'c.near',
    provider: 'p.near',
    agentId: 3n,
    evaluator: 'parley.near',
    evaluatorTerms: null,
    token: 'usd.near',
    budget: 7n,
    expiredAt: 400n,
  }

  it('is what the bid offered and the request asked for', () => {
    expect(isJobOf(job, terms)).toBe(true)
    expect(isJobOf({ ...job, status: 'Completed' }, terms)).toBe(true)
  })

  const others: readonly Partial<JobOnChain>[] = [
    { status: 'Open' },
    { client: 'x.near' },
    { provider: null },
    { provider: 'x.near' },
    { agentId: 4n },
    { evaluator: 'x.near' },
    { evaluatorTerms: 'Quorum threshold=1 members=c.near' },
    { token: 'x.near' },
    { budget: 6n },
    { budget: null },
    { expiredAt: 401n },
  ]
  it.each(others)('is none with %o', (change) => {
    expect(isJobOf({ ...job, ...change }, terms)).toBe(false)
  })

  it('names the award in its first line, and there alone', () => {
    const line = awardLine(ID)

    expect(namesAward(line, ID)).toBe(true)
    expect(namesAward(`${line}\nAdd up the invoices`, ID)).toBe(true)
    for (const text of ['', `see ${line}`, `x\n${line}`, `${line}0`, `${line} `, awardLine(`0x${'0b'.repeat(32)}`)])
      expect(namesAward(text, ID)).toBe(false)
  })
})

test.each([
  ['Add <b>3</b> & 4 €,\n\tplease 🙂', true],
  ['', false],
  [' \n', false],
  ['a\0b', false],
  ['a\x1b[31mb', false],
  ['a\rb', false],
  ['a\u0085b', false],
  ['half \ud83d', false],
])('%j is plain text: %s', (text, isIt) => {
  expect(isPlainText(text)).toBe(isIt)
})

describe('the terms of an evaluator', () => {
  const judges = ['a.near', 'b.near']
  const lines = [
    evaluatorTerms('TermsSet', { workload: ID, observability: 2n }),
    evaluatorTerms('QuorumTermsSet', { threshold: 2n, members: judges }),
    evaluatorTerms('MilestoneTermsSet', { judge: 'a.near', reviewSeconds: 60n, amounts: [3n, 4n] }),
    evaluatorTerms('ArbitrationTermsSet', {
      ...{ arbiter: 'a.near', reviewSeconds: 60n, rulingSeconds: 61n },
      ...{ silenceShareBP: 5_000n, bond: 1n, stake: 0n },
    }),
  ]

  it('are a line that says all that an award must name', () => {
    expect(lines).toEqual([
      `Enclave workload=${ID} observability=2`,
      'Quorum threshold=2 members=a.near,b.near',
      'Milestones judge=a.near reviewSeconds=60 amounts=3,4',
      'Arbitration arbiter=a.near reviewSeconds=60 rulingSeconds=61 silenceShareBP=5000 bond=1 stake=0',
    ])
  })

  it('are known by their form', () => {
    for (const line of ['', ...lines]) expect(isEvaluatorTerms(line)).toBe(true)
    for (const line of lines)
      for (const other of [
        `${line}\n`,
        ` ${line}`,
        `${line} `,
        `${line} x=1`,
        line.slice(0, line.lastIndexOf('=') + 1),
      ])
        expect(isEvaluatorTerms(other)).toBe(false)
  })

  it('are found in events as text, and in no other events', () => {
    const args = { jobId: '1', threshold: '2', members: judges.join(',') }

    expect(findEvaluatorTerms('QuorumTermsSet', args)).toBe(lines[1])
    expect(findEvaluatorTerms('JobCreated', args)).toBeUndefined()
    expect(findEvaluatorTerms('constructor', args)).toBeUndefined()
  })
})
