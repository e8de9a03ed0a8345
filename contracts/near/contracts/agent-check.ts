/** Whether an agent is a provider's: another contract knows, so the answer comes to a callback of this one. */
import { near } from 'near-sdk-js'
import { callThen } from './calls.ts'
import { require } from './contract-error.ts'
import { AGENT_CALLBACK_GAS, AGENT_CHECK_GAS, AWAITED_GAS, HOOK_GAS } from './gas.ts'

export interface AgentOfProvider {
  readonly provider: string
  readonly agent_id: string
}

/**
 * Calls `callback` with `args` when `agents` has answered. What has been checked until now may have changed by then. A callback that makes
 * somebody wait gets all gas that is left, for the wait.
 */
export function askForAgent<Args extends AgentOfProvider>(
  agents: string,
  callback: string,
  args: Args,
  hasHook: boolean,
  isAwaited = false,
): void {
  const question = { spender: args.provider, agent_id: args.agent_id }
  const gas = AGENT_CALLBACK_GAS + (hasHook ? HOOK_GAS : 0n) + (isAwaited ? AWAITED_GAS : 0n)
  callThen(
    { contract: agents, method: 'is_authorized_or_owner', args: question, gas: AGENT_CHECK_GAS },
    { method: callback, args, gas, weight: isAwaited ? 1n : 0n },
  )
}

/** In the callback. An agent that does not exist is nobody's: `agents` has failed with ERC721NonexistentToken then. */
export function requireAgent({ provider, agent_id }: AgentOfProvider): void {
  require(hasAgreed(), 'AgentNotOfProvider', agent_id, provider)
}

function hasAgreed(): boolean {
  try {
    return near.promiseResult(0) === 'true'
  } catch {
    return false
  }
}
