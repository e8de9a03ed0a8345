import { type EmittedEvent, type EventName, jobStatuses } from '@parley/protocol'
import type { ContractCall, NearCall } from './call.ts'
import { readDelegate } from './delegate.ts'
import { type BlockReference, findAccessKey, type NearNode, view } from './node.ts'
import { argumentsOf, callsOf, type TransactionView } from './status.ts'

/** How it is seen that what a request asks for has happened, and which transactions may have done it. */
export interface Trace {
  readonly hasHappened: (at: BlockReference) => Promise<boolean>
  readonly isOf: (transaction: TransactionView) => boolean
  /** Which of such a transaction's events are the request's, and the one of them that comes last; all of its receipts count when absent. */
  readonly own?: { readonly isOf: (event: EmittedEvent) => boolean; readonly last: EventName }
}

/** The traces that a call leaves, whoever sends it; nothing when nobody else can do the same. */
export function traceOf(node: NearNode, call: NearCall): Trace | undefined {
  return 'delegate' in call ? traceOfDelegate(node, call.delegate) : traceOfCall(node, call)
}

function traceOfDelegate(node: NearNode, text: string): Trace {
  const { senderId, publicKey, nonce, signature } = readDelegate(text)
  return {
    hasHappened: async (at) => {
      const key = await findAccessKey(node, senderId, publicKey.toString(), at)
      return key === undefined || key.nonce >= nonce
    },
    isOf: ({ actions }) =>
      actions.some((action) => typeof action !== 'string' && action.Delegate?.signature === signature),
  }
}

function traceOfCall(node: NearNode, { method, args }: ContractCall): Trace | undefined {
  const { parley } = node.deployment
  const isCall = (isSame: (given: Readonly<Record<string, unknown>>) => boolean): Trace['isOf'] => {
    return ({ actions, receiver_id }) =>
      callsOf(actions, receiver_id).some(
        ({ contract, call }) => contract === parley && call.method_name === method && isSame(argumentsOf(call)),
      )
  }
  switch (method) {
    case 'accept_result': {
      const { job_id, response } = args
      type Job = { readonly status: number }
      const hasHappened = async (at: BlockReference) =>
        (await view<Job | null>(node, parley, 'get_job', { job_id }, at))?.status !== SUBMITTED
      // A job completes once: its result is this one only when the answer is the same, byte for byte.
      return {
        hasHappened,
        isOf: isCall((given) => isSameHex(given.job_id, job_id) && isSameHex(given.response, response)),
        own: { isOf: ({ args }) => args.jobId === String(BigInt(job_id)), last: 'PaymentReleased' },
      }
    }
    case 'register_enclave': {
      const { challenge, quote_id } = args.report
      const hasHappened = async (at: BlockReference) =>
        (await view(node, parley, 'challenge_issued_at', { challenge }, at)) === '0'
      return {
        hasHappened,
        isOf: isCall(({ report }) => isSameHex((report as { quote_id?: unknown } | null)?.quote_id, quote_id)),
        own: { isOf: ({ args }) => args.quoteId === quote_id, last: 'EnclaveRegistered' },
      }
    }
    case 'issue_challenge':
      // Each is another one: nobody else can give ours.
      return undefined
  }
}

/** The contract takes hexadecimal in capitals, too. */
function isSameHex(given: unknown, hex = ''): boolean {
  return typeof given === 'string' && given.toLowerCase() === hex.toLowerCase()
}

const SUBMITTED = jobStatuses.indexOf('Submitted')
