import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { hashDomain, hashTypedData as hashWithViem, keccak256, recoverAddress, stringToHex } from 'viem'
import { describe, expect, it } from 'vitest'
import {
  messages as contractMessages,
  DOMAIN_NAME,
  DOMAIN_VERSION,
  domainSeparator,
  fromJson,
  type Hex,
  hashStruct,
  hashTypedData,
  type Message,
  marketMessages,
  type SigningDomain,
  toHex,
  typedDataTypes,
  typeString,
} from '../src/index.ts'
import { defineMessage, utf8, wordFromUint } from '../src/message.ts'
import { texts } from '../vectors/generate.ts'
import vectors from '../vectors/typed-data.json' with { type: 'json' }
import { anyText, anyValueOf, hexOf, signingDomain } from './arbitraries.ts'

const keccak = (bytes: Uint8Array) => keccak256(bytes, 'bytes')
const messages = { ...contractMessages, ...marketMessages.evm }
const names = Object.keys(messages) as (keyof typeof messages)[]

function digestOf(domain: SigningDomain, message: Message, value: never): Hex {
  return toHex(hashTypedData(domainSeparator(domain, keccak), message, value, keccak))
}

describe('the committed vectors', () => {
  it.each(Object.keys(texts))(
    '%s is what viem computes now (update: node protocol/vectors/generate.ts)',
    async (name) => {
      expect(await readFile(new URL(`../vectors/${name}`, import.meta.url), 'utf8')).toBe(texts[name])
    },
  )

  it('have one type string for every message', () => {
    expect(vectors.typeStrings.map(({ name }) => name)).toEqual(names)
  })

  it.each(vectors.typeStrings)('fix the type string and type hash of $name', ({ name, text, hash }) => {
    const own = typeString(messages[name as keyof typeof messages])

    expect(own).toBe(text)
    expect(toHex(keccak(utf8(own)))).toBe(hash)
  })

  it.each(vectors.domains)('fix the domain separator of chain $chainId', ({ separator, ...domain }) => {
    expect(toHex(domainSeparator(domain as SigningDomain, keccak))).toBe(separator)
  })

  it.each(names)('fix struct hash, digest and signer of each %s', async (name) => {
    const message: Message = messages[name]
    expect(vectors.digests[name].length).toBeGreaterThan(0)

    for (const { domain, value, structHash, digest, signer, signature } of vectors.digests[name]) {
      const parsed = fromJson(message, value) as never
      expect(toHex(hashStruct(message, parsed, keccak))).toBe(structHash)
      expect(digestOf(domain as SigningDomain, message, parsed)).toBe(digest)
      const recovered = await recoverAddress({ hash: digest as Hex, signature: signature as Hex })
      expect(recovered.toLowerCase()).toBe(signer)
    }
  })
})

describe('hashTypedData', () => {
  it.each(names)('equals viem on random values of %s', (name) => {
    equalsViem(messages[name])
  })

  it('equals viem on texts, lists of lists and every width of number', () => {
    const Leaf = defineMessage('Leaf', [
      ['text', 'string'],
      ['small', 'uint8'],
      ['large', 'uint128'],
    ])
    const Branch = defineMessage('Branch', [
      ['leaves', [Leaf]],
      ['key', 'bytes32'],
    ])
    // Comes first in its type string although its name sorts behind the others'.
    const Tree = defineMessage('Tree', [
      ['branches', [Branch]],
      ['loose', [Leaf]],
      ['total', 'uint256'],
    ])

    equalsViem(Tree)
  })

  it('tells apart two contracts and two chains', () => {
    fc.assert(
      fc.property(signingDomain, hexOf(20), anyValueOf(messages.Call), (domain, other, call) => {
        fc.pre(other !== domain.verifyingContract)
        const digest = digestOf(domain, messages.Call, call as never)

        expect(digestOf({ ...domain, verifyingContract: other }, messages.Call, call as never)).not.toBe(digest)
        expect(digestOf({ ...domain, chainId: domain.chainId - 1 }, messages.Call, call as never)).not.toBe(digest)
      }),
    )
  })

  it('refuses a number that does not fit its field', () => {
    const value = vectors.digests.EnclaveResult[0]?.value
    const result = fromJson(messages.EnclaveResult, value)

    for (const observability of [-1n, 256n]) {
      expect(() => hashStruct(messages.EnclaveResult, { ...result, observability }, keccak)).toThrow(RangeError)
    }
    for (const number of [-1n, 2n ** 256n]) expect(() => wordFromUint(number)).toThrow(RangeError)
  })

  it('refuses an address and a hash of another length', () => {
    expect(() => hashStruct(messages.Call, { to: '0x1234', data: '0x' }, keccak)).toThrow('2 bytes, not 20')
    const request = { jobId: '0x00', provider: `0x${'11'.repeat(20)}`, bodyHash: `0x${'22'.repeat(32)}` } as const
    expect(() => hashStruct(messages.JobRequest, request, keccak)).toThrow('1 bytes, not 32')
  })
})

describe('domainSeparator', () => {
  it('equals viem on random domains', () => {
    const types = {
      EIP712Domain: [
        { name: 'name', type: 'string' },
        { name: 'version', type: 'string' },
        { name: 'chainId', type: 'uint256' },
        { name: 'verifyingContract', type: 'address' },
      ],
    } as const
    fc.assert(
      fc.property(signingDomain, (domain) => {
        const full = { name: DOMAIN_NAME, version: DOMAIN_VERSION, ...domain, chainId: BigInt(domain.chainId) }
        expect(toHex(domainSeparator(domain, keccak))).toBe(hashDomain({ domain: full, types }))
      }),
    )
  })
})

describe('utf8', () => {
  it('equals TextEncoder and viem on any text, surrogates included', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(utf8(text)).toEqual(new TextEncoder().encode(text))
        expect(toHex(utf8(text))).toBe(stringToHex(text))
      }),
    )
  })

  it.each([
    ['\u{1f600}', '0xf09f9880'],
    ['\ud83d', '0xefbfbd'],
    ['\ude00a', '0xefbfbd61'],
    ['\u07ff\u0800\uffff', '0xdfbfe0a080efbfbf'],
  ])('writes %j as %s', (text, bytes) => {
    expect(toHex(utf8(text))).toBe(bytes)
  })
})

function equalsViem(message: Message): void {
  fc.assert(
    fc.property(signingDomain, anyValueOf(message), (domain, value) => {
      const expected = hashWithViem({
        domain: { name: DOMAIN_NAME, version: DOMAIN_VERSION, ...domain },
        types: typedDataTypes(message),
        primaryType: message.name,
        message: value as Record<string, unknown>,
      })
      expect(digestOf(domain, message, value as never)).toBe(expected)
    }),
  )
}
