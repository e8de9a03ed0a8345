/** EnclaveRegistry.sol. */
import { fromHex, type Hex, nearMessages } from '@parley/protocol'
import { call, NearPart, view } from '../../builder/runtime/contract.ts'
import { caller } from '../context.ts'
import * as enclaves from '../enclaves.ts'
import { isGuardian, requireMayAllow, requireUnpaused } from '../guard.ts'
import * as input from '../input.ts'
import { Parley } from './state.ts'

interface ReportArguments {
  report: {
    enclave: Hex
    encryption_key: Hex
    operator: string
    workload: Hex
    quote_id: Hex
    challenge: Hex
    expires_at: string
  }
  signatures: Hex[]
}

const readReport = input.messageReader(nearMessages.EnclaveReport)

@NearPart()
export class Enclaves extends Parley {
  /** Gives a challenge that a quote must contain. It counts for a day and for one registration. Anyone may ask. */
  @call({})
  issue_challenge(): Hex {
    return enclaves.issueChallenge(fromHex(this.domain_separator), this.challenge_count++)
  }

  /** Registers an enclave, or renews it, on a report that a quorum of verifiers signed (EIP-712). Anyone may bring it. */
  @call({})
  register_enclave({ report, signatures }: ReportArguments): void {
    const read = readReport(report, 'report')
    requireUnpaused(this)
    enclaves.registerEnclave(read, signaturesOf(signatures), fromHex(this.domain_separator), this)
  }

  /** Ends an enclave for good. Its operator, the guardian and the owner only. */
  @call({})
  revoke_enclave({ enclave }: { enclave: Hex }): void {
    enclaves.revokeEnclave(input.address(enclave, 'enclave'), isGuardian(this) || caller() === this.owner_id)
  }

  /** Lets enclaves of this workload register (owner only), or no longer (guardian and owner). Does not end those that are registered. */
  @call({})
  set_workload({ workload, is_allowed }: { workload: Hex; is_allowed: boolean }): void {
    const id = input.bytes32(workload, 'workload')
    const isAllowed = input.bool(is_allowed, 'is_allowed')
    requireMayAllow(this, isAllowed)

    enclaves.setWorkload(id, isAllowed, this.owner_id)
  }

  @view({})
  quorum(): string {
    return String(this.quorum_size)
  }

  /** Seconds from its challenge after which an enclave must have been attested anew. */
  @view({})
  max_age(): string {
    return String(this.max_age_seconds)
  }

  /** The enclave, when its signature counts now; EnclaveUnknown, EnclaveIsRevoked or EnclaveExpired otherwise. */
  @view({})
  require_active({ enclave }: { enclave: Hex }): enclaves.Enclave {
    return enclaves.requireActive(input.address(enclave, 'enclave'))
  }

  /** What is known of an enclave, whether it counts or not. */
  @view({})
  get_enclave({ enclave }: { enclave: Hex }): enclaves.Enclave | null {
    return enclaves.getEnclave(input.address(enclave, 'enclave'))
  }

  @view({})
  is_verifier({ verifier }: { verifier: Hex }): boolean {
    return enclaves.isVerifier(input.address(verifier, 'verifier'))
  }

  @view({})
  is_workload_allowed({ workload }: { workload: Hex }): boolean {
    return enclaves.isWorkloadAllowed(input.bytes32(workload, 'workload'))
  }

  /** Seconds; "0" when it was never given or is used up. */
  @view({})
  challenge_issued_at({ challenge }: { challenge: Hex }): string {
    return enclaves.challengeIssuedAt(input.bytes32(challenge, 'challenge'))
  }

  /** Throws what `register_enclave` would. */
  @view({})
  check_report({ report, signatures }: ReportArguments): void {
    enclaves.checkReport(readReport(report, 'report'), signaturesOf(signatures), fromHex(this.domain_separator), this)
  }
}

function signaturesOf(signatures: unknown): readonly Hex[] {
  return input.list(signatures, 'signatures').map((signature) => input.bytes(signature, 'signatures'))
}
