import { type Hex, NOBODY } from '@parley/protocol'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { CHAINS } from './chains.ts'
import type { Driver, Person } from './driver.ts'
import { expectRefusal } from './expect-refusal.ts'
import {
  addressOf,
  DAY,
  ENCLAVE,
  issueChallenge,
  type Key,
  MAX_AGE,
  OTHER_HASH,
  QUORUM,
  type Report,
  registerEnclave,
  reportOf,
  STRANGER,
  sign,
  signReport,
  VERIFIERS,
  WORKLOAD,
  withHighS,
} from './scenario.ts'

const enclave = addressOf(ENCLAVE)
const [first, second, third] = VERIFIERS as [Key, Key, Key]

describe.each(CHAINS)('enclaves on %s', (_, open) => {
  let chain: Driver
  let challenge: Hex
  let restore: () => Promise<void>

  beforeAll(async () => {
    chain = await open()
    await chain.send('owner', 'setWorkload', { workload: WORKLOAD, isAllowed: true })
    challenge = await issueChallenge(chain)
    restore = await chain.snapshot()
  })

  beforeEach(() => restore())

  /** Anyone may bring a report: Carol does. */
  const bring = (report: Report, signatures: readonly Hex[]) =>
    chain.send('carol', 'registerEnclave', { report, signatures })
  const register = async (report: Report, signers: readonly Key[] = [first, second]) =>
    bring(report, await signReport(chain, signers, report))
  const setWorkload = (who: Person, workload: Hex, isAllowed: boolean) =>
    chain.send(who, 'setWorkload', { workload, isAllowed })
  const revoke = (who: Person) => chain.send(who, 'revokeEnclave', { enclave })
  const requireActive = () => chain.read('requireActive', { enclave })

  describe('issueChallenge', () => {
    it('gives anyone a challenge that nobody got before', async () => {
      const happened = await chain.send('carol', 'issueChallenge', {})

      const args = { challenge: expect.stringMatching(/^0x[0-9a-f]{64}$/), issuedAt: chain.now() }
      expect(happened).toEqual([{ name: 'ChallengeIssued', args }])
      const given = happened[0]?.args.challenge as Hex
      expect(await chain.read('challengeIssuedAt', { challenge: given })).toBe(chain.now())
      expect(new Set([challenge, given, await issueChallenge(chain)]).size).toBe(3)
    })
  })

  describe('registerEnclave', () => {
    it('registers on the word of a quorum, whoever brings it', async () => {
      const report = reportOf(chain, challenge)

      const happened = await register(report)

      const { operator, encryptionKey, workload, quoteId, expiresAt } = report
      const args = { enclave, operator, workload, encryptionKey, quoteId, expiresAt }
      expect(happened).toEqual([{ name: 'EnclaveRegistered', args }])
      const known = { operator, expiresAt, attestedAt: chain.now(), isRevoked: false, workload, encryptionKey }
      expect(await requireActive()).toEqual(known)
      expect(await chain.read('challengeIssuedAt', { challenge })).toBe(0n)
    })

    it('takes more signatures than it needs', async () => {
      await register(reportOf(chain, challenge), VERIFIERS)
    })

    it('rejects fewer signatures than the quorum', async () => {
      await expectRefusal(chain, register(reportOf(chain, challenge), [first]), 'QuorumNotReached', 1, QUORUM)
      await expectRefusal(chain, register(reportOf(chain, challenge), []), 'QuorumNotReached', 0, QUORUM)
    })

    it('rejects one verifier’s signature twice', async () => {
      const registering = register(reportOf(chain, challenge), [first, first])

      await expectRefusal(chain, registering, 'VerifiersOutOfOrder', addressOf(first))
    })

    it('rejects signatures that are not in ascending order', async () => {
      const registering = register(reportOf(chain, challenge), [third, second])

      await expectRefusal(chain, registering, 'VerifiersOutOfOrder', addressOf(second))
    })

    it('rejects a signer that is no verifier', async () => {
      const registering = register(reportOf(chain, challenge), [first, STRANGER])

      await expectRefusal(chain, registering, 'VerifierUnknown', addressOf(STRANGER))
    })

    it.each([
      ['of zeros', `0x${'00'.repeat(65)}`],
      ['that is too short', `0x${'11'.repeat(64)}`],
      ['that is too long', `0x${'11'.repeat(66)}`],
      ['that is empty', '0x'],
      ['with a v that does not exist', `0x${'11'.repeat(64)}1d`],
    ] as const)('takes a signature %s for nobody’s', async (_, broken) => {
      const report = reportOf(chain, challenge)
      const [signature] = await signReport(chain, [first], report)

      await expectRefusal(chain, bring(report, [signature as Hex, broken]), 'VerifierUnknown', NOBODY)
    })

    it('takes a signature with a high s for nobody’s', async () => {
      const report = reportOf(chain, challenge)
      const [one, two] = (await signReport(chain, [first, second], report)) as [Hex, Hex]

      await expectRefusal(chain, bring(report, [one, withHighS(two)]), 'VerifierUnknown', NOBODY)
    })

    it.each([
      ['enclave', () => addressOf(STRANGER)],
      ['encryptionKey', () => OTHER_HASH],
      ['operator', () => chain.accounts.carol],
      ['quoteId', () => OTHER_HASH],
      ['expiresAt', () => 2_000_000_000n],
    ])('rejects signatures for another %s', async (field, other) => {
      const report = reportOf(chain, challenge)
      const signatures = await signReport(chain, [first, second], report)

      const altered = { ...report, [field]: other() }
      await expect(bring(altered, signatures)).rejects.toThrow(/^VerifierUnknown: 0x/)
    })

    it.each(['chain', 'contract'] as const)('rejects signatures for another %s', async (other) => {
      const report = reportOf(chain, challenge)
      const domain = chain.elsewhere(chain.domains.reports)[other]
      const signatures = await Promise.all(
        [first, second].map((key) => sign(key, chain.messages.EnclaveReport, report, domain)),
      )

      await expect(bring(report, signatures)).rejects.toThrow(/^VerifierUnknown: 0x/)
    })

    it('rejects a challenge that it never gave', async () => {
      await expectRefusal(chain, register(reportOf(chain, OTHER_HASH)), 'ChallengeUnknown', OTHER_HASH)
    })

    it('rejects a challenge that was used, for whichever enclave', async () => {
      await register(reportOf(chain, challenge))

      await expectRefusal(chain, register(reportOf(chain, challenge)), 'ChallengeUnknown', challenge)
      const other = reportOf(chain, challenge, { enclave: addressOf(STRANGER) })
      await expectRefusal(chain, register(other), 'ChallengeUnknown', challenge)
    })

    it('takes a challenge of a day and rejects one a second older', async () => {
      const issuedAt = chain.now()
      await chain.warp(DAY + 1n)
      await expectRefusal(chain, register(reportOf(chain, challenge)), 'ChallengeExpired', challenge, issuedAt)

      await restore()
      await chain.warp(DAY)
      await register(reportOf(chain, challenge))
    })

    it('rejects a report that has expired', async () => {
      const report = reportOf(chain, challenge, { expiresAt: chain.now() })

      await expectRefusal(chain, register(report), 'ReportExpired', report.expiresAt)
    })

    it('rejects a workload that is not allowed', async () => {
      const report = reportOf(chain, challenge, { workload: OTHER_HASH })

      await expectRefusal(chain, register(report), 'WorkloadNotAllowed', OTHER_HASH)
    })

    it('rejects an enclave at no address: every broken signature would be its own', async () => {
      const registering = register(reportOf(chain, challenge, { enclave: NOBODY }), [first, second])

      await expectRefusal(chain, registering, 'AddressZero')
    })

    it('never lasts longer than the greatest age from the challenge', async () => {
      const issuedAt = chain.now()
      await chain.warp(DAY / 2n)

      const happened = await register(reportOf(chain, challenge, { expiresAt: 2n ** 64n - 1n }))

      expect(happened[0]?.args.expiresAt).toBe(issuedAt + MAX_AGE)
    })

    it('rejects an older attestation that was kept back, so that it cannot undo a newer one', async () => {
      const issuedAt = chain.now()
      const keptBack = reportOf(chain, challenge)
      await chain.warp(DAY / 2n)
      const attestedAt = chain.now()
      await register(reportOf(chain, await issueChallenge(chain)))

      await expectRefusal(chain, register(keptBack), 'ReportOutdated', issuedAt, attestedAt)
    })

    it('renews an enclave with a new challenge', async () => {
      await register(reportOf(chain, challenge))
      await chain.warp(DAY)
      const renewal = reportOf(chain, await issueChallenge(chain))

      await register(renewal)

      expect(await requireActive()).toMatchObject({ expiresAt: renewal.expiresAt, attestedAt: chain.now() })
    })

    it('does not bring back an enclave that was revoked', async () => {
      await register(reportOf(chain, challenge))
      await revoke('operator')

      const again = register(reportOf(chain, await issueChallenge(chain)))
      await expectRefusal(chain, again, 'EnclaveIsRevoked', enclave)
    })
  })

  describe('requireActive', () => {
    it('rejects an enclave that it does not know', async () => {
      await expectRefusal(chain, requireActive(), 'EnclaveUnknown', enclave)
    })

    it('rejects an enclave from its expiry on', async () => {
      const report = reportOf(chain, challenge)
      await register(report)

      await chain.warp(report.expiresAt - chain.now() - 1n)
      await requireActive()

      await chain.warp(1n)
      await expectRefusal(chain, requireActive(), 'EnclaveExpired', enclave, report.expiresAt)
      expect(await chain.read('getEnclave', { enclave })).toMatchObject({ operator: chain.accounts.operator })
    })

    it('rejects an enclave that was revoked', async () => {
      await register(reportOf(chain, challenge))
      await revoke('operator')

      await expectRefusal(chain, requireActive(), 'EnclaveIsRevoked', enclave)
    })

    it('keeps an enclave whose workload is no longer allowed', async () => {
      await register(reportOf(chain, challenge))

      await setWorkload('owner', WORKLOAD, false)

      expect(await requireActive()).toMatchObject({ workload: WORKLOAD })
    })
  })

  describe('revokeEnclave', () => {
    it.each(['operator', 'owner'] as const)('is for the %s', async (revoker) => {
      await registerEnclave(chain)

      const happened = await revoke(revoker)

      expect(happened).toEqual([{ name: 'EnclaveRevoked', args: { enclave, revokedBy: chain.accounts[revoker] } }])
    })

    it.each(['carol', 'alice', 'relayer'] as const)('is not for %s', async (stranger) => {
      await registerEnclave(chain)

      await expectRefusal(chain, revoke(stranger), 'RevokerOnly', chain.accounts[stranger])
    })

    it('rejects an unknown enclave', async () => {
      await expectRefusal(chain, revoke('owner'), 'EnclaveUnknown', enclave)
    })

    it('happens once', async () => {
      await registerEnclave(chain)
      await revoke('owner')

      await expectRefusal(chain, revoke('owner'), 'EnclaveIsRevoked', enclave)
    })
  })

  describe('setWorkload', () => {
    it('is for the owner', async () => {
      const happened = await setWorkload('owner', OTHER_HASH, true)

      expect(happened).toEqual([{ name: 'WorkloadSet', args: { workload: OTHER_HASH, isAllowed: true } }])
      expect(await chain.read('isWorkloadAllowed', { workload: OTHER_HASH })).toBe(true)
      const setting = setWorkload('operator', OTHER_HASH, true)
      await expectRefusal(chain, setting, 'OwnableUnauthorizedAccount', chain.accounts.operator)
    })

    it('stops registrations', async () => {
      await setWorkload('owner', WORKLOAD, false)

      await expectRefusal(chain, register(reportOf(chain, challenge)), 'WorkloadNotAllowed', WORKLOAD)
      expect(await chain.read('isWorkloadAllowed', { workload: WORKLOAD })).toBe(false)
    })

    it('passes to a new owner only when that one accepts', async () => {
      await chain.send('owner', 'transferOwnership', { newOwner: chain.accounts.carol })
      const early = setWorkload('carol', WORKLOAD, false)
      await expectRefusal(chain, early, 'OwnableUnauthorizedAccount', chain.accounts.carol)

      await chain.send('carol', 'acceptOwnership', {})

      await setWorkload('carol', WORKLOAD, false)
      const late = setWorkload('owner', WORKLOAD, true)
      await expectRefusal(chain, late, 'OwnableUnauthorizedAccount', chain.accounts.owner)
    })

    it('stays when it is given to nobody before it is taken', async () => {
      await chain.send('owner', 'transferOwnership', { newOwner: chain.accounts.carol })
      await chain.send('owner', 'transferOwnership', { newOwner: NOBODY })

      const taking = chain.send('carol', 'acceptOwnership', {})
      await expectRefusal(chain, taking, 'OwnableUnauthorizedAccount', chain.accounts.carol)
    })

    it('passes to nobody who was not named, by nobody but the owner', async () => {
      const taking = chain.send('carol', 'acceptOwnership', {})
      await expectRefusal(chain, taking, 'OwnableUnauthorizedAccount', chain.accounts.carol)

      const giving = chain.send('carol', 'transferOwnership', { newOwner: chain.accounts.carol })
      await expectRefusal(chain, giving, 'OwnableUnauthorizedAccount', chain.accounts.carol)
    })
  })

  it('knows its verifiers', async () => {
    expect(await chain.read('isVerifier', { verifier: addressOf(first) })).toBe(true)
    expect(await chain.read('isVerifier', { verifier: enclave })).toBe(false)
  })
})
