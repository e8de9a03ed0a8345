import { setTimeout as pause } from 'node:timers/promises'
import { keccak } from '@parley/evm'
import { chainKind, fromHex, type Hex, ParleyError, reportData, toHex } from '@parley/protocol'
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

/** Has each chain's registry vouch for this enclave's keys. Tries until it is done; throws the refusal when asking again cannot help. */
export async function registerEnclave(identity: EnclaveIdentity, parts: RegistrationParts): Promise<void> {
  const { operators, ...rest } = identity
  const chains = Object.entries(operators).map(([chain, operator]) => ({ ...rest, chain, operator }))
  await Promise.all(chains.map((registrant) => registerOn(registrant, parts)))
}

/** An enclave as one chain's registry knows it. */
interface Registrant extends Omit<EnclaveIdentity, 'operators'> {
  readonly chain: string
  readonly operator: string
}

async function registerOn(registrant: Registrant, parts: RegistrationParts): Promise<void> {
  const { chain } = registrant
  for (;;) {
    try {
      const { transaction } = await attemptRegistration(registrant, parts)
      parts.log.info({ ...registrant, transaction }, 'registered')
      return
    } catch (error) {
      if (!(error instanceof ParleyError && error.isRetryable)) throw refused(error, chain)
      parts.log.warn({ chain, code: error.code, reason: error.message }, 'not registered yet, trying again')
      await pause(RETRY_MILLISECONDS)
    }
  }
}

/** Each attempt takes a new challenge: the last one may be used up, or too old by now. */
async function attemptRegistration(
  { chain, enclave, encryptionKey, operator }: Registrant,
  { relayer, attester }: RegistrationParts,
): Promise<RelayedRequest> {
  const challenge = challengeOf(await relayer.perform('challenges', { chain }))
  const binding = { enclave, encryptionKey, operator, challenge }
  const quote = await attester.quote(reportData(binding, keccak, chainKind(chain)))
  return relayer.perform('enclaves', { chain, ...binding, quote: toHex(quote), collateral: attester.collateral })
}

function challengeOf({ id, events = [] }: RelayedRequest): Hex {
  const challenge = events.find(({ name }) => name === 'ChallengeIssued')?.args.challenge
  if (challenge === undefined) throw new ParleyError('Internal', `request ${id} issued no challenge`)
  return toHex(fromHex(challenge))
}

function refused(error: unknown, chain: string): unknown {
  if (!(error instanceof ParleyError)) return error
  const { code, message, field } = error
  const text = `the registry of ${chain} does not take this enclave (${code}): ${message}`
  return new ParleyError(code, text, { cause: error, ...(field === undefined ? {} : { field }) })
}
