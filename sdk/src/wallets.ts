import type { Hex } from '@parley/protocol'

/** That an agent is to be paid at another account, which must agree. */
export interface WalletOffer {
  readonly agentId: bigint
  readonly owner: string
  readonly wallet: string
  /** Seconds. */
  readonly deadline: bigint
}

/** An offer and the wallet's word. */
export interface WalletConsent extends WalletOffer {
  /** EVM's; on NEAR the wallet has said it to the contract. */
  readonly signature?: Hex
}

/** An agent's wallet in three steps, of its owner, the wallet and the owner. All of them within five minutes: DeadlineExpired. */
export interface Wallets {
  /** The owner's. NotAuthorized. */
  readonly offer: (agentId: bigint, wallet: string) => Promise<WalletOffer>
  /** The wallet's. */
  readonly accept: (offer: WalletOffer) => Promise<WalletConsent>
  /** The owner's: the agent has the wallet when this resolves. SignatureInvalid, NotAuthorized. */
  readonly set: (consent: WalletConsent) => Promise<void>
}

/** ERC-8004 takes no deadline that is more than five minutes ahead, and blocks are told apart by seconds. */
export const WALLET_SECONDS = 285n
