import { formatHash, formatKey, sha256 } from '../../primitives/index.ts'
import type { ActionReceipt, DataReceipt, GlobalContractDistribution, Receipt } from '../../runtime/types.ts'
import { type Json, toBase64 } from '../json.ts'
import { actionView, identifierView } from './action-view.ts'

/** nearcore: `ReceiptView`. */
export function receiptView({ predecessorId, receiverId, receiptId, receipt }: Receipt): Json {
  return {
    predecessor_id: predecessorId,
    receiver_id: receiverId,
    receipt_id: formatHash(receiptId),
    receipt: receiptEnumView(receipt),
    priority: 0,
  }
}

function receiptEnumView(receipt: Receipt['receipt']): Json {
  switch (receipt.kind) {
    case 'Action':
    case 'PromiseYield':
      return { Action: actionReceiptView(receipt.action, receipt.kind === 'PromiseYield') }
    case 'Data':
    case 'PromiseResume':
      return { Data: dataReceiptView(receipt.data, receipt.kind === 'PromiseResume') }
    case 'GlobalContractDistribution':
      return { GlobalContractDistribution: distributionView(receipt.distribution) }
  }
}

function actionReceiptView(receipt: ActionReceipt, isPromiseYield: boolean): Json {
  const { signerId, signerPublicKey, gasPrice, outputDataReceivers, inputDataIds, actions, refundTo } = receipt
  return {
    signer_id: signerId,
    signer_public_key: formatKey(signerPublicKey),
    gas_price: gasPrice.toString(),
    output_data_receivers: outputDataReceivers.map(({ dataId, receiverId }) => ({
      data_id: formatHash(dataId),
      receiver_id: receiverId,
    })),
    input_data_ids: inputDataIds.map(formatHash),
    actions: actions.map(actionView),
    is_promise_yield: isPromiseYield,
    ...(refundTo !== null && { refund_to: refundTo }),
  }
}

function dataReceiptView({ dataId, data }: DataReceipt, isPromiseResume: boolean): Json {
  return {
    data_id: formatHash(dataId),
    data: data === null ? null : toBase64(data),
    is_promise_resume: isPromiseResume,
  }
}

function distributionView({ identifier, code }: GlobalContractDistribution): Json {
  return {
    id: identifierView(identifier),
    target_shard: 0,
    already_delivered_shards: [],
    code: toBase64(sha256(code)),
  }
}
