import fc from 'fast-check'
import {
  encodeAbiParameters,
  encodePacked,
  keccak256,
  stringToHex,
  domainSeparator as viemDomainSeparator,
  hashStruct as viemHashStruct,
  hashTypedData as viemHashTypedData,
} from 'viem'
import { describe, expect, it } from 'vitest'
import {
  accountBytes,
  accountWord,
  chainKind,
  domainSeparator,
  EnclaveResult,
  hashTypedData,
  jobId,
  marketMessages,
  nearDomain,
  nearMessages,
  reportData,
  requestHash,
  toHex,
  typedDataDomain,
  typedDataTypes,
} from '../src/index.ts'
import { anyValueOf, hexOf } from './arbitraries.ts'

const keccak = (input: Uint8Array) => keccak256(input, 'bytes')
const name = fc.stringMatching(/^[a-z0-9]{2,12}(\.[a-z0-9]{2,12}){0,3}$/)
const chain = fc.constantFrom('mainnet', 'testnet', 'localnet')

describe('a domain on NEAR', () => {
  it('is the salt of the chain’s and the contract’s names', () => {
    const { salt } = nearDomain('mainnet', 'parley.near', keccak)

    expect(salt).toBe(keccak256(stringToHex('near:mainnet:parley.near')))
    // Held against an independent computation once: any change breaks every signature.
    expect(salt).toBe('0x33b486769efb24b2b1133724f6d5aa91f7394133693afe5d42c643db1af3f0cf')
  })

  it('separates as viem’s does', () => {
    fc.assert(
      fc.property(chain, name, (chainId, contract) => {
        const domain = nearDomain(chainId, contract, keccak)

        const expected = viemDomainSeparator({ domain: typedDataDomain(domain) })
        expect(toHex(domainSeparator(domain, keccak))).toBe(expected)
      }),
    )
  })

  it.each(Object.values({ ...nearMessages, ...marketMessages.near }))(
    'gives $name the digest that viem signs',
    (message) => {
      const domain = nearDomain('localnet', 'parley.test.near', keccak)

      fc.assert(
        fc.property(anyValueOf(message), (value) => {
          const expected = viemHashTypedData({
            domain: typedDataDomain(domain),
            types: typedDataTypes(message),
            primaryType: message.name,
            message: value as Record<string, unknown>,
          })
          const digest = hashTypedData(domainSeparator(domain, keccak), message, value as never, keccak)
          expect(toHex(digest)).toBe(expected)
        }),
      )
    },
  )

  it('has the result that both chains sign', () => {
    expect(nearMessages.EnclaveResult).toBe(EnclaveResult)
  })
})

describe('ids on NEAR', () => {
  it('of jobs hash the domain, the client’s name and the index, each a word', () => {
    fc.assert(
      fc.property(chain, name, name, fc.bigInt({ min: 0n, max: 2n ** 64n }), (chainId, contract, client, index) => {
        const separator = domainSeparator(nearDomain(chainId, contract, keccak), keccak)

        const words = [toHex(separator), keccak256(stringToHex(client)), index] as const
        const types = [{ type: 'bytes32' }, { type: 'bytes32' }, { type: 'uint256' }] as const
        expect(jobId(separator, client, index, keccak, 'near')).toBe(keccak256(encodeAbiParameters(types, words)))
      }),
    )
  })

  it('of requests are JobRequest’s with the provider’s name', () => {
    const types = [
      { name: 'jobId', type: 'bytes32' },
      { name: 'provider', type: 'string' },
      { name: 'bodyHash', type: 'bytes32' },
    ]

    fc.assert(
      fc.property(hexOf(32), name, hexOf(32), (id, provider, bodyHash) => {
        const request = { jobId: id, provider, bodyHash }

        const expected = viemHashStruct({ types: { JobRequest: types }, primaryType: 'JobRequest', data: request })
        expect(requestHash(request, keccak, 'near')).toBe(expected)
      }),
    )
  })

  it('of an account that looks like an address are a name’s there and an address’ on EVM', () => {
    const account = `0x${'ab'.repeat(20)}`

    expect(toHex(accountWord(account, 'near', keccak))).toBe(keccak256(stringToHex(account)))
    expect(toHex(accountWord(account, 'evm', keccak))).toBe(`0x${'00'.repeat(12)}${'ab'.repeat(20)}`)
    expect(accountBytes(account, 'near')).toHaveLength(42)
    expect(accountBytes(account, 'evm')).toHaveLength(20)
  })

  it('refuse an EVM address of another length', () => {
    expect(() => accountWord('0xab', 'evm', keccak)).toThrow(RangeError)
    expect(() => accountBytes('alice.near', 'evm')).toThrow(RangeError)
  })
})

describe('reportData on NEAR', () => {
  it('binds the enclave, its key, its operator’s name and the challenge', () => {
    fc.assert(
      fc.property(hexOf(20), hexOf(32), name, hexOf(32), (enclave, encryptionKey, operator, challenge) => {
        const data = reportData({ enclave, encryptionKey, operator, challenge }, keccak, 'near')

        const packed = encodePacked(['bytes32', 'string', 'bytes32'], [encryptionKey, operator, challenge])
        expect(toHex(data)).toBe(`${enclave}${keccak256(packed).slice(2)}${'00'.repeat(12)}`)
      }),
    )
  })

  it('refuses parts of another length', () => {
    const binding = {
      enclave: `0x${'11'.repeat(20)}`,
      encryptionKey: `0x${'22'.repeat(32)}`,
      operator: 'operator.near',
      challenge: `0x${'33'.repeat(32)}`,
    } as const

    expect(reportData(binding, keccak, 'near')).toHaveLength(64)
    expect(() => reportData({ ...binding, enclave: '0x11' }, keccak, 'near')).toThrow(RangeError)
    expect(() => reportData({ ...binding, encryptionKey: '0x' }, keccak, 'near')).toThrow(RangeError)
    expect(() => reportData({ ...binding, challenge: '0x' }, keccak, 'near')).toThrow(RangeError)
    expect(() => reportData(binding, keccak, 'evm')).toThrow(RangeError)
  })
})

describe('chainKind', () => {
  it('tells by the namespace of the CAIP-2 id', () => {
    expect([chainKind('eip155:1'), chainKind('near:mainnet')]).toEqual(['evm', 'near'])
  })

  it.each(['', 'NEAR:mainnet', 'solana:mainnet', 'eip1559:1'])('refuses "%s"', (id) => {
    expect(() => chainKind(id)).toThrow(RangeError)
  })
})
