import { ParleyError } from '@parley/protocol'
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { type Collateral, type QuoteToVerify, verifyQuote } from './index.ts'
import { quoteOffsets, simulatedCase, withOtherS } from './testing.ts'

let accepted: QuoteToVerify & { collateral: Collateral }
beforeAll(async () => {
  accepted = (await simulatedCase()).accepted
})

/**
 * A quote is malleable in these places only: n − s for s in the signatures of body, QE report and certificates, CRLF for
 * LF in the armour, and the NUL and the last line end behind the chain. No change of a single byte gets there.
 */
test('verifyQuote never accepts a quote with any one byte changed', async () => {
  const change = fc.tuple(fc.nat(accepted.quote.length - 1), fc.integer({ min: 1, max: 255 }))
  await fc.assert(
    fc.asyncProperty(change, async ([at, mask]) => {
      const quote = Uint8Array.from(accepted.quote)
      quote[at] = (quote[at] ?? 0) ^ mask
      await expectAnyRefusal({ ...accepted, quote })
    }),
    { numRuns: 200 },
  )
})

test('verifyQuote never accepts a quote with a stretch of it replaced, removed or repeated', async () => {
  const length = accepted.quote.length
  const splice = fc.tuple(fc.nat(length - 1), fc.nat(8), fc.uint8Array({ maxLength: 8 }))
  await fc.assert(
    fc.asyncProperty(splice, async ([at, removed, added]) => {
      const quote = Buffer.concat([accepted.quote.subarray(0, at), added, accepted.quote.subarray(at + removed)])
      fc.pre(!quote.equals(accepted.quote))
      await expectAnyRefusal({ ...accepted, quote })
    }),
    { numRuns: 200 },
  )
})

test('verifyQuote never accepts collateral with any one character changed', async () => {
  // The issuer of the PCK list comes from the quote's chain; what travels beside it is not read.
  const fields = Object.keys(accepted.collateral).filter((field) => field !== 'pck_crl_issuer_chain')
  const change = fc.tuple(
    fc.constantFrom(...(fields as (keyof Collateral)[])),
    fc.nat(),
    fc.constantFrom(...'0aZ=\n{}-'),
  )
  await fc.assert(
    fc.asyncProperty(change, async ([field, place, character]) => {
      const text = accepted.collateral[field]
      const at = place % text.length
      const changed = `${text.slice(0, at)}${character}${text.slice(at + 1)}`
      fc.pre(changed !== text)
      await expectAnyRefusal({ ...accepted, collateral: { ...accepted.collateral, [field]: changed } })
    }),
    { numRuns: 200 },
  )
})

test('verifyQuote refuses arbitrary bytes and arbitrary collateral with a name', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), fc.jsonValue(), async (bytes, json) => {
      await expectAnyRefusal({ ...accepted, quote: bytes })
      await expectAnyRefusal({ ...accepted, collateral: json })
    }),
    { numRuns: 200 },
  )
})

test('verifyQuote accepts the known other spellings of one quote', async () => {
  const text = Buffer.from(accepted.quote).toString('latin1')
  const spellings = [
    withOtherS(accepted.quote, quoteOffsets.signature),
    withOtherS(accepted.quote, quoteOffsets.qeReportSignature),
    withChain(text, (chain) => chain.replace('\0', '')),
    withChain(text, (chain) => chain.replaceAll('\n', '\r\n')),
  ]

  for (const quote of spellings) expect((await verifyQuote({ ...accepted, quote })).status).toBe('UpToDate')
})

/** The quote with its chain written otherwise and the three lengths around it put right. */
function withChain(quote: string, change: (chain: string) => string): Uint8Array {
  const head = Buffer.from(quote.slice(0, quoteOffsets.pckChain), 'latin1')
  const old = quote.slice(quoteOffsets.pckChain)
  const chain = change(old)
  for (const at of [632, quoteOffsets.signature + 130, quoteOffsets.pckChain - 4]) {
    head.writeUInt32LE(head.readUInt32LE(at) + chain.length - old.length, at)
  }
  return Buffer.concat([head, Buffer.from(chain, 'latin1')])
}

async function expectAnyRefusal(input: QuoteToVerify): Promise<void> {
  const outcome = await verifyQuote(input).catch((error: unknown) => error)
  if (outcome instanceof ParleyError) return
  throw outcome instanceof Error ? outcome : new Error('accepted')
}
