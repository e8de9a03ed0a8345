import type { Hex } from '@parley/protocol'
import { agentRegistryAbi, agentRegistryBytecode, timelockControllerAbi } from '../../generated/contracts.ts'
import { encodeCall, OWNER, openChain, RELAYER, WORKLOAD } from '../../test/chain.ts'
import { DAY } from '../../test/fixtures.ts'
import type { Measure } from './measure.ts'

/** On a chain of its own, whose contracts a timelock owns. */
export async function measureGovernance(measure: Measure) {
  const chain = await openChain({ timelockDelay: DAY })
  const timelock = chain.contract(timelockControllerAbi, chain.owner)
  const { address: later } = await chain.deployContract(agentRegistryAbi, agentRegistryBytecode, [
    chain.owner,
    chain.forwarder.address,
  ])
  const operations = [
    ['a policy', chain.enclaves.address, encodeCall(chain.enclaves.abi, 'setWorkload', [WORKLOAD, true])],
    ['an upgrade', chain.agents.address, encodeCall(agentRegistryAbi, 'upgradeToAndCall', [later, '0x'])],
  ] as const
  for (const [name, target, data] of operations) {
    const operation = [target, 0n, data, NO_OPERATION, NO_OPERATION] as const
    await measure(`timelock: schedule ${name}`, chain.send(OWNER, timelock, 'schedule', [...operation, DAY]))
    chain.warp(DAY)
    // It passes ether on, so it is payable.
    await measure(`timelock: execute ${name}`, chain.send(RELAYER, timelock, 'execute' as never, operation as never))
  }
}

const NO_OPERATION: Hex = `0x${'00'.repeat(32)}`
