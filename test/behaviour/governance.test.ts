import type { Hex } from '@parley/protocol'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { CHAINS } from './chains.ts'
import type { Driver, Operation, Person } from './driver.ts'
import { expectRefusal } from './expect-refusal.ts'
import {
  addressOf,
  DAY,
  ENCLAVE,
  issueChallenge,
  OTHER_HASH,
  QUORUM,
  reportOf,
  signReport,
  VERIFIERS,
  WORKLOAD,
} from './scenario.ts'

const DELAY = 2n * DAY

/** OpenZeppelin's numbers. */
const [UNSET, WAITING, READY, DONE] = [0n, 1n, 2n, 3n]
/** Where an error tells which states would do: a bit for each. */
const bitsOf = (...states: readonly bigint[]): Hex =>
  `0x${states
    .reduce((sum, state) => sum | (1n << state), 0n)
    .toString(16)
    .padStart(64, '0')}`

const enclave = addressOf(ENCLAVE)
const allowWorkload: Operation = { method: 'setWorkload', args: { workload: OTHER_HASH, isAllowed: true } }

describe.each(CHAINS)('governance on %s', (_, open) => {
  let chain: Driver
  let restore: () => Promise<void>

  beforeAll(async () => {
    chain = await open({ timelockDelay: DELAY })
    await govern({ method: 'setWorkload', args: { workload: WORKLOAD, isAllowed: true } })
    restore = await chain.snapshot()
  })

  beforeEach(() => restore())

  const schedule = (operation: Operation, who: Person = 'owner', delay = DELAY) =>
    chain.timelock.schedule(who, operation, delay)
  const execute = (operation: Operation, who: Person = 'owner') => chain.timelock.execute(who, operation)
  const govern = async (operation: Operation) => {
    await schedule(operation)
    await chain.warp(DELAY)
    return execute(operation)
  }
  const isAllowed = (workload: Hex) => chain.read('isWorkloadAllowed', { workload })
  const setWorkload = (who: Person, workload: Hex, allowed: boolean) =>
    chain.send(who, 'setWorkload', { workload, isAllowed: allowed })
  const expectNotOwner = (asking: Promise<unknown>, who: Person) =>
    expectRefusal(chain, asking, 'OwnableUnauthorizedAccount', chain.accounts[who])
  const expectUnauthorized = async (asking: Promise<unknown>, who: Person) =>
    expect(asking).rejects.toThrow(`AccessControlUnauthorizedAccount: ${chain.accounts[who]} `)

  describe('a policy', () => {
    it('changes when it was scheduled and the delay is over, and not a second earlier', async () => {
      const id = await schedule(allowWorkload)
      expect(await chain.timelock.stateOf(id)).toBe(WAITING)
      await expectRefusal(chain, execute(allowWorkload), 'TimelockUnexpectedOperationState', id, bitsOf(READY))
      await chain.warp(DELAY - 1n)
      await expectRefusal(chain, execute(allowWorkload), 'TimelockUnexpectedOperationState', id, bitsOf(READY))
      expect(await isAllowed(OTHER_HASH)).toBe(false)

      await chain.warp(1n)
      const happened = await execute(allowWorkload)

      expect(happened).toEqual([{ name: 'WorkloadSet', args: { workload: OTHER_HASH, isAllowed: true } }])
      expect(await isAllowed(OTHER_HASH)).toBe(true)
      expect(await chain.timelock.stateOf(id)).toBe(DONE)
    })

    it.each(['owner', 'guardian', 'carol'] as const)('is not for %s to change at once', async (who) => {
      await expectNotOwner(setWorkload(who, OTHER_HASH, true), who)
      await expectNotOwner(chain.send(who, 'setGuardian', { newGuardian: chain.accounts[who] }), who)
      await expectNotOwner(chain.send(who, 'transferOwnership', { newOwner: chain.accounts[who] }), who)
    })

    it('does not change by what was cancelled', async () => {
      const id = await schedule(allowWorkload)

      await chain.timelock.cancel('owner', id)

      await chain.warp(DELAY)
      expect(await chain.timelock.stateOf(id)).toBe(UNSET)
      await expectRefusal(chain, execute(allowWorkload), 'TimelockUnexpectedOperationState', id, bitsOf(READY))
    })

    it('does not change by what was never scheduled', async () => {
      await expect(execute(allowWorkload)).rejects.toThrow('TimelockUnexpectedOperationState: 0x')
    })
  })

  describe('an operation', () => {
    it('is scheduled by proposers only', async () => {
      for (const who of ['guardian', 'carol'] as const) await expectUnauthorized(schedule(allowWorkload, who), who)
    })

    it('is cancelled by cancellers only', async () => {
      const id = await schedule(allowWorkload)

      for (const who of ['guardian', 'carol'] as const) await expectUnauthorized(chain.timelock.cancel(who, id), who)
    })

    it('that is due is executed by anybody, once', async () => {
      const id = await schedule(allowWorkload)
      await chain.warp(DELAY)

      await execute(allowWorkload, 'carol')

      await expectRefusal(chain, execute(allowWorkload), 'TimelockUnexpectedOperationState', id, bitsOf(READY))
      const cancelling = chain.timelock.cancel('owner', id)
      await expectRefusal(chain, cancelling, 'TimelockUnexpectedOperationState', id, bitsOf(WAITING, READY))
    })

    it('waits no less than the delay, and longer if it was asked to', async () => {
      const hurrying = schedule(allowWorkload, 'owner', DELAY - 1n)
      await expectRefusal(chain, hurrying, 'TimelockInsufficientDelay', DELAY - 1n, DELAY)

      const id = await schedule(allowWorkload, 'owner', DELAY + 1n)

      await chain.warp(DELAY)
      expect(await chain.timelock.stateOf(id)).toBe(WAITING)
      await chain.warp(1n)
      expect(await chain.timelock.stateOf(id)).toBe(READY)
    })

    it('is scheduled once, unless its salt tells it apart', async () => {
      const id = await schedule(allowWorkload)

      const again = schedule(allowWorkload)
      await expectRefusal(chain, again, 'TimelockUnexpectedOperationState', id, bitsOf(UNSET))
      expect(await schedule({ ...allowWorkload, salt: OTHER_HASH })).not.toBe(id)
    })

    it('can be scheduled again after it was cancelled', async () => {
      const id = await schedule(allowWorkload)
      await chain.timelock.cancel('owner', id)

      expect(await schedule(allowWorkload)).toBe(id)

      expect(await chain.timelock.stateOf(id)).toBe(WAITING)
    })

    it('waits for its predecessor', async () => {
      const predecessor = await schedule(allowWorkload)
      const forbidAgain = { method: 'setWorkload', args: { workload: OTHER_HASH, isAllowed: false }, predecessor }
      await schedule(forbidAgain)
      await chain.warp(DELAY)
      await expectRefusal(chain, execute(forbidAgain), 'TimelockUnexecutedPredecessor', predecessor)

      await execute(allowWorkload)
      await execute(forbidAgain)

      expect(await isAllowed(OTHER_HASH)).toBe(false)
    })

    it('that fails changes nothing and can be executed again', async () => {
      const revocation: Operation = { method: 'revokeEnclave', args: { enclave } }
      const id = await schedule(revocation)
      await chain.warp(DELAY)
      await expectRefusal(chain, execute(revocation), 'EnclaveUnknown', enclave)
      expect(await chain.timelock.stateOf(id)).toBe(READY)
      await registerWithoutOwner()

      const happened = await execute(revocation)

      const args = { enclave, revokedBy: chain.timelock.account }
      expect(happened).toEqual([{ name: 'EnclaveRevoked', args }])
      expect(await chain.timelock.stateOf(id)).toBe(DONE)
    })

    it('changes the delay, for those that follow', async () => {
      await govern({ method: 'updateDelay', args: { newDelay: 2n * DELAY } })

      await expectRefusal(chain, schedule(allowWorkload), 'TimelockInsufficientDelay', DELAY, 2n * DELAY)
    })

    it('gives and takes roles', async () => {
      const role = chain.timelock.roleOf('proposer')
      await govern({ method: 'grantRole', args: { role, account: chain.accounts.carol } })
      await govern({ method: 'revokeRole', args: { role, account: chain.accounts.owner } })

      await expectUnauthorized(schedule(allowWorkload), 'owner')
      await schedule(allowWorkload, 'carol')
      await expectUnauthorized(
        chain.timelock.cancel('carol', await schedule({ ...allowWorkload, salt: WORKLOAD }, 'carol')),
        'carol',
      )
    })
  })

  /** `registerEnclave` of a scenario, for which the workload is allowed already. */
  async function registerWithoutOwner(): Promise<void> {
    const report = reportOf(chain, await issueChallenge(chain))
    const signatures = await signReport(chain, VERIFIERS.slice(0, QUORUM), report)
    await chain.send('operator', 'registerEnclave', { report, signatures })
  }

  describe('the guardian', () => {
    it('revokes an enclave at once', async () => {
      await registerWithoutOwner()

      const happened = await chain.send('guardian', 'revokeEnclave', { enclave })

      expect(happened).toEqual([{ name: 'EnclaveRevoked', args: { enclave, revokedBy: chain.accounts.guardian } }])
    })

    it('forbids a workload at once, and cannot allow it again', async () => {
      await setWorkload('guardian', WORKLOAD, false)

      expect(await isAllowed(WORKLOAD)).toBe(false)
      await expectNotOwner(setWorkload('guardian', WORKLOAD, true), 'guardian')
    })

    it('takes a hook off the list at once, and cannot put it there; fees are not for it', async () => {
      const hook = chain.accounts.carol
      await chain.send('guardian', 'setHookWhitelist', { hook, status: false })

      await expectNotOwner(chain.send('guardian', 'setHookWhitelist', { hook, status: true }), 'guardian')
      const fee = { feeBP: 1n, treasury: chain.accounts.carol }
      await expectNotOwner(chain.send('guardian', 'setPlatformFee', fee), 'guardian')
    })

    it('is replaced by the owner, and has no power from then on', async () => {
      const happened = await govern({ method: 'setGuardian', args: { newGuardian: chain.accounts.carol } })

      expect(happened).toEqual([{ name: 'GuardianSet', args: { guardian: chain.accounts.carol } }])
      expect(await chain.read('guardian', {})).toBe(chain.accounts.carol)
      await expectNotOwner(setWorkload('guardian', WORKLOAD, false), 'guardian')
      await expectRefusal(chain, chain.send('guardian', 'pause', {}), 'GuardianOnly', chain.accounts.guardian)
      await setWorkload('carol', WORKLOAD, false)
    })
  })

  describe('a pause', () => {
    it.each(['owner', 'operator', 'carol'] as const)('is not for %s to begin or end', async (who) => {
      await expectRefusal(chain, chain.send(who, 'pause', {}), 'GuardianOnly', chain.accounts[who])
      await expectRefusal(chain, chain.send(who, 'unpause', {}), 'GuardianOnly', chain.accounts[who])
    })

    it('begins and ends at once by the guardian', async () => {
      const begun = await chain.send('guardian', 'pause', {})
      const setBy = chain.accounts.guardian
      expect(begun).toEqual([{ name: 'PauseSet', args: { isPaused: true, setBy } }])
      expect(await chain.read('isPaused', {})).toBe(true)
      await expectRefusal(chain, registerWithoutOwner(), 'Paused')

      const ended = await chain.send('guardian', 'unpause', {})

      expect(ended).toEqual([{ name: 'PauseSet', args: { isPaused: false, setBy } }])
      await registerWithoutOwner()
    })

    it('stops neither deposits nor transfers nor withdrawals', async () => {
      await chain.give(chain.dollar, 'alice', 5n)
      await chain.send('guardian', 'pause', {})

      await chain.deposit('alice', chain.dollar, 2n)
      await chain.ledgerTransfer('alice', chain.accounts.bob, chain.dollar, 1n)
      await chain.withdraw('alice', chain.dollar, 1n)

      expect(await chain.balanceOf(chain.dollar, chain.accounts.alice)).toBe(4n)
    })

    it('that the guardian does not end, the owner does', async () => {
      await chain.send('guardian', 'pause', {})

      const happened = await govern({ method: 'unpause', args: {} })

      expect(happened).toEqual([{ name: 'PauseSet', args: { isPaused: false, setBy: chain.timelock.account } }])
    })
  })

  describe('ownership', () => {
    it('passes to who was named by an operation and accepts', async () => {
      await govern({ method: 'transferOwnership', args: { newOwner: chain.accounts.carol } })
      await expectNotOwner(setWorkload('carol', OTHER_HASH, true), 'carol')

      await chain.send('carol', 'acceptOwnership', {})

      await setWorkload('carol', OTHER_HASH, true)
      await expect(govern({ ...allowWorkload, salt: OTHER_HASH })).rejects.toThrow('OwnableUnauthorizedAccount: ')
    })
  })
})
