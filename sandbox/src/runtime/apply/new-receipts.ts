import type { PublicKey } from '../../primitives/public-key.ts'
import type { ActionReceipt } from '../types.ts'
import type { NewReceipt } from './action-result.ts'

const NO_KEY: PublicKey = { type: 'ed25519', bytes: new Uint8Array(32) }

/** Gives tokens back that a receipt brought along. nearcore: `Receipt::new_balance_refund`. */
export function balanceRefund(receiverId: string, amount: bigint): NewReceipt {
  return refund(receiverId, amount, { signerId: 'system', signerPublicKey: NO_KEY })
}

/** Gives the price of unused gas back to the signer, and to its key's allowance. nearcore: `Receipt::new_gas_refund`. */
export function gasRefund(signerId: string, signerPublicKey: PublicKey, amount: bigint): NewReceipt {
  return refund(signerId, amount, { signerId, signerPublicKey })
}

/** What a contract's promise returned, for a receipt that waits for it. */
export function dataReceipt(
  predecessorId: string,
  receiverId: string,
  data: { readonly dataId: Uint8Array; readonly data: Uint8Array | null },
): NewReceipt {
  return { predecessorId, receiverId, receipt: { kind: 'Data', data } }
}

function refund(
  receiverId: string,
  amount: bigint,
  signer: Pick<ActionReceipt, 'signerId' | 'signerPublicKey'>,
): NewReceipt {
  const action: ActionReceipt = {
    version: 1,
    ...signer,
    refundTo: null,
    gasPrice: 0n,
    outputDataReceivers: [],
    inputDataIds: [],
    actions: [{ kind: 'Transfer', deposit: amount }],
  }
  return { predecessorId: 'system', receiverId, receipt: { kind: 'Action', action } }
}
