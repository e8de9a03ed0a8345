import { SIMULATED_MEASUREMENTS } from '@parley/enclave/simulator'
import { type Deployment, demoDollarAbi, deploy, deployDemoDollar, enclaveRegistryAbi } from '@parley/evm'
import { type Devnet, startDevnet } from '@parley/evm/devnet'
import { type Hex, toHex, workloadId } from '@parley/protocol'
import {
  createPublicClient,
  createWalletClient,
  defineChain,
  type HDAccount,
  http,
  keccak256,
  type PublicClient,
} from 'viem'
import { mnemonicToAccount } from 'viem/accounts'

/** Hardhat's well-known test mnemonic: its accounts hold ether on every devnet and nothing anywhere else. */
const MNEMONIC = 'test test test test test test test test test test test junk'

export interface EvmDevnet extends Devnet {
  readonly chainId: number
  readonly deployment: Deployment
  readonly token: Hex
  readonly reader: PublicClient
  /** The key that pays the relayer's gas. */
  readonly relayerKey: Hex
  /** Gives an account demo dollars, in atoms. */
  readonly giveDollars: (to: Hex, amountAtoms: bigint) => Promise<void>
}

export interface EvmDevnetOptions {
  readonly port: number
  readonly chainId: number
  readonly blockMilliseconds: number
  readonly verifiers: readonly Hex[]
  readonly quorum: number
}

/** One day: a demo's enclave need not outlive it. */
const MAX_AGE_SECONDS = 86_400n
const SUPPLY_ATOMS = 1_000_000_000_000n

/** A devnet with every contract on it, and the simulator's workload allowed. */
export async function startEvmDevnet(options: EvmDevnetOptions): Promise<EvmDevnet> {
  const { port, chainId, blockMilliseconds, verifiers, quorum } = options
  const devnet = await startDevnet({ port, chainId, blockMilliseconds })
  const nativeCurrency = { name: 'Ether', symbol: 'ETH', decimals: 18 }
  const chain = defineChain({
    id: chainId,
    name: 'devnet',
    nativeCurrency,
    rpcUrls: { default: { http: [devnet.url] } },
  })
  const transport = http(devnet.url)
  const deployer = createWalletClient({ account: mnemonicToAccount(MNEMONIC), chain, transport })
  const reader = createPublicClient({ chain, transport, pollingInterval: 50, cacheTime: 0 })
  const mined = (hash: Hex) => reader.waitForTransactionReceipt({ hash })

  const owner = deployer.account.address
  const deployment = await deploy(deployer, { owner, verifiers, quorum, maxAge: MAX_AGE_SECONDS })
  const token = await deployDemoDollar(deployer, SUPPLY_ATOMS)
  const registry = { address: deployment.enclaveRegistry, abi: enclaveRegistryAbi } as const
  await mined(
    await deployer.writeContract({ ...registry, functionName: 'setWorkload', args: [simulatedWorkload(), true] }),
  )

  const giveDollars = async (to: Hex, amountAtoms: bigint) => {
    const dollars = { address: token, abi: demoDollarAbi, functionName: 'transfer', args: [to, amountAtoms] } as const
    await mined(await deployer.writeContract(dollars))
  }
  return {
    ...devnet,
    chainId,
    deployment,
    token,
    reader: reader as PublicClient,
    relayerKey: keyOf(mnemonicToAccount(MNEMONIC, { addressIndex: 1 })),
    giveDollars,
  }
}

/** What the simulator's enclaves measure. */
function simulatedWorkload(): Hex {
  return toHex(workloadId(SIMULATED_MEASUREMENTS, (bytes) => keccak256(bytes, 'bytes')))
}

function keyOf(account: HDAccount): Hex {
  const key = account.getHdKey().privateKey
  if (!key) throw new Error('the mnemonic has no private key')
  return toHex(key)
}
