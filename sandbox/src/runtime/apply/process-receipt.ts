import { storeGlobalContract } from '../actions/global-contract.ts'
import type { StateUpdate } from '../state/state-update.ts'
import { countArrivedData, hasReceivedData, postponeReceipt, setReceivedData } from '../state/waiting-receipts.ts'
import { isResumeAnnounced, setYieldReceipt, takeYieldReceipt } from '../state/yields.ts'
import type { DataReceipt, Receipt } from '../types.ts'
import { type AppliedReceipt, applyActionReceipt } from './apply-action-receipt.ts'
import type { BlockContext } from './context.ts'

/**
 * Does what a receipt asks for, or lets it wait until all data that it needs is there. Data that was waited for sets the
 * waiting receipt going. nearcore: `process_receipt` in runtime/runtime/src/lib.rs.
 */
export function processReceipt(block: BlockContext, state: StateUpdate, receipt: Receipt): AppliedReceipt | undefined {
  const applied = dispatch(block, state, receipt)
  state.commit()
  return applied
}

function dispatch(block: BlockContext, state: StateUpdate, receipt: Receipt): AppliedReceipt | undefined {
  const { receiverId, receipt: content } = receipt
  switch (content.kind) {
    case 'Action': {
      const missing = content.action.inputDataIds.filter((dataId) => !hasReceivedData(state, receiverId, dataId))
      if (missing.length === 0) return applyActionReceipt(block, state, receipt, content.action)
      postponeReceipt(state, receipt, missing)
      return undefined
    }
    case 'Data': {
      setReceivedData(state, receiverId, content.data.dataId, content.data.data)
      return applyReady(block, state, countArrivedData(state, receiverId, content.data.dataId))
    }
    case 'PromiseYield': {
      const [dataId] = content.action.inputDataIds
      if (!dataId) throw new Error('a yield waits for no data')
      setYieldReceipt(state, receipt, dataId)
      return undefined
    }
    case 'PromiseResume':
      return resume(block, state, receiverId, content.data)
    case 'GlobalContractDistribution':
      storeGlobalContract(state, content.distribution)
      return undefined
  }
}

/** The first answer to a yield counts. A timeout (no data) gives way to an answer that is on its way. */
function resume(
  block: BlockContext,
  state: StateUpdate,
  accountId: string,
  { dataId, data }: DataReceipt,
): AppliedReceipt | undefined {
  if (data === null && isResumeAnnounced(state, accountId, dataId)) return undefined
  const waiting = takeYieldReceipt(state, accountId, dataId)
  if (waiting) setReceivedData(state, accountId, dataId, data)
  return applyReady(block, state, waiting)
}

function applyReady(block: BlockContext, state: StateUpdate, receipt: Receipt | undefined): AppliedReceipt | undefined {
  if (!receipt) return undefined
  const { receipt: content } = receipt
  if (content.kind !== 'Action' && content.kind !== 'PromiseYield') {
    throw new Error(`a ${content.kind} receipt cannot wait for data`)
  }
  return applyActionReceipt(block, state, receipt, content.action)
}
