import { type Deployment, openAccount, openTimelock } from '@parley/near'
import type { Hex } from '@parley/protocol'
import { createNearReader } from '@parley/sdk'
import { ConfigurationError } from '@parley/service'
import { transactions, utils } from 'near-api-js'
import type { Governance } from './governance.ts'

const TERA = 10n ** 12n

interface Operation {
  readonly id: Hex
  readonly target: string
  readonly method: string
  readonly args: string
  readonly deposit: string
  readonly ready_at: string
}

/** Opens what a deployment's owner, a timelock, governs, for the account that has this key. */
export async function openNearGovernance(
  url: string,
  deployment: Deployment,
  { accountId, key }: { readonly accountId: string; readonly key: string },
): Promise<Governance> {
  // It prints every receipt, logs and all.
  utils.Logger.overrideLogger(undefined)
  const { view } = createNearReader(url)
  const governor = await openAccount(url, accountId, key)
  const owner = await view<string>(deployment.parley, 'owner', {})
  const timelock = openTimelock(governor, owner, view)
  const contracts: Readonly<Record<string, string>> = {
    timelock: owner,
    parley: deployment.parley,
    agents: deployment.agents,
  }
  const pending = () => view<readonly Operation[]>(owner, 'get_operations', {})

  return {
    chain: `near:${deployment.chainId}`,
    list: async () =>
      (await pending()).map(({ id, target, method, args, ready_at }) => ({
        id,
        call: `${target} ${method} ${args}`,
        readyAt: BigInt(ready_at),
      })),
    schedule(contract, method, args) {
      const target = Object.hasOwn(contracts, contract) ? contracts[contract] : undefined
      const known = Object.keys(contracts).join(', ')
      if (target === undefined) throw new ConfigurationError(`no contract "${contract}": there are ${known}`)
      return timelock.schedule({ target, method, args })
    },
    async execute(id) {
      const operation = (await pending()).find((other) => other.id === id)
      if (!operation) throw new Error(`${id} is not pending`)
      await timelock.execute(operation.id, BigInt(operation.deposit))
    },
    cancel: (id) => timelock.cancel(id as Hex),
    async setPaused(isPaused) {
      const actions = [transactions.functionCall(isPaused ? 'pause' : 'unpause', {}, 20n * TERA, 0n)]
      await governor.signAndSendTransaction({ receiverId: deployment.parley, actions })
    },
  }
}
