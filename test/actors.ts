import { demoDollarAbi, forwarderAbi } from '@parley/evm'
import { ForwardRequest, fromJson, type Hex } from '@parley/protocol'
import {
  createParty,
  eventArgument,
  type HiredJob,
  hire,
  orderWork,
  type Party,
  queryUntil,
  Relayer,
  readIdentity,
  registerCalls,
  type SignedForwardRequest,
  stepGas,
  submitCalls,
  type WorkResult,
} from '@parley/sdk'
import { createTestClient, createWalletClient, defineChain, http, keccak256, type TestClient } from 'viem'
import { generatePrivateKey, mnemonicToAccount, privateKeyToAccount } from 'viem/accounts'
import { invoices, type Running } from './running.ts'

/** An agent and a client who know each other and an enclave, on a running system. */
export interface Actors {
  readonly relayer: Relayer
  readonly agent: Party
  readonly client: Party
  readonly agentId: bigint
  readonly enclaveUrl: string
  /** A new job that is paid for. */
  readonly fundedJob: (durationSeconds?: bigint) => Promise<HiredJob>
  /** A new job up to the point where only the enclave's result is missing on chain. */
  readonly submittedJob: (durationSeconds?: bigint) => Promise<WorkResult>
  /** Controls the devnet: time, snapshots, mining. */
  readonly devnet: TestClient
  /** Sends a signed request past the relayer. */
  readonly sendDirectly: (signed: SignedForwardRequest) => Promise<void>
  readonly untilGraphql: <Data>(document: string, isThere: (data: Data) => boolean) => Promise<Data>
}

const PRICE_ATOMS = 1_000_000n
const HOUR = 3600n

export async function castActors(running: Running): Promise<Actors> {
  const { evm, graphqlUrl } = running
  const { deployment, reader, token } = evm
  const relayer = new Relayer({ url: running.relayer.url })
  const newParty = () =>
    createParty({ account: privateKeyToAccount(generatePrivateKey()), reader, deployment, relayer })
  const [agent, client] = [newParty(), newParty()]
  const untilGraphql: Actors['untilGraphql'] = (document, isThere) => queryUntil(graphqlUrl, document, {}, isThere)

  const registered = await agent.perform(registerCalls(deployment, ''), stepGas.register)
  const agentId = BigInt(eventArgument(registered, 'Registered', 'agentId'))
  const { url: enclaveUrl } = await running.stage.startEnclave(agent.address)
  const enclave = await readIdentity(enclaveUrl)
  const known = `{ enclave(chain: "eip155:${evm.chainId}", address: "${enclave.enclave}") { address } }`
  await untilGraphql<{ enclave: unknown }>(known, (data) => data.enclave !== null)

  async function fundedJob(durationSeconds = HOUR): Promise<HiredJob> {
    await evm.giveDollars(client.address, PRICE_ATOMS)
    const input = await invoices()
    const terms = {
      task: 'invoice-totals',
      input,
      observability: 'none',
      description: 'Add up',
      durationSeconds,
    } as const
    return hire(client, { agentId, provider: agent.address, enclave, token, amountAtoms: PRICE_ATOMS, ...terms })
  }

  async function submittedJob(durationSeconds?: bigint): Promise<WorkResult> {
    const { jobId, sealedRequest } = await fundedJob(durationSeconds)
    const work = await orderWork(enclaveUrl, { jobId, provider: agent.address, request: sealedRequest })
    await agent.perform(submitCalls(deployment, jobId, keccak256(work.response)), stepGas.submit)
    return work
  }

  const nativeCurrency = { name: 'Ether', symbol: 'ETH', decimals: 18 }
  const chain = defineChain({
    id: evm.chainId,
    name: 'devnet',
    nativeCurrency,
    rpcUrls: { default: { http: [evm.url] } },
  })
  const stranger = mnemonicToAccount('test test test test test test test test test test test junk', { addressIndex: 5 })
  async function sendDirectly(signed: SignedForwardRequest): Promise<void> {
    const wallet = createWalletClient({ account: stranger, chain, transport: http(evm.url) })
    const args = [fromJson(ForwardRequest, signed.request), signed.signature] as const
    const hash = await wallet.writeContract({
      address: deployment.forwarder,
      abi: forwarderAbi,
      functionName: 'execute',
      args,
    })
    await reader.waitForTransactionReceipt({ hash })
  }

  const devnet = createTestClient({ mode: 'hardhat', chain, transport: http(evm.url) })
  return { relayer, agent, client, agentId, enclaveUrl, fundedJob, submittedJob, devnet, sendDirectly, untilGraphql }
}

/** Lets the chain's clock run ahead. */
export async function passTime({ devnet }: Actors, seconds: number): Promise<void> {
  await devnet.increaseTime({ seconds })
  await devnet.mine({ blocks: 1 })
}

/** What an account holds of the demo's token, in atoms. */
export function dollarsOf({ evm }: Running, address: Hex): Promise<bigint> {
  return evm.reader.readContract({ address: evm.token, abi: demoDollarAbi, functionName: 'balanceOf', args: [address] })
}
