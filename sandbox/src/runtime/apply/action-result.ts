import type { ReturnData } from '../../vm/types.ts'
import type { ActionError } from '../errors.ts'
import type { Receipt } from '../types.ts'

/** A receipt that was not sent yet: its id comes from the receipt that made it. */
export type NewReceipt = Omit<Receipt, 'receiptId'>

/** What actions did so far. nearcore: `ActionResult` in runtime/runtime/src/lib.rs. */
export interface ActionResult {
  gasBurnt: bigint
  gasBurntForFunctionCall: bigint
  /** Burnt, or given to new receipts. */
  gasUsed: bigint
  logs: string[]
  /** Gas by cost, as the VM names them. */
  profile: Map<string, bigint>
  returnData: ReturnData
  newReceipts: NewReceipt[]
  stakes: StakeProposal[]
  /** Tokens burnt beyond what gas costs. */
  tokensBurnt: bigint
  /** Tokens that calls took from nobody (protocol 85: one yocto from an empty account). */
  subsidizedAmount: bigint
  error: ActionError | undefined
}

export interface StakeProposal {
  readonly accountId: string
  readonly stake: bigint
}

export function emptyResult(gas: bigint): ActionResult {
  return {
    gasBurnt: gas,
    gasBurntForFunctionCall: 0n,
    gasUsed: gas,
    logs: [],
    profile: new Map(),
    returnData: { kind: 'none' },
    newReceipts: [],
    stakes: [],
    tokensBurnt: 0n,
    subsidizedAmount: 0n,
    error: undefined,
  }
}

/** Adds what the next action did. After an error nothing is left to send. */
export function mergeResult(total: ActionResult, next: ActionResult): void {
  total.gasBurnt += next.gasBurnt
  total.gasBurntForFunctionCall += next.gasBurntForFunctionCall
  total.gasUsed += next.gasUsed
  total.logs.push(...next.logs)
  for (const [cost, gas] of next.profile) total.profile.set(cost, (total.profile.get(cost) ?? 0n) + gas)
  if (next.error) {
    failResult(total, next.error)
    return
  }
  total.returnData = shifted(next.returnData, total.newReceipts.length)
  total.newReceipts.push(...next.newReceipts)
  total.stakes.push(...next.stakes)
  total.tokensBurnt += next.tokensBurnt
  total.subsidizedAmount += next.subsidizedAmount
}

export function failResult(total: ActionResult, error: ActionError): void {
  total.error = error
  total.returnData = { kind: 'none' }
  total.newReceipts = []
  total.stakes = []
  total.tokensBurnt = 0n
  total.subsidizedAmount = 0n
}

/** An index into the new receipts of one action, as one into those of all actions. */
function shifted(returnData: ReturnData, offset: number): ReturnData {
  if (returnData.kind !== 'receiptIndex') return returnData
  return { kind: 'receiptIndex', receipt: returnData.receipt + offset }
}
