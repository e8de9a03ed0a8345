import { EnclaveReport, type Hex } from '@parley/protocol'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { enclaveRegistryAbi, enclaveRegistryBytecode } from '../generated/contracts.ts'
import {
  type Actor,
  addressOf,
  CAROL,
  type Chain,
  ENCLAVE,
  MAX_AGE,
  NOBODY,
  OPERATOR,
  OWNER,
  openChain,
  QUORUM,
  VERIFIERS,
  WORKLOAD,
} from './chain.ts'
import { expectRevert } from './expect-revert.ts'
import { DAY, issueChallenge, registerEnclave, reportOf } from './fixtures.ts'
import { domainOf, sign, signReport } from './signing.ts'

const enclave = addressOf(ENCLAVE)
const operator = addressOf(OPERATOR)
const OTHER_WORKLOAD: Hex = `0x${'78'.repeat(32)}`

let chain: Chain
let challenge: Hex
let restore: () => Promise<void>

beforeAll(async () => {
  chain = await openChain()
  await chain.send(OWNER, chain.enclaves, 'setWorkload', [WORKLOAD, true])
  challenge = await issueChallenge(chain)
  restore = await chain.snapshot()
})

beforeEach(() => restore())

const [first, second, third] = VERIFIERS as [Actor, Actor, Actor]

async function register(report: EnclaveReport, signers: readonly Actor[] = [first, second]) {
  const signatures = await signReport(chain, signers, report)
  return chain.send(CAROL, chain.enclaves, 'registerEnclave', [report, signatures])
}

const requireActive = () => chain.read(chain.enclaves, 'requireActive', [enclave])

describe('issueChallenge', () => {
  it('gives anyone a challenge that nobody got before', async () => {
    const { events } = await chain.send(CAROL, chain.enclaves, 'issueChallenge', [])

    expect(events).toEqual([
      { name: 'ChallengeIssued', args: { challenge: expect.any(String), issuedAt: chain.now() } },
    ])
    expect(events[0]?.args.challenge).not.toBe(challenge)
    expect(await issueChallenge(chain)).not.toBe(events[0]?.args.challenge)
  })
})

