import { encode } from '../../primitives/borsh.ts'
import { ZERO_HASH } from '../../primitives/hash.ts'
import type { NewReceipt } from '../apply/action-result.ts'
import type { RuntimeConfig } from '../config.ts'
import type { ReceiptValidationError } from '../errors.ts'
import { receiptCodec } from '../receipt-codec.ts'
import { validateActions } from './validate-actions.ts'

/** What is wrong with a receipt that an action made, or `undefined`. nearcore: `validate_receipt` in verifier.rs. */
export function validateNewReceipt(config: RuntimeConfig, receipt: NewReceipt): ReceiptValidationError | undefined {
  const { limits } = config
  const size = encode(receiptCodec, { ...receipt, receiptId: ZERO_HASH }).length
  if (size > limits.max_receipt_size) return { ReceiptSizeExceeded: { size, limit: limits.max_receipt_size } }

  const content = receipt.receipt
  switch (content.kind) {
    case 'Data':
    case 'PromiseResume': {
      const length = content.data.data?.length ?? 0
      if (length <= limits.max_length_returned_data) return undefined
      return { ReturnedValueLengthExceeded: { length, limit: limits.max_length_returned_data } }
    }
    case 'Action':
    case 'PromiseYield': {
      const { inputDataIds, actions } = content.action
      const limit = limits.max_number_input_data_dependencies
      if (inputDataIds.length > limit) {
        const count = { number_of_input_data_dependencies: inputDataIds.length, limit }
        return { NumberInputDataDependenciesExceeded: count }
      }
      const error = validateActions(config, actions, receipt.receiverId)
      return error && { ActionsValidation: error }
    }
    case 'GlobalContractDistribution':
      return undefined
  }
}
