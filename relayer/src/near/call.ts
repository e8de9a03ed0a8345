import type { Hex } from '@parley/protocol'
import { type ChainCall, callOf, type RequestRow } from '../chain.ts'

/** What a request does on NEAR. */
export type NearCall = DelegateCall | ContractCall

interface Sent {
  /** The chain's height when the request was promised: whatever it asks for has happened after that. */
  readonly since: number
}

/** Passes on what an account without gas has signed. */
interface DelegateCall extends Sent {
  /** SignedDelegateAction (NEP-366) in Borsh, as base64. */
  readonly delegate: string
}

/** Calls `parley`, in the relayer's own name. */
export type ContractCall = Sent & Method

export type Method =
  | { readonly method: 'issue_challenge'; readonly args: Readonly<Record<string, never>> }
  | { readonly method: 'register_enclave'; readonly args: ReportArguments }
  | { readonly method: 'accept_result'; readonly args: ResultArguments }

interface ReportArguments {
  readonly report: Readonly<Record<string, string>>
  readonly signatures: readonly Hex[]
}

interface ResultArguments {
  readonly job_id: Hex
  readonly enclave: Hex
  readonly result: Readonly<Record<string, string>>
  readonly signature: Hex
  readonly response: Hex
}

/** A call as it is stored; `to` is the account that the transaction goes to. */
export function storedCall(to: string, call: NearCall): ChainCall {
  return { to, data: JSON.stringify(call) }
}

/** The call of a request of ours. */
export function nearCallOf(request: RequestRow): NearCall {
  return JSON.parse(callOf(request).data) as NearCall
}