describe('registerEnclave', () => {
  it('registers on the word of a quorum, whoever brings it', async () => {
    const report = reportOf(chain, challenge)

    const { events } = await register(report)

    const { encryptionKey, workload, quoteId, expiresAt } = report
    const args = { enclave, operator, workload, encryptionKey, quoteId, expiresAt }
    expect(events).toEqual([{ name: 'EnclaveRegistered', args }])
    const attestedAt = Number(chain.now())
    const known = { operator, expiresAt: Number(expiresAt), attestedAt, isRevoked: false, workload, encryptionKey }
    expect(await requireActive()).toEqual(known)
  })

  it('takes more signatures than it needs', async () => {
    await register(reportOf(chain, challenge), VERIFIERS)
  })

  it('rejects fewer signatures than the quorum', async () => {
    await expectRevert(register(reportOf(chain, challenge), [first]), 'QuorumNotReached', 1, QUORUM)
    await expectRevert(register(reportOf(chain, challenge), []), 'QuorumNotReached', 0, QUORUM)
  })

  it('rejects one verifier’s signature twice', async () => {
    await expectRevert(register(reportOf(chain, challenge), [first, first]), 'VerifiersOutOfOrder', addressOf(first))
  })

  it('rejects signatures that are not in ascending order', async () => {
    await expectRevert(register(reportOf(chain, challenge), [third, second]), 'VerifiersOutOfOrder', addressOf(second))
  })

  it('rejects a signer that is no verifier', async () => {
    const signers = [first, CAROL]

    await expectRevert(register(reportOf(chain, challenge), signers), 'VerifierUnknown', addressOf(CAROL))
  })

  it('rejects a signature that recovers to nobody', async () => {
    const report = reportOf(chain, challenge)
    const [signature] = await signReport(chain, [first], report)
    const signatures = [signature as Hex, `0x${'00'.repeat(65)}`] as const

    const registering = chain.send(CAROL, chain.enclaves, 'registerEnclave', [report, signatures])
    await expectRevert(registering, 'VerifierUnknown', NOBODY)
  })

  it.each([
    ['enclave', addressOf(CAROL)],
    ['encryptionKey', OTHER_WORKLOAD],
    ['operator', addressOf(CAROL)],
    ['quoteId', OTHER_WORKLOAD],
    ['expiresAt', 2_000_000_000n],
  ])('rejects signatures for another %s', async (field, value) => {
    const report = reportOf(chain, challenge)
    const signatures = await signReport(chain, [first, second], report)

    const altered = { ...report, [field]: value }
    const registering = chain.send(CAROL, chain.enclaves, 'registerEnclave', [altered, signatures])
    await expect(registering).rejects.toThrow(/^VerifierUnknown: 0x/)
  })

  it.each(['chain', 'contract'])('rejects signatures for another %s', async (other) => {
    const report = reportOf(chain, challenge)
    const domain = domainOf(chain, other === 'contract' ? chain.escrow : chain.enclaves)
    const elsewhere = { ...domain, chainId: domain.chainId + (other === 'chain' ? 1 : 0) }
    const signatures = await Promise.all(
      [first, second].map((signer) => sign(signer, EnclaveReport, report, elsewhere)),
    )

    const registering = chain.send(CAROL, chain.enclaves, 'registerEnclave', [report, signatures])
    await expect(registering).rejects.toThrow(/^VerifierUnknown: 0x/)
  })

  it('rejects a challenge that it never gave', async () => {
    await expectRevert(register(reportOf(chain, OTHER_WORKLOAD)), 'ChallengeUnknown', OTHER_WORKLOAD)
  })

  it('rejects a challenge that was used, for whichever enclave', async () => {
    await register(reportOf(chain, challenge))

    await expectRevert(register(reportOf(chain, challenge)), 'ChallengeUnknown', challenge)
    const other = reportOf(chain, challenge, { enclave: addressOf(CAROL) })
    await expectRevert(register(other), 'ChallengeUnknown', challenge)
  })

  it('takes a challenge of a day and rejects one a second older', async () => {
    const issuedAt = chain.now()
    chain.warp(DAY + 1n)
    await expectRevert(register(reportOf(chain, challenge)), 'ChallengeExpired', challenge, issuedAt)

    await restore()
    chain.warp(DAY)
    await register(reportOf(chain, challenge))
  })

  it('rejects a report that has expired', async () => {
    const report = reportOf(chain, challenge, { expiresAt: chain.now() })

    await expectRevert(register(report), 'ReportExpired', report.expiresAt)
  })

  it('rejects a workload that is not allowed', async () => {
    const report = reportOf(chain, challenge, { workload: OTHER_WORKLOAD })

    await expectRevert(register(report), 'WorkloadNotAllowed', OTHER_WORKLOAD)
  })

  it('never lasts longer than maxAge from the challenge', async () => {
    const issuedAt = chain.now()
    chain.warp(DAY / 2n)

    const { events } = await register(reportOf(chain, challenge, { expiresAt: 2n ** 64n - 1n }))

    expect(events[0]?.args.expiresAt).toBe(issuedAt + MAX_AGE)
  })

  it('rejects an older attestation that was kept back, so that it cannot undo a newer one', async () => {
    const issuedAt = chain.now()
    const keptBack = reportOf(chain, challenge)
    chain.warp(DAY / 2n)
    const attestedAt = chain.now()
    await register(reportOf(chain, await issueChallenge(chain)))

    await expectRevert(register(keptBack), 'ReportOutdated', issuedAt, attestedAt)
  })

  it('renews an enclave with a new challenge', async () => {
    await register(reportOf(chain, challenge))
    chain.warp(DAY)
    const renewal = reportOf(chain, await issueChallenge(chain))

    await register(renewal)

    expect((await requireActive()).expiresAt).toBe(Number(renewal.expiresAt))
  })

  it('does not bring back an enclave that was revoked', async () => {
    await register(reportOf(chain, challenge))
    await chain.send(OPERATOR, chain.enclaves, 'revokeEnclave', [enclave])

    await expectRevert(register(reportOf(chain, await issueChallenge(chain))), 'EnclaveIsRevoked', enclave)
  })
})

describe('requireActive', () => {
  it('rejects an enclave that it does not know', async () => {
    await expectRevert(requireActive(), 'EnclaveUnknown', enclave)
  })

  it('rejects an enclave from its expiry on', async () => {
    const report = reportOf(chain, challenge)
    await register(report)

    chain.warp(report.expiresAt - chain.now() - 1n)
    await chain.send(CAROL, chain.enclaves, 'issueChallenge', [])
    await requireActive()

    chain.warp(1n)
    await chain.send(CAROL, chain.enclaves, 'issueChallenge', [])
    await expectRevert(requireActive(), 'EnclaveExpired', enclave, report.expiresAt)
    expect((await chain.read(chain.enclaves, 'getEnclave', [enclave])).operator).toBe(operator)
  })

  it('rejects an enclave that was revoked', async () => {
    await register(reportOf(chain, challenge))
    await chain.send(OPERATOR, chain.enclaves, 'revokeEnclave', [enclave])

    await expectRevert(requireActive(), 'EnclaveIsRevoked', enclave)
  })

  it('keeps an enclave whose workload is no longer allowed', async () => {
    await register(reportOf(chain, challenge))

    await chain.send(OWNER, chain.enclaves, 'setWorkload', [WORKLOAD, false])

    expect((await requireActive()).workload).toBe(WORKLOAD)
  })
})

