import { domainSeparator, type Hex, nearDomain, toHex } from '@parley/protocol'
import { near } from 'near-sdk-js'
import { initialize, NearBindgen } from '../../builder/runtime/contract.ts'
import { chainId, self } from '../context.ts'
import * as enclaves from '../enclaves.ts'
import { writeTrustedTokens } from '../funding.ts'
import { setGuardian } from '../guard.ts'
import * as input from '../input.ts'

@NearBindgen({ requireInit: true, isLazy: true })
export class Parley {
  owner_id = ''
  pending_owner_id = ''
  guardian_id = ''
  is_paused_now = false
  /** The agent registry. */
  agents_id = ''
  /** Hexadecimal. Job ids, reports and results are bound to it. */
  domain_separator = ''
  quorum_size = 0
  max_age_seconds = 0
  challenge_count = 0
  /** Basis points of what providers earn, for jobs that are created now. */
  fee_bp = 0

  /** `verifiers` are addresses in ascending order, of which `quorum` must sign; `tokens` are those that clients may pay by. */
  @initialize({})
  init(settings: {
    owner: string
    guardian?: string | null
    agents: string
    verifiers: Hex[]
    quorum: string
    max_age: string
    tokens: string[]
  }): void {
    const verifiers = input.list(settings.verifiers, 'verifiers')
    const quorum = input.uint(settings.quorum, 'quorum')
    const tokens = input.list(settings.tokens, 'tokens')

    enclaves.writeVerifiers(
      verifiers.map((verifier) => input.address(verifier, 'verifiers')),
      quorum,
    )
    writeTrustedTokens(tokens.map((token) => input.account(token, 'tokens')))
    this.owner_id = input.account(settings.owner, 'owner')
    setGuardian(this, input.optionalAccount(settings.guardian, 'guardian'))
    this.agents_id = input.account(settings.agents, 'agents')
    this.domain_separator = toHex(domainSeparator(nearDomain(chainId(), self(), near.keccak256), near.keccak256))
    this.quorum_size = Number(quorum)
    this.max_age_seconds = Number(input.uint(settings.max_age, 'max_age', 48n))
  }
}
