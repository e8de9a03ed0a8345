import type { Hex } from '@parley/protocol'
import {
  type Abi,
  type ContractFunctionArgs,
  type ContractFunctionName,
  type ContractFunctionReturnType,
  createWalletClient,
  custom,
  decodeEventLog,
  decodeFunctionResult,
  encodeDeployData,
  encodeFunctionData,
  type Log,
} from 'viem'
import { mnemonicToAccount } from 'viem/accounts'
import { hardhat as hardhatChain } from 'viem/chains'
import * as generated from '../generated/contracts.ts'
import { hardhat } from '../src/compile.ts'
import { deploy, deployDemoDollar, deployTimelock } from '../src/deployment.ts'
import { namedByProtocol } from '../src/ledger-events.ts'
import { readRevert } from '../src/revert.ts'

/** Hardhat's well-known mnemonic: every run has the same keys, so the same addresses and signatures. */
const account = (addressIndex: number) =>
  mnemonicToAccount('test test test test test test test test test test test junk', { addressIndex })
export type Actor = ReturnType<typeof account>

export const OWNER = account(0)
export const ALICE = account(1)
export const BOB = account(2)
export const CAROL = account(3)
export const RELAYER = account(4)
export const OPERATOR = account(5)
export const ENCLAVE = account(6)
export const GUARDIAN = account(11)
/** In ascending order of their addresses, which is the order that signatures must have. */
export const VERIFIERS = [account(7), account(8), account(9)].sort((a, b) => (addressOf(a) < addressOf(b) ? -1 : 1))

export const WORKLOAD: Hex = `0x${'77'.repeat(32)}`
export const MAX_AGE = 7n * 86_400n
export const QUORUM = 2
export const NOBODY: Hex = `0x${'00'.repeat(20)}`

export function addressOf({ address }: { readonly address: Hex }): Hex {
  return address.toLowerCase() as Hex
}

export interface Contract<A extends Abi = Abi> {
  readonly address: Hex
  readonly abi: A
}

export interface Happened {
  readonly name: string
  readonly args: Readonly<Record<string, unknown>>
}

export interface Receipt {
  readonly gasUsed: bigint
  /** Of known contracts, in order; addresses in lower case. */
  readonly events: readonly Happened[]
}

/** A transaction that reverted; the message is `Name: arguments`. */
export class Reverted extends Error {
  readonly data: Hex

  constructor(data: Hex) {
    super(readRevert(data).reason)
    this.data = data
  }
}

interface RpcReceipt {
  readonly status: Hex
  readonly gasUsed: Hex
  readonly contractAddress: Hex | null
  readonly logs: readonly Log[]
}

export type Chain = Awaited<ReturnType<typeof openChain>>

/**
 * An EVM of its own in this process with all contracts deployed. Its clock moves only when it is told to. With `timelockDelay`, in seconds,
 * a timelock owns them, in which OWNER proposes.
 */
