import { enclaveEvaluatorAbi, forwarderAbi, readRevert, revertDataOf } from '@parley/evm'
import { EnclaveResult, ForwardRequest, fromJson, type Hex } from '@parley/protocol'
import { type EvmParty, encodeCall, type SignedRequest, type WorkResult } from '@parley/sdk'
import { createTestClient, createWalletClient, defineChain, encodeFunctionData, getAddress, http } from 'viem'
import { mnemonicToAccount, privateKeyToAddress } from 'viem/accounts'
import type { EvmDevnet } from '../../scripts/system/evm-devnet.ts'
import type { Running } from '../running.ts'
import type { TestChain } from './chain.ts'

const SET_APPROVAL_FOR_ALL =
  '0xa22cb46500000000000000000000000000000000000000000000000000000000000000010000000000000000000000000000000000000000000000000000000000000001'

export function evmChain({ evm }: Running): TestChain {
  const { reader, deployment, token } = evm
  const controls = evmControls(evm)
  return {
    ...evm,
    gasMoneyOf: (account) => reader.getBalance({ address: getAddress(account) }),
    passTime: async (seconds) => {
      await controls.increaseTime({ seconds })
      await controls.mine({ blocks: 1 })
    },
    countRelayed: () => reader.getTransactionCount({ address: privateKeyToAddress(evm.relayerKey) }),
    blockOf: async (transaction) => (await reader.getTransactionReceipt({ hash: transaction as Hex })).blockNumber,
    refusalOf: (body) => refusalOf(evm, body),
    sendDirectly: (signed) => sendDirectly(evm, signed),
    signUnsponsored: async (party) => {
      const { signCalls } = party as EvmParty
      const call = encodeCall(deployment, 'register', { agentURI: '', metadata: [] })
      return {
        elsewhere: await signCalls([{ ...call, to: token }], 100_000n),
        unlisted: await signCalls([{ ...call, data: SET_APPROVAL_FOR_ALL }], 100_000n),
      }
    },
  }
}

/** Controls the devnet: time, snapshots, mining. */
export function evmControls({ chainId, url }: EvmDevnet) {
  return createTestClient({ mode: 'hardhat', chain: chainOf(chainId, url), transport: http(url) })
}

async function refusalOf({ reader, deployment }: EvmDevnet, body: SignedRequest | WorkResult) {
  try {
    if ('request' in body) {
      const [request, signature] = executeArguments(body)
      const data = encodeFunctionData({ abi: forwarderAbi, functionName: 'execute', args: [request, signature] })
      await reader.call({ to: deployment.forwarder, data })
      const args = [request.from, request.calls] as const
      const calls = encodeFunctionData({ abi: forwarderAbi, functionName: 'executeCalls', args })
      await reader.call({ account: deployment.forwarder, to: deployment.forwarder, data: calls })
    } else {
      const data = encodeFunctionData({
        abi: enclaveEvaluatorAbi,
        functionName: 'acceptResult',
        args: acceptArguments(body as WorkResult),
      })
      await reader.call({ to: deployment.enclaveEvaluator, data })
    }
    return undefined
  } catch (error) {
    return readRevert(revertDataOf(error) ?? '0x').name
  }
}

async function sendDirectly({ chainId, url, reader, deployment }: EvmDevnet, signed: SignedRequest): Promise<void> {
  const account = mnemonicToAccount('test test test test test test test test test test test junk', { addressIndex: 5 })
  const wallet = createWalletClient({ account, chain: chainOf(chainId, url), transport: http(url) })
  const forwarder = { address: deployment.forwarder, abi: forwarderAbi } as const
  const args = executeArguments(signed)
  const hash = await wallet.writeContract({ ...forwarder, functionName: 'execute', args })
  await reader.waitForTransactionReceipt({ hash })
}

function executeArguments({ request, signature }: SignedRequest) {
  return [fromJson(ForwardRequest, request), signature as Hex] as const
}

function acceptArguments({ jobId, result, enclave, signature, response }: WorkResult) {
  const { observability, ...rest } = fromJson(EnclaveResult, result)
  return [BigInt(jobId), { ...rest, observability: Number(observability) }, enclave, signature, response] as const
}

function chainOf(id: number, url: string) {
  const nativeCurrency = { name: 'Ether', symbol: 'ETH', decimals: 18 }
  return defineChain({ id, name: 'devnet', nativeCurrency, rpcUrls: { default: { http: [url] } } })
}
