import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  errors,
  ForwardRequest,
  fromJson,
  isErrorName,
  type Message,
  messages,
  ParleyError,
  toJson,
} from '../src/index.ts'
import { defineMessage } from '../src/message.ts'
import { anyValueOf } from './arbitraries.ts'

const names = Object.keys(messages) as (keyof typeof messages)[]
const address = `0x${'11'.repeat(20)}`
const request = { from: address, calls: [{ to: address, data: '0x' }], gas: '1', nonce: '2', deadline: '3' }

describe('toJson and fromJson', () => {
  it.each(names)('bring back every %s, through text', (name) => {
    const message: Message = messages[name]

    fc.assert(
      fc.property(anyValueOf(message), (value) => {
        const text = JSON.stringify(toJson(message, value))
        expect(fromJson(message, JSON.parse(text))).toEqual(value)
      }),
    )
  })

  it('bring back texts, with quotes and surrogates', () => {
    const Note = defineMessage('Note', [['text', 'string']])

    fc.assert(
      fc.property(anyValueOf(Note), (value) => {
        expect(fromJson(Note, JSON.parse(JSON.stringify(toJson(Note, value))))).toEqual(value)
      }),
    )
  })

  it('write numbers as decimal text', () => {
    expect(toJson(ForwardRequest, fromJson(ForwardRequest, { ...request, nonce: `${2n ** 256n - 1n}` })).nonce).toBe(
      '115792089237316195423570985008687907853269984665640564039457584007913129639935',
    )
  })
})

describe('fromJson', () => {
  it('makes hexadecimal lower-case', () => {
    const upper = { ...request, from: `0x${'AB'.repeat(20)}` }

    expect(fromJson(ForwardRequest, upper).from).toBe(`0x${'ab'.repeat(20)}`)
  })

  it.each([
    ['a missing field', 'nonce', { from: address, calls: [], gas: '1', deadline: '3' }],
    ['an unknown field', 'value', { ...request, value: '1' }],
    ['an inherited field', '__proto__', JSON.parse('{"__proto__": {"from": "0x"}}')],
    ['a missing field of a call', 'calls.0.data', { ...request, calls: [{ to: address }] }],
    [
      'an unknown field of a call',
      'calls.1.gas',
      { ...request, calls: [request.calls[0], { ...request.calls[0], gas: '1' }] },
    ],
    ['a call that is no object', 'calls.0', { ...request, calls: ['0x'] }],
    ['calls that are no list', 'calls', { ...request, calls: { to: address, data: '0x' } }],
    ['a number as JSON number', 'gas', { ...request, gas: 1 }],
    ['a number with a sign', 'gas', { ...request, gas: '-1' }],
    ['a number with a leading zero', 'gas', { ...request, gas: '01' }],
    ['a number in hexadecimal', 'gas', { ...request, gas: '0x1' }],
    ['an empty number', 'gas', { ...request, gas: '' }],
    ['a number past its width', 'gas', { ...request, gas: `${2n ** 64n}` }],
    ['a nonce past 256 bits', 'nonce', { ...request, nonce: `${2n ** 256n}` }],
    ['a number of a thousand digits', 'nonce', { ...request, nonce: '9'.repeat(1000) }],
    ['an address that is too short', 'from', { ...request, from: '0x11' }],
    ['an address without 0x', 'from', { ...request, from: '11'.repeat(20) }],
    ['half a byte', 'calls.0.data', { ...request, calls: [{ to: address, data: '0x1' }] }],
    ['letters that are not hexadecimal', 'calls.0.data', { ...request, calls: [{ to: address, data: '0xzz' }] }],
    ['a text with a newline behind', 'calls.0.data', { ...request, calls: [{ to: address, data: '0x11\n' }] }],
    ['null for a field', 'deadline', { ...request, deadline: null }],
    ['null', undefined, null],
    ['a list', undefined, [request]],
    ['a text', undefined, 'request'],
  ])('refuses %s and names the field', (_, field, json) => {
    const refusal = refusalOf(() => fromJson(ForwardRequest, json))

    expect(refusal.code).toBe('InputInvalid')
    expect(refusal.field).toBe(field ?? 'message')
    expect(refusal.message).toContain(field ?? 'ForwardRequest')
  })

  it('puts the path that it is given before the field', () => {
    expect(refusalOf(() => fromJson(ForwardRequest, { ...request, gas: 'x' }, 'request')).field).toBe('request.gas')
    expect(refusalOf(() => fromJson(ForwardRequest, 5, 'request')).field).toBe('request')
  })

  it('never repeats a long input in its message', () => {
    const long = { ...request, gas: 'x'.repeat(10_000) }

    expect(refusalOf(() => fromJson(ForwardRequest, long)).message.length).toBeLessThan(200)
  })
})

describe('ParleyError', () => {
  it('knows whether asking again can help', () => {
    expect(new ParleyError('ChainUnavailable', 'no answer').isRetryable).toBe(true)
    expect(new ParleyError('SignatureInvalid', 'wrong').isRetryable).toBe(false)
  })

  it('keeps its cause', () => {
    const cause = new Error('first')

    expect(new ParleyError('Internal', 'second', { cause }).cause).toBe(cause)
    expect(new ParleyError('Internal', 'second')).not.toHaveProperty('cause')
  })

  it('has a name only for what is in the table', () => {
    for (const name of Object.keys(errors)) expect(isErrorName(name)).toBe(true)
    for (const name of ['toString', 'constructor', '__proto__', 'jobunknown']) expect(isErrorName(name)).toBe(false)
  })
})

function refusalOf(parse: () => unknown): ParleyError {
  try {
    parse()
  } catch (error) {
    if (error instanceof ParleyError) return error
    throw error
  }
  throw new Error('was accepted')
}
