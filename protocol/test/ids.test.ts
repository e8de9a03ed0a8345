import fc from 'fast-check'
import { concatHex, encodeAbiParameters, keccak256 } from 'viem'
import { describe, expect, it } from 'vitest'
import { quoteId, reportData, workloadId, workloadMeasurements } from '../src/attestation.ts'
import { domainSeparator, fromHex, fromJson, type Hex, JobRequest, jobId, requestHash, toHex } from '../src/index.ts'
import attestation from '../vectors/attestation.json' with { type: 'json' }
import vectors from '../vectors/ids.json' with { type: 'json' }
import { hexOf, signingDomain } from './arbitraries.ts'

const keccak = (bytes: Uint8Array) => keccak256(bytes, 'bytes')

describe('jobId', () => {
  it.each(vectors.jobIds)('of job $index on chain $domain.chainId is as committed', (vector) => {
    const domain = { ...vector.domain, verifyingContract: vector.domain.verifyingContract as Hex }
    const separator = domainSeparator(domain, keccak)

    expect(jobId(separator, vector.client as Hex, BigInt(vector.index), keccak)).toBe(vector.jobId)
  })

  it('equals viem on random clients and counts', () => {
    const parameters = [{ type: 'bytes32' }, { type: 'address' }, { type: 'uint256' }] as const
    fc.assert(
      fc.property(signingDomain, hexOf(20), fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }), (domain, client, index) => {
        const separator = domainSeparator(domain, keccak)
        const expected = keccak256(encodeAbiParameters(parameters, [toHex(separator), client, index]))
        expect(jobId(separator, client, index, keccak)).toBe(expected)
      }),
    )
  })
})

describe('requestHash', () => {
  it.each(vectors.requestHashes)('is as committed', ({ request, hash }) => {
    expect(requestHash(fromJson(JobRequest, request), keccak)).toBe(hash)
  })
})

describe('reportData', () => {
  it.each(attestation.reportData)(
    'of $binding.enclave is as committed, 64 bytes',
    ({ binding, reportData: expected }) => {
      const bytes = reportData(binding as Parameters<typeof reportData>[0], keccak)

      expect(toHex(bytes)).toBe(expected)
      expect(bytes.length).toBe(64)
    },
  )

  it('equals viem on random bindings', () => {
    const binding = fc.record({
      enclave: hexOf(20),
      encryptionKey: hexOf(32),
      operator: hexOf(20),
      challenge: hexOf(32),
    })
    fc.assert(
      fc.property(binding, (value) => {
        const hash = keccak256(concatHex([value.encryptionKey, value.operator, value.challenge]))
        expect(toHex(reportData(value, keccak))).toBe(concatHex([value.enclave, hash, `0x${'00'.repeat(12)}`]))
      }),
    )
  })

  it.each(['enclave', 'encryptionKey', 'operator', 'challenge'])('refuses another length of %s', (name) => {
    const binding = { ...attestation.reportData[0]?.binding, [name]: '0x1234' }

    expect(() => reportData(binding as never, keccak)).toThrow(name)
  })
})

describe('workloadId', () => {
  it.each(attestation.workloadIds)('is as committed', ({ measurements, workloadId: expected }) => {
    const bytes = workloadMeasurements.map((name) => [name, fromHex(measurements[name])])

    expect(toHex(workloadId(Object.fromEntries(bytes), keccak))).toBe(expected)
  })

  it('refuses a measurement that is not 48 bytes', () => {
    const measurements = Object.fromEntries(workloadMeasurements.map((name) => [name, new Uint8Array(48)]))

    expect(() => workloadId({ ...measurements, rtMr1: new Uint8Array(47) } as never, keccak)).toThrow('rtMr1 has 47')
  })
})

describe('quoteId', () => {
  it.each(attestation.quoteIds)('covers header and body only', ({ quote, quoteId: expected }) => {
    expect(toHex(quoteId(fromHex(quote), keccak))).toBe(expected)
  })

  it('refuses less than header and body', () => {
    expect(() => quoteId(new Uint8Array(631), keccak)).toThrow('631')
  })
})
