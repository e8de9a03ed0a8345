import fc from 'fast-check'
import { keccak256, stringToHex } from 'viem'
import { describe, expect, it } from 'vitest'
import { type EventFieldKind, type EventName, events, NOBODY, readNearEvents, toSnakeCase } from '../src/index.ts'
import { hexOf } from './arbitraries.ts'

const keccak = (bytes: Uint8Array) => keccak256(bytes, 'bytes')
const names = Object.keys(events) as EventName[]

const lineOf = (event: string, ...data: unknown[]) =>
  `EVENT_JSON:${JSON.stringify({ standard: 'parley', version: '1.0.0', event, data })}`

const nftLineOf = (event: string, data: unknown) =>
  `EVENT_JSON:${JSON.stringify({ standard: 'nep171', version: '1.2.0', event, data: [data] })}`

const mtLineOf = (event: string, data: unknown) =>
  `EVENT_JSON:${JSON.stringify({ standard: 'nep245', version: '1.0.0', event, data: [data] })}`

const walletSet = (agentId: bigint, metadataValue: string) => {
  const metadataKey = 'agentWallet'
  const indexedMetadataKey = keccak256(stringToHex(metadataKey))
  return { name: 'MetadataSet', args: { agentId, indexedMetadataKey, metadataKey, metadataValue } }
}

const metadata = { agent_id: '1', metadata_value: '0x' }

/** A field as a contract logs it, and as readers have it. */
type Field = { readonly logged: unknown; readonly read: unknown }
const uint: fc.Arbitrary<Field> = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }).chain((value) =>
  // Job ids are hexadecimal, all other numbers decimal.
  fc.constantFrom(value.toString(), `0x${value.toString(16)}`).map((logged) => ({ logged, read: value })),
)
const account: fc.Arbitrary<Field> = fc.oneof(
  fc.stringMatching(/^[a-z0-9]{2,20}\.near$/).map(same),
  fc.constantFrom(null, undefined).map((logged) => ({ logged, read: NOBODY })),
)
const fields: Readonly<Record<EventFieldKind, fc.Arbitrary<Field>>> = {
  uint,
  int: fc
    .bigInt({ min: -(2n ** 127n), max: 2n ** 127n - 1n })
    .map((value) => ({ logged: value.toString(), read: value })),
  uints: listOf(uint),
  bool: fc.boolean().map(same),
  account,
  accounts: listOf(account),
  address: hexOf(20).map(same),
  bytes32: hexOf(32).map(same),
  bytes: hexOf(0, 50).map(same),
  string: fc.string({ unit: 'grapheme' }).map(same),
  reason: fc.string().map(same),
}

function listOf(item: fc.Arbitrary<Field>): fc.Arbitrary<Field> {
  return fc.array(item).map((items) => ({
    logged: items.map(({ logged }) => logged),
    read: items.map(({ read }) => read),
  }))
}

function same<Value>(value: Value) {
  return { logged: value, read: value }
}

