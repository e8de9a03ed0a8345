import type { Hex } from '@parley/protocol'
import { z } from 'zod'

/** Exactly so many bytes as hexadecimal; comes out in lower case, as every hash and message takes it. */
export function hexOf(bytes: number) {
  const pattern = new RegExp(`^0x[0-9a-fA-F]{${2 * bytes}}$`)
  return z
    .string()
    .regex(pattern, `must be 0x and ${2 * bytes} hexadecimal digits`)
    .transform(toLower)
}

// A repeated group, which would say "whole bytes", overflows the stack on long texts.
const digits = z.string().regex(/^0x[0-9a-fA-F]*$/, 'must be 0x and hexadecimal digits')

/** Any whole number of bytes as hexadecimal, in lower case. */
export const hexBytes = wholeBytes(digits)

/** At most so many bytes as hexadecimal, in lower case. */
export function hexUpTo(maxBytes: number) {
  return wholeBytes(digits.max(2 + 2 * maxBytes, `must be at most ${maxBytes} bytes`))
}

function wholeBytes(text: z.ZodString) {
  return text.refine(({ length }) => length % 2 === 0, 'must have an even number of digits').transform(toLower)
}

function toLower(text: string): Hex {
  return text.toLowerCase() as Hex
}
