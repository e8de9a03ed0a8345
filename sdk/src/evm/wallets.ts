import type { Deployment } from '@parley/evm'
import { getAddress, type LocalAccount } from 'viem'
import type { Act } from '../actions.ts'
import { WALLET_SECONDS, type Wallets } from '../wallets.ts'

interface Chain {
  readonly now: () => Promise<bigint>
  readonly ownerOf: (agentId: bigint) => Promise<string>
  readonly act: Act<unknown>
}

/** The wallet agrees by a signature (ERC-8004), which the owner brings to the registry. */
export function createEvmWallets(account: LocalAccount, deployment: Deployment, { now, ownerOf, act }: Chain): Wallets {
  return {
    offer: async (agentId, wallet) => {
      const [owner, time] = await Promise.all([ownerOf(agentId), now()])
      return { agentId, owner: owner.toLowerCase(), wallet, deadline: time + WALLET_SECONDS }
    },
    accept: async (offer) => {
      const { agentId, owner, wallet, deadline } = offer
      const signature = await account.signTypedData({
        domain: {
          name: 'ERC8004IdentityRegistry',
          version: '1',
          chainId: deployment.chainId,
          verifyingContract: deployment.agentRegistry,
        },
        types: {
          AgentWalletSet: [
            { name: 'agentId', type: 'uint256' },
            { name: 'newWallet', type: 'address' },
            { name: 'owner', type: 'address' },
            { name: 'deadline', type: 'uint256' },
          ],
        },
        primaryType: 'AgentWalletSet',
        message: { agentId, newWallet: getAddress(wallet), owner: getAddress(owner), deadline },
      })
      return { ...offer, signature }
    },
    set: async ({ agentId, wallet, deadline, signature = '0x' }) => {
      await act('setAgentWallet', { agentId, newWallet: wallet, deadline, signature })
    },
  }
}
