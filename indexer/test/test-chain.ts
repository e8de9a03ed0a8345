import {
  agentRegistryAbi,
  arbitratedEvaluatorAbi,
  crowdPayoutAbi,
  demoDollarAbi,
  deploy,
  deployDemoDollar,
  enclaveEvaluatorAbi,
  enclaveRegistryAbi,
  forwarderAbi,
  guardrailsAbi,
  jobEscrowAbi,
  ledgerAbi,
  milestoneEvaluatorAbi,
  quorumEvaluatorAbi,
  reputationRegistryAbi,
  validationRegistryAbi,
} from '@parley/evm'
import { startDevnet } from '@parley/evm/devnet'
import type { Hex } from '@parley/protocol'
import { type Abi, createWalletClient, decodeFunctionResult, encodeFunctionData, http } from 'viem'
import { mnemonicToAccount } from 'viem/accounts'
import { hardhat } from 'viem/chains'

/** Hardhat's well-known accounts; the devnet itself signs their transactions. */
function accountAt(addressIndex: number) {
  return mnemonicToAccount('test test test test test test test test test test test junk', { addressIndex })
}

export const OWNER = accountAt(0)
export const ALICE = accountAt(1)
export const BOB = accountAt(2)
export const CAROL = accountAt(3)
export const VERIFIER = accountAt(4)
export const ENCLAVES = [accountAt(5), accountAt(6)] as const
export type Actor = typeof ALICE

export const WORKLOAD: Hex = `0x${'77'.repeat(32)}`
export const NOBODY: Hex = `0x${'00'.repeat(20)}`
const MAX_AGE_SECONDS = 86_400n

export type TestChain = Awaited<ReturnType<typeof startChain>>

/** A devnet with every contract on it. ALICE and CAROL have money that the escrow may take; WORKLOAD is allowed. */
export async function startChain() {
  const { url, stop } = await startDevnet()
  const deployer = createWalletClient({ account: OWNER, chain: hardhat, transport: http(url) })
  const options = { owner: OWNER.address, verifiers: [VERIFIER.address], quorum: 1, maxAge: MAX_AGE_SECONDS }
  const deployment = await deploy(deployer, options)
  const contracts = {
    forwarder: { address: deployment.forwarder, abi: forwarderAbi as Abi },
    agents: { address: deployment.agentRegistry, abi: agentRegistryAbi as Abi },
    enclaves: { address: deployment.enclaveRegistry, abi: enclaveRegistryAbi as Abi },
    jobs: { address: deployment.jobEscrow, abi: jobEscrowAbi as Abi },
    evaluator: { address: deployment.enclaveEvaluator, abi: enclaveEvaluatorAbi as Abi },
    crowd: { address: deployment.crowdPayout, abi: crowdPayoutAbi as Abi },
    reputation: { address: deployment.reputationRegistry, abi: reputationRegistryAbi as Abi },
    validation: { address: deployment.validationRegistry, abi: validationRegistryAbi as Abi },
    ledger: { address: deployment.ledger, abi: ledgerAbi as Abi },
    guardrails: { address: deployment.guardrails, abi: guardrailsAbi as Abi },
    quorum: { address: deployment.quorumEvaluator, abi: quorumEvaluatorAbi as Abi },
    milestones: { address: deployment.milestoneEvaluator, abi: milestoneEvaluatorAbi as Abi },
    arbitration: { address: deployment.arbitratedEvaluator, abi: arbitratedEvaluatorAbi as Abi },
    token: { address: await deployDemoDollar(deployer, 10n ** 12n), abi: demoDollarAbi as Abi },
  } as const
  type Name = keyof typeof contracts

  async function request<Answer>(method: string, ...params: unknown[]): Promise<Answer> {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
    const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    const { result, error } = (await response.json()) as { result: Answer; error?: { message: string } }
    if (error) throw new Error(`${method}: ${error.message}`)
    return result
  }

  /** Mines a block with this call, whether it reverts or not. */
  const send = (from: Actor, name: Name, functionName: string, args: readonly unknown[]): Promise<Hex> => {
    const { address: to, abi } = contracts[name]
    const data = encodeFunctionData({ abi, functionName, args })
    return request<Hex>('eth_sendTransaction', { from: from.address, to, data, gas: '0x989680' })
  }

  const read = async <Result>(name: Name, functionName: string, args: readonly unknown[]): Promise<Result> => {
    const { address: to, abi } = contracts[name]
    const data = await request<Hex>('eth_call', { to, data: encodeFunctionData({ abi, functionName, args }) }, 'latest')
    return decodeFunctionResult({ abi, functionName, data }) as Result
  }

  await send(OWNER, 'enclaves', 'setWorkload', [WORKLOAD, true])
  for (const client of [ALICE, CAROL]) {
    await send(OWNER, 'token', 'transfer', [client.address, 10n ** 11n])
    for (const taker of [deployment.jobEscrow, deployment.ledger])
      await send(client, 'token', 'approve', [taker, 10n ** 11n])
  }

  return {
    url,
    deployment,
    contracts,
    send,
    read,
    request,
    head: () => request<{ number: Hex; hash: Hex; timestamp: Hex }>('eth_getBlockByNumber', 'latest', false),
    mine: (count = 1) => request('hardhat_mine', `0x${count.toString(16)}`),
    snapshot: () => request<Hex>('evm_snapshot'),
    /** A reorg: the blocks since the snapshot never were. */
    revert: (snapshot: Hex) => request('evm_revert', snapshot),
    stop,
  }
}
