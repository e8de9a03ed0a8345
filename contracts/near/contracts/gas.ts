/** Gas that calls of other contracts get, and the callbacks behind them. What is not used comes back. */

const TERA = 10n ** 12n

/** `is_authorized_or_owner` takes 0.6. */
export const AGENT_CHECK_GAS = 5n * TERA

/** The dearest callback, which opens a hired job, takes 2.4, and 10 with the longest description. */
export const AGENT_CALLBACK_GAS = 20n * TERA

/** For a hook to hear of an action; a callback that tells it has as much more. */
export const HOOK_GAS = 10n * TERA

/** For the callback of an awaited job: the last timeout, which refunds, takes 2.6. */
export const AWAITED_GAS = 8n * TERA

/** What a timeout must still have to wait once more, besides the next callback's: it takes 2.2 in all, 1 of it for the yield. */
export const WAIT_AGAIN_GAS = 2n * TERA

/** Ours takes 1.1; another may do more. */
export const TOKEN_TRANSFER_GAS = 20n * TERA

/** More would pay for an answer that is too long for `PAYOUT_CALLBACK_GAS` to read. */
export const MAX_TOKEN_TRANSFER_GAS = 60n * TERA

/** What `claim_payment` keeps for itself to send the money. */
export const CLAIM_GAS = 5n * TERA

/** Takes 2.2, and reading the answer of a hostile token that spends all its gas on a long one another 2.4. */
export const PAYOUT_CALLBACK_GAS = 10n * TERA

/** What `ft_transfer_call` keeps: for itself, with a message as long as a hiring's may be, and for `ft_resolve_transfer`. */
export const FT_TRANSFER_CALL_GAS = 15n * TERA
export const FT_RESOLVE_GAS = 10n * TERA

/** The same of the ledger. A token with the longest name takes 0.6: who gets 32 and fails must not keep them. */
export function resolveGas(tokens: number): bigint {
  return BigInt(10 + tokens) * TERA
}

/** What `nft_transfer_call` keeps for itself after its call of the receiver, and for `nft_resolve_transfer`. */
export const NFT_TRANSFER_CALL_GAS = 15n * TERA
export const NFT_RESOLVE_GAS = 10n * TERA

/** For `agents` to keep a feedback with the longest texts. */
export const KEEP_FEEDBACK_GAS = 20n * TERA

/** For an account that is told that it is approved. */
export const NFT_APPROVE_GAS = 10n * TERA

/** The least for new code to bring the state into its form: it gets all that is left. */
export const UPGRADE_CALLBACK_GAS = 20n * TERA

/** Takes 2, and as much as the longest answer that a call may give, 4 MB, costs to be brought. */
export const EXECUTION_CALLBACK_GAS = 30n * TERA
