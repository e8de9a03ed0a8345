/** Payees of one job, thousands of them: leaves of a tree whose root the provider names before it submits. */
import { accountWord, type ChainKind } from './account.ts'
import { concat, type Hex, toHex } from './hex.ts'
import { merkleMultiproof, merkleProof, merkleTree } from './merkle.ts'
import { type Keccak256, wordFromUint } from './message.ts'

/** What one payee gets: `amount` in the smallest unit of the job's token. Each index stands for one payout, which is made once. */
export interface Payout {
  readonly index: bigint
  readonly account: string
  readonly amount: bigint
}

export type PayoutTree = ReturnType<typeof payoutTree>

/** Hashed twice, so that no node of a tree is the leaf of anything: keccak256(keccak256(index ‖ account ‖ amount)), each a word. */
export function payoutLeaf({ index, account, amount }: Payout, keccak256: Keccak256, kind: ChainKind): Uint8Array {
  const words = [wordFromUint(index), accountWord(account, kind, keccak256), wordFromUint(amount)]
  return keccak256(keccak256(concat(words)))
}

/** What a provider names with `setPayees`, and what `claimPayout` and `pushPayouts` want of it. Places count from 0. */
export function payoutTree(payouts: readonly Payout[], keccak256: Keccak256, kind: ChainKind) {
  const leaves = payouts.map((payout) => payoutLeaf(payout, keccak256, kind))
  const tree = merkleTree(leaves, keccak256)
  const payoutAt = (place: number): Payout => {
    const payout = payouts[place]
    if (payout === undefined) throw new RangeError(`there is no payout ${place}`)
    return payout
  }
  return {
    root: toHex(tree[0] as Uint8Array),
    total: payouts.reduce((total, { amount }) => total + amount, 0n),
    /** One payout and its proof. */
    claim: (place: number): { readonly payout: Payout; readonly proof: readonly Hex[] } => ({
      payout: payoutAt(place),
      proof: merkleProof(tree, place).map(toHex),
    }),
    /** Several, by ascending places, with one proof: neighbours have the shortest. */
    push: (places: readonly number[]) => {
      const { proof, proofFlags } = merkleMultiproof(tree, places)
      return { payouts: places.map(payoutAt), proof: proof.map(toHex), proofFlags }
    },
  }
}
