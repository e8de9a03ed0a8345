import { keccak } from '@parley/evm'
import { encodeNep413, marketId, nearDomain, nep413Market } from '@parley/protocol'
import { KeyPair } from 'near-api-js'
import { sha256 } from 'viem'
import type { MarketVoice } from '../party.ts'
import { toBase64 } from './base64.ts'
import type { NearContracts } from './calls.ts'
import type { NearSecretKey } from './delegate.ts'

/** What an account of NEAR says on the market is a message for `parley`, as wallets sign it (NEP-413). */
export function createNearVoice(secretKey: NearSecretKey, { chainId, parley }: NearContracts): MarketVoice {
  const key = KeyPair.fromString(secretKey)
  const domain = nearDomain(chainId, parley, keccak)
  const idOf: MarketVoice['idOf'] = (name, value) => marketId('near', domain, name, value, keccak)
  return {
    idOf,
    sign: async (name, value) => {
      const message = encodeNep413(nep413Market(name, value, idOf(name, value), parley))
      const { signature } = key.sign(sha256(message, 'bytes'))
      return { signature: toBase64(signature), publicKey: key.getPublicKey().toString() }
    },
  }
}
