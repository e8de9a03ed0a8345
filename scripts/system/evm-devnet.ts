import {
  type Deployment,
  demoDollarAbi,
  deploy,
  deployDemoDollar,
  deployTimelock,
  enclaveRegistryAbi,
  openTimelock,
  reputationRegistryAbi,
} from '@parley/evm'
import { startDevnet } from '@parley/evm/devnet'
import { type Hex, toHex } from '@parley/protocol'
import { createEvmParty, type EvmParty, type Relayer } from '@parley/sdk'
import {
  createPublicClient,
  createWalletClient,
  defineChain,
  encodeFunctionData,
  getAddress,
  http,
  type PublicClient,
} from 'viem'
import { generatePrivateKey, type HDAccount, mnemonicToAccount, privateKeyToAccount } from 'viem/accounts'
import {
  type Devnet,
  type DevnetOptions,
  DOLLAR_PRICE,
  MAX_AGE_SECONDS,
  SUPPLY_ATOMS,
  TIMELOCK_SECONDS,
  WEIGHT_CAP,
} from './devnet.ts'
import { simulatedWorkload } from './workload.ts'

/** Hardhat's well-known test mnemonic: its accounts hold ether on every devnet and nothing anywhere else. */
const MNEMONIC = 'test test test test test test test test test test test junk'

export interface EvmDevnet extends Devnet {
  readonly kind: 'evm'
  readonly chainId: number
  readonly deployment: Deployment
  readonly token: Hex
  readonly reader: PublicClient
  /** The key that pays the relayer's gas. */
  readonly relayerKey: Hex
  readonly newParty: (role: 'agent' | 'client', relayer: Relayer) => Promise<EvmParty>
}

/** An EVM devnet in this process. */
export async function startEvmDevnet(options: DevnetOptions<number>): Promise<EvmDevnet> {
  const { port, chainId, blockMilliseconds, verifiers, quorum } = options
  const devnet = await startDevnet({ port, chainId, blockMilliseconds })
  const nativeCurrency = { name: 'Ether', symbol: 'ETH', decimals: 18 }
  const rpcUrls = { default: { http: [devnet.url] } }
  const chain = defineChain({ id: chainId, name: 'devnet', nativeCurrency, rpcUrls })
  const transport = http(devnet.url)
  const deployer = createWalletClient({ account: mnemonicToAccount(MNEMONIC), chain, transport })
  const reader = createPublicClient({ chain, transport, pollingInterval: 50, cacheTime: 0 })
  const mined = (hash: Hex) => reader.waitForTransactionReceipt({ hash })

  const governor = deployer.account.address
  const owner = await deployTimelock(deployer, { delay: TIMELOCK_SECONDS, proposers: [governor] })
  const policy = { owner, guardian: governor, verifiers, quorum, maxAge: MAX_AGE_SECONDS }
  const deployment = await deploy(deployer, policy)
  const token = await deployDemoDollar(deployer, SUPPLY_ATOMS)
  const timelock = openTimelock(deployer, owner)
  const { enclaveRegistry, reputationRegistry } = deployment
  const abi = reputationRegistryAbi
  const policies = [
    [
      enclaveRegistry,
      encodeFunctionData({ abi: enclaveRegistryAbi, functionName: 'setWorkload', args: [simulatedWorkload, true] }),
    ],
    [reputationRegistry, encodeFunctionData({ abi, functionName: 'setTokenPrice', args: [token, DOLLAR_PRICE] })],
    [reputationRegistry, encodeFunctionData({ abi, functionName: 'setWeightCap', args: [Number(WEIGHT_CAP)] })],
  ] as const
  for (const [target, call] of policies) await timelock.execute(await timelock.schedule(target, call))

  const dollar = { address: token, abi: demoDollarAbi } as const
  return {
    ...devnet,
    kind: 'evm',
    chain: `eip155:${chainId}`,
    chainId,
    deployment,
    token,
    escrow: deployment.jobEscrow,
    reader: reader as PublicClient,
    relayerKey: keyOf(mnemonicToAccount(MNEMONIC, { addressIndex: 1 })),
    newParty: async (_role, relayer) => {
      const account = privateKeyToAccount(generatePrivateKey())
      return createEvmParty({ account, reader: reader as PublicClient, deployment, relayer })
    },
    giveDollars: async (to, amountAtoms) => {
      const args = [getAddress(to), amountAtoms] as const
      await mined(await deployer.writeContract({ ...dollar, functionName: 'transfer', args }))
    },
    dollarsOf: (account) => reader.readContract({ ...dollar, functionName: 'balanceOf', args: [getAddress(account)] }),
  }
}

function keyOf(account: HDAccount): Hex {
  const key = account.getHdKey().privateKey
  if (!key) throw new Error('the mnemonic has no private key')
  return toHex(key)
}
