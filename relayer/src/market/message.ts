import { keccak } from '@parley/evm'
import {
  fromJson,
  type Hex,
  type MarketMessageName,
  type MarketValue,
  type Message,
  marketId,
  marketMessages,
  ParleyError,
} from '@parley/protocol'
import { parseAccount } from '@parley/service'
import type { Chain } from '../chain.ts'

/** A market message as a chain's accounts sign it. `field` is where it stands in its body. Throws InputInvalid, AddressZero. */
export function readMessage<Name extends MarketMessageName>(
  { kind }: Pick<Chain, 'kind'>,
  name: Name,
  json: unknown,
  field: string,
): MarketValue<Name> {
  const message: Message = marketMessages[kind][name]
  const value = fromJson(message, json, field) as MarketValue<Name>
  for (const [at, account] of accountsOf(name, value)) {
    if (kind === 'near') parseAccount(account, kind, `${field}.${at}`)
    else if (/^0x0*$/.test(account))
      throw new ParleyError('AddressZero', `${field}.${at}: is zero`, { field: `${field}.${at}` })
  }
  return value
}

/** The message's digest on this chain. */
export function idOf<Name extends MarketMessageName>(
  { kind, market }: Pick<Chain, 'kind' | 'market'>,
  name: Name,
  value: MarketValue<Name>,
): Hex {
  return marketId(kind, market.domain, name, value, keccak)
}

/** Fields that are accounts: those that are addresses on EVM. */
function accountsOf<Name extends MarketMessageName>(name: Name, value: MarketValue<Name>): [string, string][] {
  const message: Message = marketMessages.evm[name]
  const fields = message.fields.filter(([, type]) => type === 'address')
  return fields.map(([field]) => [field, String(value[field as keyof typeof value])])
}