describe('revokeEnclave', () => {
  it.each([
    ['its operator', OPERATOR],
    ['the registry’s owner', OWNER],
  ])('is for %s', async (_, revoker) => {
    await registerEnclave(chain)

    const { events } = await chain.send(revoker, chain.enclaves, 'revokeEnclave', [enclave])

    expect(events).toEqual([{ name: 'EnclaveRevoked', args: { enclave, revokedBy: addressOf(revoker) } }])
  })

  it('is not for anyone else, not for the enclave itself', async () => {
    await registerEnclave(chain)

    for (const stranger of [CAROL, ENCLAVE]) {
      const revoking = chain.send(stranger, chain.enclaves, 'revokeEnclave', [enclave])
      await expectRevert(revoking, 'RevokerOnly', addressOf(stranger))
    }
  })

  it('rejects an unknown enclave', async () => {
    await expectRevert(chain.send(OWNER, chain.enclaves, 'revokeEnclave', [enclave]), 'EnclaveUnknown', enclave)
  })

  it('happens once', async () => {
    await registerEnclave(chain)
    await chain.send(OWNER, chain.enclaves, 'revokeEnclave', [enclave])

    await expectRevert(chain.send(OWNER, chain.enclaves, 'revokeEnclave', [enclave]), 'EnclaveIsRevoked', enclave)
  })
})

describe('setWorkload', () => {
  it('is for the owner', async () => {
    const { events } = await chain.send(OWNER, chain.enclaves, 'setWorkload', [OTHER_WORKLOAD, true])
    expect(events).toEqual([{ name: 'WorkloadSet', args: { workload: OTHER_WORKLOAD, isAllowed: true } }])

    const setting = chain.send(OPERATOR, chain.enclaves, 'setWorkload', [OTHER_WORKLOAD, true])
    await expectRevert(setting, 'OwnableUnauthorizedAccount', operator)
  })

  it('stops registrations', async () => {
    await chain.send(OWNER, chain.enclaves, 'setWorkload', [WORKLOAD, false])

    await expectRevert(register(reportOf(chain, challenge)), 'WorkloadNotAllowed', WORKLOAD)
  })

  it('passes to a new owner only when that one accepts', async () => {
    await chain.send(OWNER, chain.enclaves, 'transferOwnership', [addressOf(CAROL)])
    const early = chain.send(CAROL, chain.enclaves, 'setWorkload', [WORKLOAD, false])
    await expectRevert(early, 'OwnableUnauthorizedAccount', addressOf(CAROL))

    await chain.send(CAROL, chain.enclaves, 'acceptOwnership', [])

    await chain.send(CAROL, chain.enclaves, 'setWorkload', [WORKLOAD, false])
  })
})

describe('a registry', () => {
  const create = (verifiers: readonly Hex[], quorum: bigint) =>
    chain.deployContract(enclaveRegistryAbi, enclaveRegistryBytecode, [addressOf(OWNER), verifiers, quorum, MAX_AGE])

  it('is not made with a quorum of none or of more than there are', async () => {
    const verifiers = [addressOf(first), addressOf(second)]

    await expectRevert(create(verifiers, 0n), 'QuorumInvalid', 0, 2)
    await expectRevert(create(verifiers, 3n), 'QuorumInvalid', 3, 2)
  })

  it('is not made with a verifier twice or out of order', async () => {
    const twice = [addressOf(first), addressOf(first)]
    const reversed = [addressOf(second), addressOf(first)]

    await expectRevert(create(twice, 2n), 'VerifiersOutOfOrder', addressOf(first))
    await expectRevert(create(reversed, 2n), 'VerifiersOutOfOrder', addressOf(first))
  })

  it('with the zero address as verifier never counts a signature that recovers to nobody', async () => {
    const registry = await create([NOBODY, addressOf(first)], 1n)
    await chain.send(OWNER, registry, 'setWorkload', [WORKLOAD, true])
    const { events } = await chain.send(CAROL, registry, 'issueChallenge', [])
    const report = reportOf(chain, events[0]?.args.challenge as Hex)

    const registering = chain.send(CAROL, registry, 'registerEnclave', [report, [`0x${'00'.repeat(65)}`]])
    await expectRevert(registering, 'VerifiersOutOfOrder', NOBODY)
  })
})