export async function openChain({ timelockDelay }: { readonly timelockDelay?: bigint } = {}) {
  const hre = await hardhat()
  const start = 1_900_000_000n
  const override = {
    allowBlocksWithSameTimestamp: true,
    throwOnTransactionFailures: true,
    initialDate: new Date(Number(start) * 1000),
  }
  const { provider } = await hre.network.create({ network: 'devnet', override })
  const request = <Answer>(method: string, ...params: unknown[]) =>
    provider.request({ method, params }) as Promise<Answer>

  let now = start + 1000n
  const known = new Map<Hex, Abi>()

  async function transact(from: Hex, to: Hex | undefined, data: Hex, gas: bigint): Promise<RpcReceipt> {
    await request('evm_setNextBlockTimestamp', `0x${now.toString(16)}`)
    const gasHex = `0x${gas.toString(16)}`
    try {
      const hash = await request<Hex>('eth_sendTransaction', { from, to, data, gas: gasHex })
      return await request<RpcReceipt>('eth_getTransactionReceipt', hash)
    } catch (error) {
      throw new Reverted(revertDataIn(error))
    }
  }

  async function deployContract<const A extends Abi>(
    abi: A,
    bytecode: Hex,
    args: readonly unknown[],
  ): Promise<Contract<A>> {
    const data = encodeDeployData({ abi: abi as Abi, bytecode, args })
    const { contractAddress } = await transact(addressOf(OWNER), undefined, data, 10_000_000n)
    if (!contractAddress) throw new Error('not deployed')
    return contract(abi, contractAddress)
  }

  function contract<const A extends Abi>(abi: A, address: Hex): Contract<A> {
    known.set(address.toLowerCase() as Hex, abi)
    return { abi, address: address.toLowerCase() as Hex }
  }

  /** Sends one transaction in a block of its own; throws Reverted. */
  async function send<const A extends Abi, N extends ContractFunctionName<A, 'nonpayable'>>(
    from: { readonly address: Hex },
    { abi, address }: Contract<A>,
    functionName: N,
    args: ContractFunctionArgs<A, 'nonpayable', N>,
    gas = 3_000_000n,
  ): Promise<Receipt> {
    const data = encodeCall(abi, functionName, args)
    const receipt = await transact(addressOf(from), address, data, gas)
    return { gasUsed: BigInt(receipt.gasUsed), events: receipt.logs.flatMap((log) => eventOf(log, known)) }
  }

  async function read<const A extends Abi, N extends ContractFunctionName<A, 'view' | 'pure'>>(
    { abi, address }: Contract<A>,
    functionName: N,
    args: ContractFunctionArgs<A, 'view' | 'pure', N>,
  ): Promise<ContractFunctionReturnType<A, 'view' | 'pure', N>> {
    const data = encodeCall(abi, functionName, args)
    try {
      const result = await request<Hex>('eth_call', { to: address, data }, 'latest')
      return lowerAddresses(
        decodeFunctionResult({ abi: abi as Abi, functionName: functionName as string, data: result }),
      ) as never
    } catch (error) {
      throw new Reverted(revertDataIn(error))
    }
  }

  const deployer = createWalletClient({ account: OWNER, chain: hardhatChain, transport: custom(provider) })
  const verifiers = VERIFIERS.map(addressOf)
  const timelock = { delay: timelockDelay ?? 0n, proposers: [addressOf(OWNER)] }
  const owner = timelockDelay === undefined ? addressOf(OWNER) : await deployTimelock(deployer, timelock)
  const options = { owner, guardian: addressOf(GUARDIAN), verifiers, quorum: QUORUM, maxAge: MAX_AGE }
  const deployment = await deploy(deployer, options)
  const dollar = contract(generated.demoDollarAbi, await deployDemoDollar(deployer, 10n ** 15n))

  return {
    request,
    send,
    read,
    deployContract,
    contract,
    deployment,
    chainId: deployment.chainId,
    forwarder: contract(generated.forwarderAbi, deployment.forwarder),
    agents: contract(generated.agentRegistryAbi, deployment.agentRegistry),
    reputation: contract(generated.reputationRegistryAbi, deployment.reputationRegistry),
    validation: contract(generated.validationRegistryAbi, deployment.validationRegistry),
    enclaves: contract(generated.enclaveRegistryAbi, deployment.enclaveRegistry),
    escrow: contract(generated.jobEscrowAbi, deployment.jobEscrow),
    evaluator: contract(generated.enclaveEvaluatorAbi, deployment.enclaveEvaluator),
    ledger: contract(generated.ledgerAbi, deployment.ledger),
    guardrails: contract(generated.guardrailsAbi, deployment.guardrails),
    arbitrated: contract(generated.arbitratedEvaluatorAbi, deployment.arbitratedEvaluator),
    quorum: contract(generated.quorumEvaluatorAbi, deployment.quorumEvaluator),
    milestones: contract(generated.milestoneEvaluatorAbi, deployment.milestoneEvaluator),
    crowd: contract(generated.crowdPayoutAbi, deployment.crowdPayout),
    dollar,
    /** OWNER, or its timelock. */
    owner,
    /** The time of the next block, in seconds. */
    now: () => now,
    warp: (seconds: bigint) => {
      now += seconds
    },
    /** Returns a function that brings chain and clock back to this point, as often as it is called. */
    snapshot: async () => {
      const time = now
      let id = await request<Hex>('evm_snapshot')
      return async () => {
        await request('evm_revert', id)
        id = await request<Hex>('evm_snapshot')
        now = time
      }
    },
  }
}

/** viem's own types are too narrow for an ABI that is a type parameter; `send` and `read` check what goes in. */
export function encodeCall(abi: Abi, functionName: string, args: unknown): Hex {
  return encodeFunctionData({ abi, functionName, args: args as readonly unknown[] })
}

function eventOf(log: Log, known: ReadonlyMap<Hex, Abi>): Happened[] {
  const abi = known.get(log.address)
  if (!abi) return []
  const { eventName, args } = decodeEventLog({ abi, data: log.data, topics: log.topics })
  const decoded = { name: eventName ?? '', args: lowerAddresses(args ?? {}) as Record<string, unknown> }
  return [namedByProtocol(decoded)]
}

/** viem answers with checksummed addresses; ours are lower-case. */
function lowerAddresses(value: unknown): unknown {
  if (typeof value === 'string') return /^0x[0-9a-fA-F]{40}$/.test(value) ? value.toLowerCase() : value
  if (Array.isArray(value)) return value.map(lowerAddresses)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, lowerAddresses(field)]))
}

function revertDataIn(error: unknown): Hex {
  for (let cause = error; typeof cause === 'object' && cause !== null; cause = (cause as Error).cause) {
    const { data } = cause as { readonly data?: unknown }
    if (typeof data === 'string') return data as Hex
    if (typeof data === 'object' && data !== null && 'data' in data) return data.data as Hex
  }
  throw error
}
