import { keccak } from '@parley/evm'
import {
  type EvmDomain,
  type Message,
  marketId,
  marketMessages,
  typedDataDomain,
  typedDataTypes,
} from '@parley/protocol'
import type { LocalAccount } from 'viem'
import type { MarketVoice } from '../party.ts'

/** What an account of an EVM chain says on the market is typed data in the escrow's domain (EIP-712). */
export function createEvmVoice(account: LocalAccount, domain: EvmDomain): MarketVoice {
  return {
    idOf: (name, value) => marketId('evm', domain, name, value, keccak),
    sign: async (name, value) => {
      const message: Message = marketMessages.evm[name]
      const types = typedDataTypes(message)
      const typed = { domain: typedDataDomain(domain), types, primaryType: message.name, message: { ...value } }
      return { signature: await account.signTypedData(typed) }
    },
  }
}
