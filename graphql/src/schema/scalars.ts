import { ParleyError } from '@parley/protocol'
import { readAccount } from '../account.ts'
import { Kind, type ValueNode } from '../graphql-js.ts'
import { builder } from './builder.ts'

const MAX_UINT256 = 2n ** 256n - 1n

builder.scalarType('BigInt', {
  description:
    'A whole number from 0 to 2^256 - 1 as a decimal string, because JSON numbers lose digits. Amounts are in atoms of their token.',
  serialize: (value) => value.toString(),
  parseValue: parseBigInt,
  parseLiteral: (node) => parseBigInt(literal(node)),
})

builder.scalarType('SignedBigInt', {
  description: 'A whole number as a decimal string, with a minus sign below zero.',
  serialize: (value) => value.toString(),
})

builder.scalarType('Hex', {
  description: 'Bytes in hexadecimal with 0x: `0x00ff`. Answers are in lower case.',
  serialize: (value) => value,
  parseValue: parseHex,
  parseLiteral: (node) => parseHex(literal(node)),
})

builder.scalarType('Address', {
  description:
    'An account as its chain names it: 0x and 40 hexadecimal digits on EVM chains (answers are in lower case), an account id of 2 to 64 characters on NEAR: `alice.near`. A key that signs has an address of the first kind on every chain.',
  serialize: (value) => value,
  parseValue: parseAddress,
  parseLiteral: (node) => parseAddress(literal(node)),
})

builder.scalarType('DateTime', {
  description: 'A time in UTC as in ISO 8601: `2026-01-31T12:00:00Z`. Times of chains are whole seconds.',
  serialize: (value) => value.toISOString(),
  parseValue: parseDateTime,
  parseLiteral: (node) => parseDateTime(literal(node)),
})

function parseBigInt(value: unknown): bigint {
  const isWhole =
    typeof value === 'string' ? /^[0-9]{1,78}$/.test(value) : Number.isSafeInteger(value) && Number(value) >= 0
  const number = isWhole ? BigInt(String(value)) : undefined
  if (number === undefined || number > MAX_UINT256) throw malformed(value, 'a whole number from 0 to 2^256 - 1: "1000"')
  return number
}

function parseHex(value: unknown): string {
  if (typeof value === 'string' && /^0x([0-9a-fA-F]{2})*$/.test(value)) return value.toLowerCase()
  throw malformed(value, 'hexadecimal: 0x and two digits for each byte')
}

function parseAddress(value: unknown): string {
  const account = typeof value === 'string' ? readAccount(value) : undefined
  if (account !== undefined) return account
  throw malformed(value, 'an account: 0x and 40 hexadecimal digits, or an account id of NEAR: "alice.near"')
}

function parseDateTime(value: unknown): Date {
  const isFull =
    typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.test(value)
  const date = new Date(isFull ? value : Number.NaN)
  if (Number.isNaN(date.getTime())) throw malformed(value, 'a time with its zone: "2026-01-31T12:00:00Z"')
  return date
}

function literal(node: ValueNode): string | undefined {
  return node.kind === Kind.STRING || node.kind === Kind.INT ? node.value : undefined
}

function malformed(value: unknown, expected: string): ParleyError {
  const shown = typeof value === 'string' || typeof value === 'number' ? `"${String(value).slice(0, 80)}"` : 'this'
  return new ParleyError('InputInvalid', `${shown} is not ${expected}`)
}
