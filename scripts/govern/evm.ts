import * as contracts from '@parley/evm'
import { type Deployment, openTimelock, readRevert, revertDataOf } from '@parley/evm'
import type { Hex } from '@parley/protocol'
import { ConfigurationError } from '@parley/service'
import {
  type Abi,
  type AbiFunction,
  createPublicClient,
  createWalletClient,
  decodeFunctionData,
  defineChain,
  encodeFunctionData,
  http,
} from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import type { Governance } from './governance.ts'

/** Governed contracts by their names in a deployment. The timelock is who owns them. */
const abis = {
  timelock: contracts.timelockControllerAbi,
  agentRegistry: contracts.agentRegistryAbi,
  reputationRegistry: contracts.reputationRegistryAbi,
  validationRegistry: contracts.validationRegistryAbi,
  enclaveRegistry: contracts.enclaveRegistryAbi,
  jobEscrow: contracts.jobEscrowAbi,
  ledger: contracts.ledgerAbi,
} as const satisfies Readonly<Record<string, Abi>>
type Name = keyof typeof abis

/** Opens what a deployment's owner, a timelock, governs, for who holds this key. */
export async function openEvmGovernance(url: string, deployment: Deployment, key: Hex): Promise<Governance> {
  const nativeCurrency = { name: 'Ether', symbol: 'ETH', decimals: 18 }
  const chain = defineChain({
    id: deployment.chainId,
    name: 'EVM',
    nativeCurrency,
    rpcUrls: { default: { http: [url] } },
  })
  const transport = http(url)
  const governor = createWalletClient({ account: privateKeyToAccount(key), chain, transport })
  const reader = createPublicClient({ chain, transport, pollingInterval: 200 })
  const chainId = await reader.getChainId().catch((cause: unknown) => {
    throw new ConfigurationError(`EVM_RPC_URL: the node at ${new URL(url).origin} does not answer`, { cause })
  })
  if (chainId !== deployment.chainId)
    throw new ConfigurationError(
      `EVM_RPC_URL is chain ${chainId}, EVM_DEPLOYMENT is of chain ${deployment.chainId}: set one of them to the other's chain.`,
    )
  const registry = { address: deployment.enclaveRegistry, abi: abis.enclaveRegistry } as const
  const owner = await reader.readContract({ ...registry, functionName: 'owner' })
  const addresses: Readonly<Record<Name, Hex>> = { ...deployment, timelock: owner }
  const timelock = openTimelock(governor, owner)
  const pending = () => timelock.pending(BigInt(deployment.fromBlock))

  return {
    chain: `eip155:${deployment.chainId}`,
    list: async () =>
      (await pending()).map(({ id, target, data, readyAt }) => ({
        id,
        call: inWords(addresses, target, data),
        readyAt,
      })),
    async schedule(contract, method, args) {
      const name = nameIn(contract)
      const data = encodeCall(abis[name], method, args)
      const { id } = await refusing(timelock.schedule(addresses[name], data))
      return id
    },
    async execute(id) {
      const operation = (await pending()).find((other) => other.id === id)
      if (!operation) throw new Error(`${id} is not pending`)
      await refusing(timelock.execute(operation))
    },
    cancel: (id) => refusing(timelock.cancel(id as Hex)),
    async setPaused(isPaused) {
      const functionName = isPaused ? 'pause' : 'unpause'
      for (const name of namesWith('pause')) {
        const contract = { address: addresses[name], abi: abis.enclaveRegistry, account: governor.account } as const
        const { request } = await refusing(reader.simulateContract({ ...contract, functionName }))
        await reader.waitForTransactionReceipt({ hash: await governor.writeContract(request) })
      }
    },
  }
}

const names = Object.keys(abis) as readonly Name[]

function nameIn(contract: string): Name {
  const name = names.find((known) => known === contract)
  if (name === undefined) throw new ConfigurationError(`no contract "${contract}": there are ${names.join(', ')}`)
  return name
}

function namesWith(method: string): readonly Name[] {
  return names.filter((name) => functionsOf(abis[name], method).length > 0)
}

function functionsOf(abi: Abi, method: string): readonly AbiFunction[] {
  return abi.filter((item) => item.type === 'function').filter(({ name }) => name === method)
}

function encodeCall(abi: Abi, method: string, args: Readonly<Record<string, unknown>>): Hex {
  const given = Object.keys(args).sort().join(', ')
  const item = functionsOf(abi, method).find(({ inputs }) => namesOf(inputs).sort().join(', ') === given)
  const wanted = functionsOf(abi, method).map(({ inputs }) => `${method}(${namesOf(inputs).join(', ')})`)
  if (!item)
    throw new ConfigurationError(`no ${method}(${given})${wanted.length > 0 ? `: there is ${wanted.join(', ')}` : ''}`)
  try {
    // JSON has no numbers of 256 bits: they are texts.
    const values = item.inputs.map(({ name = '', type }) =>
      /^u?int/.test(type) ? BigInt(String(args[name])) : args[name],
    )
    return encodeFunctionData({ abi: [item], functionName: method, args: values })
  } catch (error) {
    throw new ConfigurationError(error instanceof Error ? error.message : String(error))
  }
}

function namesOf(inputs: AbiFunction['inputs']): string[] {
  return inputs.map(({ name = '' }) => name)
}

function inWords(addresses: Readonly<Record<Name, Hex>>, target: Hex, data: Hex): string {
  const name = names.find((known) => addresses[known].toLowerCase() === target.toLowerCase())
  if (name === undefined) return `${target} ${data}`
  const { functionName, args = [] } = decodeFunctionData({ abi: abis[name] as Abi, data })
  return `${name}.${functionName}(${args.map(String).join(', ')})`
}

async function refusing<Answer>(asking: Promise<Answer>): Promise<Answer> {
  try {
    return await asking
  } catch (error) {
    const data = revertDataOf(error)
    throw data === undefined ? error : new Error(readRevert(data).reason, { cause: error })
  }
}
