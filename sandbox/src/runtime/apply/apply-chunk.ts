import type { SignedTransaction } from '../../primitives/transaction.ts'
import { InvalidTransaction } from '../errors.ts'
import { receiptIdOfReceipt, receiptIdOfTransaction } from '../receipt-id.ts'
import { delayedReceipts } from '../state/delayed-receipts.ts'
import { dropItem, peekItem, pushItem } from '../state/queue.ts'
import { StateUpdate } from '../state/state-update.ts'
import { takeExpiredYields } from '../state/yields.ts'
import { chargeTransaction } from '../transaction/verify-transaction.ts'
import type { Trie } from '../trie/trie.ts'
import type { Receipt } from '../types.ts'
import type { StakeProposal } from './action-result.ts'
import type { BlockContext } from './context.ts'
import type { PartialOutcome } from './outcome.ts'
import { processReceipt } from './process-receipt.ts'

export interface ChunkInput {
  readonly trie: Trie
  readonly transactions: readonly SignedTransaction[]
  /** What the chunk before this one sent. */
  readonly incoming: readonly Receipt[]
  /** Receipts beyond this gas wait for the next chunk. */
  readonly gasLimit: bigint
}

export interface ChunkResult {
  readonly trie: Trie
  /** Transactions that were converted; the others had become invalid since they were accepted. */
  readonly included: readonly SignedTransaction[]
  readonly outcomes: readonly PartialOutcome[]
  /** All receipts that this chunk made. */
  readonly created: readonly Receipt[]
  /** Those of them that the next chunk has to process. */
  readonly outgoing: readonly Receipt[]
  readonly stakes: readonly StakeProposal[]
  readonly gasUsed: bigint
  /** Tokens that left the supply. */
  readonly burnt: bigint
  readonly hasDelayedReceipts: boolean
}

/**
 * Applies a chunk: transactions become receipts, and receipts run in nearcore's order — those from a signer to itself,
 * those delayed before, those that arrived — then yields time out. A receipt that a receipt makes runs in the next chunk,
 * unless it is instant. nearcore: `Runtime::apply` in runtime/runtime/src/lib.rs.
 */
export function applyChunk(block: BlockContext, input: ChunkInput): ChunkResult {
  const chunk = new ChunkApplication(block, input)
  const local = chunk.convertTransactions(input.transactions)
  for (const receipt of local) chunk.processOrDelay(receipt)
  chunk.processDelayed()
  for (const receipt of input.incoming) chunk.processOrDelay(receipt)
  chunk.expireYields()
  return chunk.finish()
}

class ChunkApplication {
  readonly #block: BlockContext
  readonly #state: StateUpdate
  readonly #gasLimit: bigint
  readonly #included: SignedTransaction[] = []
  readonly #outcomes: PartialOutcome[] = []
  readonly #created: Receipt[] = []
  readonly #outgoing: Receipt[] = []
  readonly #stakes: StakeProposal[] = []
  #gasUsed = 0n
  #burnt = 0n

  constructor(block: BlockContext, { trie, gasLimit }: ChunkInput) {
    this.#block = block
    this.#state = new StateUpdate(trie)
    this.#gasLimit = gasLimit
  }

  /** Returns the receipts that signers sent to themselves: they run in this chunk. */
  convertTransactions(transactions: readonly SignedTransaction[]): Receipt[] {
    const local: Receipt[] = []
    for (const signed of transactions) {
      const receipt = this.#convert(signed)
      if (!receipt) continue
      this.#created.push(receipt)
      if (receipt.receiverId === receipt.predecessorId) local.push(receipt)
      else this.#outgoing.push(receipt)
    }
    return local
  }

  processOrDelay(receipt: Receipt): void {
    if (this.#gasUsed < this.#gasLimit) {
      this.#process(receipt)
      return
    }
    pushItem(this.#state, delayedReceipts, receipt)
    this.#state.commit()
  }

  processDelayed(): void {
    while (this.#gasUsed < this.#gasLimit) {
      const receipt = peekItem(this.#state, delayedReceipts)
      if (!receipt) return
      dropItem(this.#state, delayedReceipts)
      this.#state.commit()
      this.#process(receipt)
    }
  }

  expireYields(): void {
    const expired = takeExpiredYields(this.#state, this.#block.height)
    this.#state.commit()
    for (const [index, { accountId, dataId }] of expired.entries()) {
      const receiptId = receiptIdOfReceipt(dataId, this.#block.height, index)
      const content = { kind: 'PromiseResume', data: { dataId, data: null } } as const
      this.#send({ predecessorId: accountId, receiverId: accountId, receiptId, receipt: content })
    }
  }

  finish(): ChunkResult {
    return {
      trie: this.#state.finish(),
      included: this.#included,
      outcomes: this.#outcomes,
      created: this.#created,
      outgoing: this.#outgoing,
      stakes: this.#stakes,
      gasUsed: this.#gasUsed,
      burnt: this.#burnt,
      hasDelayedReceipts: peekItem(this.#state, delayedReceipts) !== undefined,
    }
  }

  #convert(signed: SignedTransaction): Receipt | undefined {
    const { transaction, hash } = signed
    const cost = this.#charge(signed)
    if (!cost) return undefined
    const { signerId, publicKey, receiverId, actions } = transaction
    const receiptId = receiptIdOfTransaction(hash, this.#block.height)
    this.#included.push(signed)
    this.#gasUsed += cost.gasBurnt
    this.#burnt += cost.burntAmount
    this.#outcomes.push({
      id: hash,
      executorId: signerId,
      status: { kind: 'SuccessReceiptId', receiptId },
      logs: [],
      receiptIds: [receiptId],
      gasBurnt: cost.gasBurnt,
      tokensBurnt: cost.burntAmount,
      metadata: { version: 1 },
    })
    const action = {
      version: 1,
      signerId,
      signerPublicKey: publicKey,
      refundTo: null,
      gasPrice: cost.receiptGasPrice,
      outputDataReceivers: [],
      inputDataIds: [],
      actions,
    } as const
    return { predecessorId: signerId, receiverId, receiptId, receipt: { kind: 'Action', action } }
  }

  #charge({ transaction }: SignedTransaction) {
    const { config, height, gasPrice } = this.#block
    try {
      const cost = chargeTransaction(config, this.#state, transaction, { height, gasPrice })
      this.#state.commit()
      return cost
    } catch (error) {
      // A chunk producer leaves out what became invalid while it waited.
      if (error instanceof InvalidTransaction) return undefined
      throw error
    }
  }

  /** Instant receipts follow their maker at once, whatever gas is left. */
  #process(first: Receipt): void {
    const queue = [first]
    for (const receipt of queue) {
      const applied = processReceipt(this.#block, this.#state, receipt)
      if (!applied) continue
      this.#gasUsed += applied.outcome.gasBurnt
      this.#burnt += applied.burnt
      this.#outcomes.push(applied.outcome)
      this.#stakes.push(...applied.stakes)
      for (const made of applied.newReceipts) {
        if (isInstant(made)) queue.push(made)
        else this.#outgoing.push(made)
        this.#created.push(made)
      }
    }
  }

  #send(receipt: Receipt): void {
    this.#created.push(receipt)
    this.#outgoing.push(receipt)
  }
}

/** nearcore: `is_instant_receipt` in core/primitives/src/receipt.rs. */
function isInstant({ receipt }: Receipt): boolean {
  if (receipt.kind === 'PromiseYield') return true
  if (receipt.kind !== 'Action') return false
  const { actions, inputDataIds } = receipt.action
  return actions.length === 1 && actions[0]?.kind === 'DeleteAccount' && inputDataIds.length === 0
}
