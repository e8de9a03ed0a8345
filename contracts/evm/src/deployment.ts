import { type Hex, NOBODY } from '@parley/protocol'
import {
  type Abi,
  type Account,
  type Chain,
  createPublicClient,
  encodeFunctionData,
  type Transport,
  type WalletClient,
} from 'viem'
import * as contracts from '../generated/contracts.ts'
import type { Deployment } from './deployment-file.ts'

export interface DeploymentOptions {
  /** Who sets policies and replaces the code of ERC-8004's registries: a timelock, wherever others trust the contracts. */
  readonly owner: Hex
  /** Who may stop new risk and take back at once what the owner allowed. Without one, only the owner. */
  readonly guardian?: Hex
  /** Addresses of those whose signed reports register an enclave. */
  readonly verifiers: readonly Hex[]
  /** How many of them it takes. */
  readonly quorum: number
  /** Seconds after which an enclave must have been attested anew. */
  readonly maxAge: bigint
}

export interface TimelockOptions {
  /** Seconds between scheduling and executing, at least. */
  readonly delay: bigint
  /** Who may schedule and cancel. */
  readonly proposers: readonly Hex[]
  /** Who may execute what is due. Without them, anybody. */
  readonly executors?: readonly Hex[]
}

export type Deployer = WalletClient<Transport, Chain, Account>

/** Deploys every contract, one transaction each, and waits for each. Throws when one fails. */
export async function deploy(deployer: Deployer, options: DeploymentOptions): Promise<Deployment> {
  const { owner, guardian = NOBODY, verifiers, quorum, maxAge } = options
  const fromBlock = Number(await readerOf(deployer).getBlockNumber()) + 1
  const at = (abi: Abi, bytecode: Hex, args: readonly unknown[]) => deployContract(deployer, abi, bytecode, args)

  const forwarder = await at(contracts.forwarderAbi, contracts.forwarderBytecode, [])
  const registry = async (abi: Abi, bytecode: Hex, ...more: readonly Hex[]) =>
    behindProxy(deployer, await at(abi, bytecode, [owner, forwarder, ...more]))
  const { agentRegistryAbi, reputationRegistryAbi, validationRegistryAbi } = contracts
  const agentRegistry = await registry(agentRegistryAbi, contracts.agentRegistryBytecode)
  const validationRegistry = await registry(validationRegistryAbi, contracts.validationRegistryBytecode, agentRegistry)
  const ascending = [...verifiers].sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1))
  const ledger = await at(contracts.ledgerAbi, contracts.ledgerBytecode, [forwarder, owner, guardian])
  const registryArguments = [owner, guardian, ascending, BigInt(quorum), maxAge]
  const enclaveRegistry = await at(contracts.enclaveRegistryAbi, contracts.enclaveRegistryBytecode, registryArguments)
  const escrowArguments = [forwarder, agentRegistry, ledger, owner, guardian]
  const jobEscrow = await at(contracts.jobEscrowAbi, contracts.jobEscrowBytecode, escrowArguments)
  const guardrailsArguments = [forwarder, ledger, jobEscrow]
  const guardrails = await at(contracts.guardrailsAbi, contracts.guardrailsBytecode, guardrailsArguments)
  const { reputationRegistryBytecode } = contracts
  const reputationRegistry = await registry(reputationRegistryAbi, reputationRegistryBytecode, agentRegistry, jobEscrow)
  const evaluatorArguments = [forwarder, jobEscrow, enclaveRegistry]
  const enclaveEvaluator = await at(
    contracts.enclaveEvaluatorAbi,
    contracts.enclaveEvaluatorBytecode,
    evaluatorArguments,
  )
  const judging = [forwarder, jobEscrow]
  const quorumEvaluator = await at(contracts.quorumEvaluatorAbi, contracts.quorumEvaluatorBytecode, judging)
  const { milestoneEvaluatorAbi, milestoneEvaluatorBytecode } = contracts
  const milestoneEvaluator = await at(milestoneEvaluatorAbi, milestoneEvaluatorBytecode, judging)
  const { arbitratedEvaluatorAbi, arbitratedEvaluatorBytecode } = contracts
  const arbitratedEvaluator = await at(arbitratedEvaluatorAbi, arbitratedEvaluatorBytecode, [...judging, ledger])
  const crowdPayout = await at(contracts.crowdPayoutAbi, contracts.crowdPayoutBytecode, [...judging, ledger])

  return {
    chainId: deployer.chain.id,
    fromBlock,
    forwarder,
    agentRegistry,
    reputationRegistry,
    validationRegistry,
    enclaveRegistry,
    jobEscrow,
    enclaveEvaluator,
    ledger,
    guardrails,
    quorumEvaluator,
    milestoneEvaluator,
    arbitratedEvaluator,
    crowdPayout,
  }
}

/** Deploys an owner for the contracts: OpenZeppelin's TimelockController, which nobody administers but itself. */
export function deployTimelock(deployer: Deployer, options: TimelockOptions): Promise<Hex> {
  const { delay, proposers, executors = [NOBODY] } = options
  const { timelockControllerAbi: abi, timelockControllerBytecode: bytecode } = contracts
  return deployContract(deployer, abi, bytecode, [delay, proposers, executors, NOBODY])
}

/** Deploys the demo's ERC-20; `supply` (in atoms, six decimals) belongs to the deployer. */
export function deployDemoDollar(deployer: Deployer, supply: bigint): Promise<Hex> {
  return deployContract(deployer, contracts.demoDollarAbi, contracts.demoDollarBytecode, [supply])
}

/** An ERC-1967 proxy wants a first call. A registry has nothing to set up: its version is asked. */
function behindProxy(deployer: Deployer, implementation: Hex): Promise<Hex> {
  const firstCall = encodeFunctionData({ abi: contracts.agentRegistryAbi, functionName: 'getVersion' })
  return deployContract(deployer, contracts.erc1967ProxyAbi, contracts.erc1967ProxyBytecode, [
    implementation,
    firstCall,
  ])
}

async function deployContract(deployer: Deployer, abi: Abi, bytecode: Hex, args: readonly unknown[]): Promise<Hex> {
  const hash = await deployer.deployContract({ abi, bytecode, args })
  const { status, contractAddress } = await readerOf(deployer).waitForTransactionReceipt({ hash })
  if (status !== 'success' || !contractAddress) throw new Error(`deployment ${hash} failed`)
  // Addresses are lower-case wherever they are not shown to a person.
  return contractAddress.toLowerCase() as Hex
}

export function readerOf({ chain, transport }: Deployer) {
  return createPublicClient({
    chain,
    transport: () => ({ config: transport, request: transport.request }) as never,
    pollingInterval: 50,
  })
}
