import { type Hex, validationId } from '@parley/protocol'
import { keccak256 } from 'viem'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { CHAINS } from './chains.ts'
import type { Driver, Person } from './driver.ts'
import { expectRefusal } from './expect-refusal.ts'

const HASH: Hex = `0x${'a1'.repeat(32)}`
const OTHER: Hex = `0x${'b2'.repeat(32)}`
const URI = 'ipfs://request'
const keccak = (bytes: Uint8Array) => keccak256(bytes, 'bytes')

describe.each(CHAINS)('validation on %s', (_, open) => {
  let chain: Driver
  let restore: () => Promise<void>

  beforeAll(async () => {
    chain = await open()
    await chain.send('alice', 'register', { agentURI: '', metadata: [] })
    await chain.send('bob', 'register', { agentURI: '', metadata: [] })
    restore = await chain.snapshot()
  })

  beforeEach(() => restore())

  const ask = (who: Person, requestHash = HASH, agentId = 0n, validator: Person = 'carol') =>
    chain.send(who, 'validationRequest', {
      validatorAddress: chain.accounts[validator],
      agentId,
      requestURI: URI,
      requestHash,
    })
  const askByDigest = (who: Person, requestDigest = HASH, agentId = 0n, validator: Person = 'carol') =>
    chain.send(who, 'requestValidation', {
      validatorAddress: chain.accounts[validator],
      agentId,
      requestURI: URI,
      requestDigest,
    })
  const idOf = (requester: Person, digest = HASH, agentId = 0n, validator: Person = 'carol') =>
    validationId(
      { requester: chain.accounts[requester], validator: chain.accounts[validator], agentId, digest },
      keccak,
      chain.kind,
    )
  const answer = (who: Person, requestHash = HASH, change: object = {}) =>
    chain.send(who, 'validationResponse', {
      ...{ requestHash, response: 90n, responseURI: 'ipfs://answer', responseHash: OTHER, tag: 'build' },
      ...change,
    })
  const statusOf = (requestHash: Hex) => chain.read('getValidationStatus', { requestHash })
  const summary = (agentId: bigint, tag = '', ...validators: Person[]) =>
    chain.read('getSummary', { agentId, validatorAddresses: validators.map((who) => chain.accounts[who]), tag })
  const validationsOf = (agentId: bigint) => chain.read('getAgentValidations', { agentId })

  describe('validationRequest', () => {
    it('asks a validator under a hash', async () => {
      const happened = await ask('alice')

      const args = { validatorAddress: chain.accounts.carol, agentId: 0n, requestURI: URI, requestHash: HASH }
      expect(happened).toEqual([{ name: 'ValidationRequest', args }])
      expect(await statusOf(HASH)).toEqual({
        validatorAddress: chain.accounts.carol,
        agentId: 0n,
        response: 0n,
        responseHash: `0x${'00'.repeat(32)}`,
        tag: '',
        lastUpdate: chain.now(),
      })
      expect(await validationsOf(0n)).toEqual([HASH])
      expect(await chain.read('getValidatorRequests', { validatorAddress: chain.accounts.carol })).toEqual([HASH])
      expect(await summary(0n)).toEqual({ count: 0n, averageResponse: 0n })
    })

    it('takes a hash once', async () => {
      await ask('bob', HASH, 1n)

      await expectRefusal(chain, ask('alice'), 'ValidationExists')
    })

    it('is for the owner and whom it approved', async () => {
      await chain.approveAgent('alice', 0n, 'operator')

      await expectRefusal(chain, ask('bob'), 'NotAuthorized')
      await expectRefusal(chain, ask('bob', HASH, 9n), 'ERC721NonexistentToken', 9n)
      await ask('operator')
    })
  })

  describe('requestValidation', () => {
    it('asks under an id that is known before', async () => {
      const happened = await askByDigest('alice')

      const args = { validatorAddress: chain.accounts.carol, agentId: 0n, requestURI: URI, requestHash: idOf('alice') }
      expect(happened).toEqual([{ name: 'ValidationRequest', args }])
      await answer('carol', idOf('alice'))
      expect(await statusOf(idOf('alice'))).toMatchObject({ response: 90n, tag: 'build' })
    })

    it('cannot be squatted: who took the hash before is not found any more', async () => {
      // Bob has seen the request coming, and takes its id for an agent of his own.
      await ask('bob', idOf('alice'), 1n, 'bob')
      await answer('bob', idOf('alice'), { response: 1n })

      await askByDigest('alice')

      expect(await statusOf(idOf('alice'))).toMatchObject({
        validatorAddress: chain.accounts.carol,
        agentId: 0n,
        response: 0n,
      })
      await expectRefusal(chain, answer('bob', idOf('alice')), 'ValidatorOnly')
      await answer('carol', idOf('alice'))
      expect(await summary(0n)).toEqual({ count: 1n, averageResponse: 90n })
      expect(await summary(1n)).toEqual({ count: 1n, averageResponse: 1n })
    })

    it('cannot be covered up: nobody chooses its hash later, for whatever agent', async () => {
      await askByDigest('alice')
      await answer('carol', idOf('alice'), { response: 3n })

      await expectRefusal(chain, ask('alice', idOf('alice')), 'ValidationExists')
      await expectRefusal(chain, ask('bob', idOf('alice'), 1n, 'bob'), 'ValidationExists')
      expect(await statusOf(idOf('alice'))).toMatchObject({ response: 3n })
    })

    it('counts an answer once, though its hash is in both kinds', async () => {
      await ask('alice', idOf('alice'))
      await askByDigest('alice')
      await answer('carol', idOf('alice'), { response: 40n })

      expect(await summary(0n)).toEqual({ count: 1n, averageResponse: 40n })
    })

    it('is another for another requester, agent, validator or digest', async () => {
      await chain.approveAgent('alice', 0n, 'operator')
      await askByDigest('alice')

      await expectRefusal(chain, askByDigest('alice'), 'ValidationExists')
      await askByDigest('operator')
      await askByDigest('alice', OTHER)
      await askByDigest('alice', HASH, 0n, 'bob')
      await askByDigest('bob', HASH, 1n)
      const ids = [idOf('alice'), idOf('operator'), idOf('alice', OTHER), idOf('alice', HASH, 0n, 'bob')]
      expect(await validationsOf(0n)).toEqual(ids)
      expect(await validationsOf(1n)).toEqual([idOf('bob', HASH, 1n)])
    })

    it('is for the owner and whom it approved', async () => {
      await expectRefusal(chain, askByDigest('bob'), 'NotAuthorized')
      await expectRefusal(chain, askByDigest('bob', HASH, 9n), 'ERC721NonexistentToken', 9n)
    })
  })

  describe('validationResponse', () => {
    it('tells what was found, and the last one counts', async () => {
      await ask('alice')
      await chain.warp(5n)

      const happened = await answer('carol')
      await answer('carol', HASH, { response: 100n, tag: '' })

      const args = {
        ...{ validatorAddress: chain.accounts.carol, agentId: 0n, requestHash: HASH, response: 90n },
        ...{ responseURI: 'ipfs://answer', responseHash: OTHER, tag: 'build' },
      }
      expect(happened).toEqual([{ name: 'ValidationResponse', args }])
      expect(await statusOf(HASH)).toMatchObject({
        response: 100n,
        tag: '',
        responseHash: OTHER,
        lastUpdate: chain.now(),
      })
      expect(await summary(0n)).toEqual({ count: 1n, averageResponse: 100n })
    })

    it('is for the validator that was asked, from 0 to 100', async () => {
      await ask('alice')

      await expectRefusal(chain, answer('alice'), 'ValidatorOnly')
      await expectRefusal(chain, answer('carol', OTHER), 'ValidationUnknown')
      await expectRefusal(chain, statusOf(OTHER), 'ValidationUnknown')
      await expectRefusal(chain, answer('carol', HASH, { response: 101n }), 'ResponseTooHigh')
      await expectRefusal(chain, answer('carol', HASH, { response: 255n }), 'ResponseTooHigh')
    })

    it('of nought is one', async () => {
      await ask('alice')
      await answer('carol', HASH, { response: 0n })

      expect(await summary(0n)).toEqual({ count: 1n, averageResponse: 0n })
    })
  })

  it('is summed up by validator and tag, rounded down', async () => {
    await ask('alice')
    await ask('alice', OTHER, 0n, 'bob')
    await askByDigest('alice')
    await answer('carol', HASH, { response: 50n })
    await answer('bob', OTHER, { response: 100n, tag: 'run' })
    await answer('carol', idOf('alice'), { response: 51n })

    expect(await summary(0n)).toEqual({ count: 3n, averageResponse: 67n })
    expect(await summary(0n, 'build')).toEqual({ count: 2n, averageResponse: 50n })
    expect(await summary(0n, '', 'bob')).toEqual({ count: 1n, averageResponse: 100n })
    expect(await summary(0n, 'run', 'carol', 'operator')).toEqual({ count: 0n, averageResponse: 0n })
    expect(await summary(0n, 'never said')).toEqual({ count: 0n, averageResponse: 0n })
    expect(await validationsOf(0n)).toEqual([HASH, OTHER, idOf('alice')])
  })
})
