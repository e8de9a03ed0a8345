import { setTimeout as pause } from 'node:timers/promises'
import { keccak } from '@parley/evm'
import { fromHex, type Hex, ParleyError, reportData, toHex } from '@parley/protocol'
import type { EnclaveIdentity, RelayedRequest, Relayer } from '@parley/sdk'
import type { Log } from '@parley/service'
import type { Collateral } from '../attestation/index.ts'

/** A machine that vouches for what runs on it. */
export interface Attester {
  /** TDX quote over these 64 bytes. */
  readonly quote: (reportData: Uint8Array) => Promise<Uint8Array>
  readonly collateral: Collateral
}

export interface RegistrationParts {
  readonly relayer: Pick<Relayer, 'perform'>
  readonly attester: Attester
  readonly log: Log
}

const RETRY_MILLISECONDS = 1000

/** Has the registry vouch for this enclave's keys. Tries until it is done; throws the refusal when asking again cannot help. */
export async function registerEnclave(identity: EnclaveIdentity, parts: RegistrationParts): Promise<void> {
  for (;;) {
    try {
      const { transaction } = await attemptRegistration(identity, parts)
      parts.log.info({ ...identity, transaction }, 'registered')
      return
    } catch (error) {
      if (!(error instanceof ParleyError && error.isRetryable)) throw refused(error)
      parts.log.warn({ code: error.code, reason: error.message }, 'not registered yet, trying again')
      await pause(RETRY_MILLISECONDS)
    }
  }
}

/** Each attempt takes a new challenge: the last one may be used up, or too old by now. */
async function attemptRegistration(
  { enclave, encryptionKey, operator }: EnclaveIdentity,
  { relayer, attester }: RegistrationParts,
): Promise<RelayedRequest> {
  const challenge = challengeOf(await relayer.perform('challenges', {}))
  const binding = { enclave, encryptionKey, operator, challenge }
  const quote = await attester.quote(reportData(binding, keccak))
  return relayer.perform('enclaves', { ...binding, quote: toHex(quote), collateral: attester.collateral })
}

function challengeOf({ id, events = [] }: RelayedRequest): Hex {
  const challenge = events.find(({ name }) => name === 'ChallengeIssued')?.args.challenge
  if (challenge === undefined) throw new ParleyError('Internal', `request ${id} issued no challenge`)
  return toHex(fromHex(challenge))
}

function refused(error: unknown): unknown {
  if (!(error instanceof ParleyError)) return error
  const { code, message, field } = error
  const text = `the registry does not take this enclave (${code}): ${message}`
  return new ParleyError(code, text, { cause: error, ...(field === undefined ? {} : { field }) })
}
