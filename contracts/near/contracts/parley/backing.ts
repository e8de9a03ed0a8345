/** Feedback that stands on a paid job: FeedbackRights.sol. */
import type { Hex } from '@parley/protocol'
import { call, NearPart, view } from '../../builder/runtime/contract.ts'
import * as backing from '../backing.ts'
import { requireSelf } from '../context.ts'
import * as input from '../input.ts'
import { requireOwner } from '../ownership.ts'
import { Parley } from './state.ts'

interface BackedFeedback {
  readonly job_id: Hex
  readonly agent_id: string
  readonly value: string
  readonly value_decimals: string
  readonly tag1: string
  readonly tag2: string
  readonly endpoint: string
  readonly feedback_uri: string
  readonly feedback_hash: Hex
}

@NearPart()
export class Backing extends Parley {
  /** Sets what a fee weighs: `price` for 1e18 of the token's smallest units; 0 for a token that anybody can print. Owner only. */
  @call({})
  set_token_price({ token, price }: { token: string; price: string }): void {
    const asked = input.account(token, 'token')
    const value = input.uint(price, 'price', 128n)
    requireOwner(this)

    backing.setTokenPrice(asked, value)
  }

  /** Sets the weight that one account's feedback may give one agent in 30 days. Owner only. */
  @call({})
  set_weight_cap({ cap }: { cap: string }): void {
    const value = input.uint(cap, 'cap', 48n)
    requireOwner(this)

    backing.setWeightCap(value)
  }

  /** Feedback by a party of a job that has paid a fee, once: see Solidity's IBackedFeedback. `agents` keeps it. */
  @call({})
  give_backed_feedback({ job_id, ...feedback }: BackedFeedback): void {
    const agentId = String(input.uint(feedback.agent_id, 'agent_id'))
    backing.giveBacked(this.agents_id, input.bytes32(job_id, 'job_id'), agentId, feedback)
  }

  @call({})
  on_backed_feedback(taken: backing.Taken): void {
    requireSelf()

    backing.onFeedback(taken)
  }

  @view({})
  has_feedback_right({ job_id, party }: { job_id: Hex; party: string }): boolean {
    return backing.hasRight(input.bytes32(job_id, 'job_id'), input.account(party, 'party'))
  }

  @view({})
  token_price({ token }: { token: string }): string {
    return backing.tokenPrice(input.account(token, 'token'))
  }

  @view({})
  weight_cap(): string {
    return backing.weightCap()
  }
}
