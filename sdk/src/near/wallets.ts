import { WALLET_SECONDS, type Wallets } from '../wallets.ts'

interface Chain {
  readonly now: () => Promise<bigint>
  /** Calls the agent registry. */
  readonly registry: (method: string, args: object) => Promise<unknown>
}

/** The owner says it to the registry, then the wallet does: the agent has it from then on. */
export function createNearWallets(owner: string, { now, registry }: Chain): Wallets {
  return {
    offer: async (agentId, wallet) => {
      const deadline = (await now()) + WALLET_SECONDS
      const named = { agent_id: String(agentId), new_wallet: wallet, deadline: String(deadline) }
      await registry('set_agent_wallet', named)
      return { agentId, owner, wallet, deadline }
    },
    accept: async (offer) => {
      // What one offers to oneself is taken at once.
      if (offer.owner !== offer.wallet) await registry('accept_agent_wallet', { agent_id: String(offer.agentId) })
      return offer
    },
    set: async () => {},
  }
}
