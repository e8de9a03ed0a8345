/** Where agents are paid. A wallet that is another account agrees by a call of its own: on EVM it signs. */
import { agentModel } from '@parley/protocol'
import { type Agent, existingAgent, WALLET_KEY, walletBytes, writeAgent } from './agent.ts'
import { authorizedAgent } from './approvals.ts'
import { caller, now } from './context.ts'
import { require } from './contract-error.ts'
import { emit } from './events.ts'
import { chargeStorage } from './storage.ts'

export function setWallet(agentId: string, wallet: string, deadline: bigint): void {
  const agent = authorizedAgent(agentId)
  require(now() <= deadline, 'DeadlineExpired')
  require(deadline <= now() + agentModel.MAX_DEADLINE_DELAY_SECONDS, 'DeadlineTooFar')

  if (wallet === caller()) writeWallet(agentId, agent, wallet, caller())
  else chargeStorage(caller(), () => writeAgent(agentId, { ...agent, offer: { wallet, deadline: String(deadline) } }))
}

/** Only who was asked. It takes less state than the offer did, so a wallet needs no deposit. */
export function acceptWallet(agentId: string): void {
  const agent = existingAgent(agentId)
  require(agent.offer?.wallet === caller(), 'WalletInvalid')
  require(now() <= BigInt(agent.offer.deadline), 'DeadlineExpired')

  writeWallet(agentId, agent, caller(), agent.owner)
}

export function unsetWallet(agentId: string): void {
  writeWallet(agentId, authorizedAgent(agentId), null, caller())
}

/** An offer ends with it. */
function writeWallet(agentId: string, { owner, uri }: Agent, wallet: string | null, payer: string): void {
  chargeStorage(payer, () => writeAgent(agentId, { owner, uri, wallet }))
  emit('metadata_set', { agent_id: agentId, metadata_key: WALLET_KEY, metadata_value: walletBytes(wallet) })
}
