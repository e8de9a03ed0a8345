import { beforeAll, expect, test } from 'vitest'
import { SIMULATED_MEASUREMENTS } from '../simulator/index.ts'
import { parseQuote, withoutPadding } from './index.ts'
import { errorOf, expectError, flipped, quoteOffsets, REPORT_DATA, simulatedCase } from './testing.ts'

let quote: Uint8Array
beforeAll(async () => {
  quote = (await simulatedCase()).accepted.quote
})

test('parseQuote names every field of header and body', () => {
  const { header, body, auth, bytes } = parseQuote(quote)

  expect(header).toMatchObject({ version: 4, attestationKeyType: 2, teeType: 0x81 })
  for (const [name, value] of Object.entries(SIMULATED_MEASUREMENTS)) {
    expect(Buffer.from(body[name as keyof typeof SIMULATED_MEASUREMENTS])).toEqual(Buffer.from(value))
  }
  expect(Buffer.from(body.reportData)).toEqual(Buffer.from(REPORT_DATA))
  expect(Buffer.concat(Object.values(body))).toEqual(Buffer.from(quote.subarray(48, 632)))
  expect(auth.pckChain.match(/BEGIN CERTIFICATE/g)).toHaveLength(3)
  expect(bytes).toBe(quote)
})

test('parseQuote refuses a quote cut off anywhere', () => {
  for (let length = 0; length < quote.length; length++) expectMalformed(quote.subarray(0, length))
})

test.each([
  ['version', 0],
  ['attestation key type', 2],
  ['TEE type', 4],
  ['QE vendor id', 12],
  ['certification data type', quoteOffsets.signature + 128],
  ['QE authentication length', quoteOffsets.qeReportSignature + 64],
  ['inner certification data type', quoteOffsets.qeReportSignature + 98],
])('parseQuote refuses another %s', (what, at) => {
  expectMalformed(flipped(quote, at), new RegExp(what))
})

test.each([
  ['the authentication', 632],
  ['the certification data', quoteOffsets.signature + 130],
  ['the PCK chain', quoteOffsets.qeReportSignature + 100],
])('parseQuote refuses a wrong length of %s', (_, at) => {
  for (const change of [1, -1]) {
    const copy = Uint8Array.from(quote)
    const view = new DataView(copy.buffer)
    view.setUint32(at, view.getUint32(at, true) + change, true)
    expectMalformed(copy)
  }
})

test('parseQuote refuses bytes behind the quote, of which withoutPadding takes zeros away', () => {
  const padded = Buffer.concat([quote, Buffer.alloc(70)])
  const trailed = Buffer.concat([quote, Buffer.alloc(70), Buffer.from([1])])

  expectMalformed(padded, /70 bytes follow/)
  expectMalformed(trailed, /71 bytes follow/)
  expect(Buffer.from(withoutPadding(padded))).toEqual(Buffer.from(quote))
  expect(withoutPadding(trailed)).toHaveLength(trailed.length)
  expect(withoutPadding(quote)).toHaveLength(quote.length)
})

test.each([
  ['the certification data', [632]],
  ['the PCK chain', [632, quoteOffsets.signature + 130]],
])('parseQuote refuses a byte behind %s that the lengths around it count', (what, lengths) => {
  const longer = Buffer.concat([quote, Buffer.alloc(1)])
  for (const at of lengths) longer.writeUInt32LE(longer.readUInt32LE(at) + 1, at)

  expectMalformed(longer, new RegExp(`1 bytes follow ${what}`))
})

test('parseQuote refuses QE authentication data of another length than the library hashes', async () => {
  for (const length of [0, 31, 33]) {
    const { accepted } = await simulatedCase({ quote: { qeAuthData: new Uint8Array(length) } })
    expectMalformed(accepted.quote, /QE authentication length/)
  }
})

function expectMalformed(bytes: Uint8Array, reason?: RegExp): void {
  expectError(
    errorOf(() => parseQuote(bytes)),
    'QuoteMalformed',
    reason,
  )
}
