import { existsSync, readFileSync } from 'node:fs'
import { type ErrorName, ParleyError } from '@parley/protocol'
import { expect } from 'vitest'
import { createSimulatedPlatform, type QuoteChanges, type SimulatedPlatformOptions } from '../simulator/index.ts'
import { type Collateral, type QuoteToVerify, verifyQuote, withoutPadding } from './index.ts'

/** A fixed moment, so that no test depends on the day it runs. */
export const NOW = Date.parse('2026-06-01T00:00:00Z') / 1000
export const DAY = 86_400
export const REPORT_DATA = Uint8Array.from({ length: 64 }, (_, index) => index)

/** Where the signatures stand in a quote. */
export const quoteOffsets = {
  body: 48,
  signature: 636,
  qeReport: 770,
  qeReportSignature: 1154,
  pckChain: 1258,
} as const

export function dateAt(seconds: number): Date {
  return new Date(seconds * 1000)
}

export function isoAt(seconds: number): string {
  return dateAt(seconds).toISOString().replace('.000Z', 'Z')
}

/** A quote of a fresh simulated platform with everything that verifyQuote needs to accept it, but for the changes. */
export async function simulatedCase({
  platform: options = {},
  quote: changes = {},
}: {
  platform?: SimulatedPlatformOptions
  quote?: QuoteChanges
} = {}) {
  const collateral = { nowSeconds: NOW, validDays: 30, ...options.collateral }
  const platform = await createSimulatedPlatform({ ...options, collateral })
  const quote = await platform.quote({ reportData: REPORT_DATA, changes })
  const accepted = { quote, collateral: platform.collateral, rootSha256: platform.rootSha256, nowSeconds: NOW }
  return { platform, accepted }
}

export async function expectRefusal(input: QuoteToVerify, code: ErrorName, reason?: RegExp): Promise<void> {
  const refusal = await verifyQuote(input).then(
    (verified) => expect.fail(`accepted with status ${verified.status}, expected ${code}`),
    (error: unknown) => error,
  )
  expectError(refusal, code, reason)
}

export function expectError(error: unknown, code: ErrorName, reason?: RegExp): void {
  if (!(error instanceof ParleyError)) throw error
  expect(`${error.code}: ${error.message}`).toMatch(new RegExp(`^${code}: .*${reason?.source ?? ''}`))
}

export function errorOf(action: () => void): unknown {
  try {
    action()
  } catch (error) {
    return error
  }
  return expect.fail('nothing was thrown')
}

export function flipped(bytes: Uint8Array, at: number, mask = 1): Uint8Array {
  const copy = Uint8Array.from(bytes)
  copy[at] = (copy[at] ?? 0) ^ mask
  return copy
}

/** `hex` with one bit changed in its byte `at`, counted from the end when negative. */
export function flippedHex(hex: string, at: number): string {
  const bytes = Buffer.from(hex, 'hex')
  return Buffer.from(flipped(bytes, at < 0 ? bytes.length + at : at)).toString('hex')
}

/** The same signature with n − s for s (FIPS 186-5, curve P-256): as valid as the first. */
export function withOtherS(bytes: Uint8Array, at: number): Uint8Array {
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
  const copy = Uint8Array.from(bytes)
  const s = BigInt(`0x${Buffer.from(copy.subarray(at + 32, at + 64)).toString('hex')}`)
  copy.set(Buffer.from((order - s).toString(16).padStart(64, '0'), 'hex'), at + 32)
  return copy
}

export interface RealCase {
  readonly padded: Uint8Array
  readonly quote: Uint8Array
  readonly collateral: Collateral
}

/** A quote of real hardware with Intel's collateral of its time; undefined, with a word on the console, where it is not kept. */
export function readRealCase(): RealCase | undefined {
  const folder = new URL('../../../../shared/fixtures/tdx/', import.meta.url)
  if (!existsSync(new URL('quote.bin', folder))) {
    console.warn('Tests with the real TDX quote are skipped: ../shared/fixtures/tdx, beside the repository, is absent.')
    return undefined
  }
  const padded = new Uint8Array(readFileSync(new URL('quote.bin', folder)))
  const collateral = JSON.parse(readFileSync(new URL('collateral.json', folder), 'utf8'))
  return { padded, quote: withoutPadding(padded), collateral }
}