describe('readNearEvents', () => {
  it.each(names)('reads %s as it was logged', (name) => {
    const kinds = Object.entries<EventFieldKind>(events[name]).filter(([field]) => !field.startsWith('indexed'))
    const arguments_ = fc.record(Object.fromEntries(kinds.map(([field, kind]) => [field, fields[kind]])))

    fc.assert(
      fc.property(fc.array(arguments_, { minLength: 1, maxLength: 3 }), (many) => {
        const data = many.map((args) =>
          Object.fromEntries(Object.entries(args).map(([field, { logged }]) => [toSnakeCase(field), logged])),
        )

        const expected = many.map((args) => {
          const read = Object.fromEntries(Object.entries(args).map(([field, { read }]) => [field, read]))
          const hashes = Object.keys(events[name]).flatMap((field) => {
            const [, text] = /^indexed(.+)$/.exec(field) ?? []
            if (text === undefined) return []
            const indexed = read[`${text[0]?.toLowerCase()}${text.slice(1)}`]
            return [[field, keccak256(stringToHex(String(indexed)))]]
          })
          return { name, args: { ...read, ...Object.fromEntries(hashes) } }
        })
        // A registration says who the wallet is, too.
        const read = readNearEvents(lineOf(toSnakeCase(name), ...data), keccak)
        expect(read.filter((event) => event.name === name)).toEqual(expected)
        expect(read).toHaveLength(name === 'Registered' ? 2 * many.length : many.length)
      }),
    )
  })

  it('takes what a line leaves out from the call’s arguments', () => {
    const data = { job_id: '0x05', enclave: NOBODY, result_id: '0x01', response_hash: '0x02', produced_at: '3' }
    const asked: unknown[] = []

    const [event] = readNearEvents(lineOf('result_accepted', data), keccak, (...question) => {
      asked.push(question)
      return '0xc1'
    })

    expect(event?.args).toMatchObject({ jobId: 5n, response: '0xc1' })
    expect(asked).toEqual([['result_accepted', 'response', data]])
    expect(() => readNearEvents(lineOf('result_accepted', data), keccak)).toThrow(
      /result_accepted.response is undefined/,
    )
  })

  it('reads from a registration that the owner is the wallet', () => {
    const [, wallet] = readNearEvents(lineOf('registered', { agent_id: '7', agent_uri: '', owner: 'bob.near' }), keccak)

    expect(wallet).toEqual(walletSet(7n, '0x626f622e6e656172'))
  })

  it('reads from NEP-171 how agents change hands, and that the wallet is nobody’s then', () => {
    const minted = nftLineOf('nft_mint', { owner_id: 'bob.near', token_ids: ['7', '8'] })
    const moved = nftLineOf('nft_transfer', { old_owner_id: 'bob.near', new_owner_id: 'eve.near', token_ids: ['7'] })

    const transfer = (from: string, to: string, tokenId: bigint) => ({ name: 'Transfer', args: { from, to, tokenId } })
    expect(readNearEvents(minted, keccak)).toEqual([7n, 8n].map((id) => transfer(NOBODY, 'bob.near', id)))
    expect(readNearEvents(moved, keccak)).toEqual([walletSet(7n, '0x'), transfer('bob.near', 'eve.near', 7n)])
  })

  it.each([
    ['an unknown event', nftLineOf('nft_burn', { owner_id: 'bob.near', token_ids: ['7'] })],
    ['no tokens', nftLineOf('nft_mint', { owner_id: 'bob.near' })],
    ['fields that are null', nftLineOf('nft_mint', null)],
    ['a token that is no number', nftLineOf('nft_mint', { owner_id: 'bob.near', token_ids: ['x'] })],
    ['an owner that is a number', nftLineOf('nft_mint', { owner_id: 5, token_ids: ['7'] })],
  ])('refuses %s of NEP-171', (_, log) => {
    expect(() => readNearEvents(log, keccak)).toThrow(RangeError)
  })

  it('reads from NEP-245 how balances change: deposits, withdrawals and transfers', () => {
    const tokens = { token_ids: ['nep141:a.near', 'nep141:b.near'], amounts: ['5', '6'] }
    const one = { token_ids: ['nep141:a.near'], amounts: ['5'] }
    const moved = (caller: string, from: string, to: string, token: string, amount: bigint) => ({
      name: 'LedgerTransfer',
      args: { caller, from, to, token, amount },
    })

    const mint = mtLineOf('mt_mint', { owner_id: 'bob.near', ...one, memo: 'refund' })
    expect(readNearEvents(mint, keccak)).toEqual([moved('bob.near', NOBODY, 'bob.near', 'a.near', 5n)])
    const burn = mtLineOf('mt_burn', { owner_id: 'bob.near', ...one })
    expect(readNearEvents(burn, keccak)).toEqual([moved('bob.near', 'bob.near', NOBODY, 'a.near', 5n)])
    const transfer = { authorized_id: 'eve.near', old_owner_id: 'bob.near', new_owner_id: 'al.near', ...tokens }
    expect(readNearEvents(mtLineOf('mt_transfer', transfer), keccak)).toEqual([
      moved('eve.near', 'bob.near', 'al.near', 'a.near', 5n),
      moved('eve.near', 'bob.near', 'al.near', 'b.near', 6n),
    ])
  })

  it.each([
    ['an unknown event', mtLineOf('mt_approve', {})],
    ['fields that are null', mtLineOf('mt_mint', null)],
    ['no amounts', mtLineOf('mt_mint', { owner_id: 'bob.near', token_ids: [] })],
    ['too few amounts', mtLineOf('mt_mint', { owner_id: 'bob.near', token_ids: ['nep141:a.near'], amounts: [] })],
    ['another kind of token', mtLineOf('mt_mint', { owner_id: 'bob.near', token_ids: ['nep171:a'], amounts: ['1'] })],
    ['an owner that is a number', mtLineOf('mt_burn', { owner_id: 5, token_ids: [], amounts: [] })],
    ['a number', mtLineOf('mt_mint', { owner_id: 'bob.near', token_ids: ['nep141:a.near'], amounts: [1] })],
  ])('refuses %s of NEP-245', (_, log) => {
    expect(() => readNearEvents(log, keccak)).toThrow(RangeError)
  })

  it.each([
    'hello',
    '',
    'EVENT_JSON:',
    'EVENT_JSON:{',
    'EVENT_JSON:null',
    'EVENT_JSON:5',
    'EVENT_JSON:{"standard":"nep141","event":"ft_mint","data":[]}',
    ' EVENT_JSON:{"standard":"parley","event":"job_expired","data":[{"job_id":"1"}]}',
  ])('finds nothing of Parley’s in %j', (log) => {
    expect(readNearEvents(log, keccak)).toEqual([])
  })

  it.each([
    ['an unknown event', lineOf('job_forgotten', {})],
    ['an event without a name', 'EVENT_JSON:{"standard":"parley","data":[]}'],
    ['an event whose name is no text', lineOf({ toString: 1 } as never, {})],
    ['a key that is no text', lineOf('metadata_set', { ...metadata, metadata_key: { toString: 1 } })],
    ['a key that is missing', lineOf('metadata_set', metadata)],
    ['a number that Solidity cannot hold', lineOf('job_expired', { job_id: String(2n ** 256n) })],
    ['a number of a thousand digits', lineOf('job_expired', { job_id: '9'.repeat(1_000) })],
    ['Solidity’s name', lineOf('JobExpired', { job_id: '1' })],
    ['a missing field', lineOf('job_expired', {})],
    ['fields that are null', lineOf('job_expired', null)],
    ['no fields at all', 'EVENT_JSON:{"standard":"parley","event":"job_expired"}'],
    ['a number that is one', lineOf('job_expired', { job_id: 5 })],
    ['a negative number', lineOf('job_expired', { job_id: '-5' })],
    ['a number with a fraction', lineOf('job_expired', { job_id: '1.5' })],
    ['an empty number', lineOf('job_expired', { job_id: '' })],
    ['half a byte', lineOf('challenge_issued', { challenge: '0x1', issued_at: '1' })],
    ['upper case', lineOf('challenge_issued', { challenge: '0xAB', issued_at: '1' })],
    ['a truth that is a text', lineOf('workload_set', { workload: '0x', is_allowed: 'true' })],
    ['an account that is a number', lineOf('enclave_revoked', { enclave: '0x', revoked_by: 5 })],
    ['a list that is none', lineOf('quorum_terms_set', { job_id: '1', members: 'bob.near', threshold: '1' })],
    ['a list with a number', lineOf('quorum_terms_set', { job_id: '1', members: ['bob.near', 5], threshold: '1' })],
    ['a text that is none', lineOf('job_described', { job_id: '1', description: null })],
  ])('refuses %s', (_, log) => {
    expect(() => readNearEvents(log, keccak)).toThrow(RangeError)
  })
})

describe('toSnakeCase', () => {
  it.each([
    ['JobCreated', 'job_created'],
    ['jobId', 'job_id'],
    ['agentURI', 'agent_uri'],
    ['URIUpdated', 'uri_updated'],
    ['newURI', 'new_uri'],
    ['indexedMetadataKey', 'indexed_metadata_key'],
    ['from', 'from'],
  ])('makes %s %s', (camel, snake) => {
    expect(toSnakeCase(camel)).toBe(snake)
  })

  it('keeps the names of events apart', () => {
    expect(new Set(names.map(toSnakeCase)).size).toBe(names.length)
  })
})
