import {
  DOMAIN_NAME,
  DOMAIN_VERSION,
  EnclaveReport,
  EnclaveResult,
  ForwardRequest,
  type Hex,
  type Message,
  typedDataTypes,
  type ValueOf,
} from '@parley/protocol'
import { type Abi, type ContractFunctionArgs, type ContractFunctionName, parseSignature } from 'viem'
import { type Actor, addressOf, type Chain, type Contract, encodeCall } from './chain.ts'

/** What viem, not our code, signs: contracts and protocol must both agree with it. */
export function sign<M extends Message>(
  actor: Actor,
  message: M,
  value: ValueOf<M>,
  domain: { readonly chainId: number; readonly verifyingContract: Hex },
): Promise<Hex> {
  return actor.signTypedData({
    domain: { name: DOMAIN_NAME, version: DOMAIN_VERSION, ...domain },
    types: typedDataTypes(message),
    primaryType: message.name,
    message: value as Record<string, unknown>,
  })
}

export function domainOf(chain: Chain, { address }: Contract) {
  return { chainId: chain.chainId, verifyingContract: address }
}

export function callOf<const A extends Abi, N extends ContractFunctionName<A, 'nonpayable'>>(
  { abi, address }: Contract<A>,
  functionName: N,
  args: ContractFunctionArgs<A, 'nonpayable', N>,
) {
  return { to: address, data: encodeCall(abi, functionName, args) }
}

/** A request that counts unless the test says otherwise. */
export function requestOf(
  chain: Chain,
  from: Actor,
  calls: ForwardRequest['calls'],
  change: Partial<ForwardRequest> = {},
) {
  const request: ForwardRequest = {
    from: addressOf(from),
    calls,
    gas: 1_000_000n,
    nonce: 0n,
    deadline: chain.now() + 3600n,
    ...change,
  }
  return request
}

export function signRequest(chain: Chain, signer: Actor, request: ForwardRequest): Promise<Hex> {
  return sign(signer, ForwardRequest, request, domainOf(chain, chain.forwarder))
}

/** Signs the calls as `from` and has `relayer` send them. */
export async function forward(
  chain: Chain,
  relayer: Actor,
  from: Actor,
  calls: ForwardRequest['calls'],
  change: Partial<ForwardRequest> = {},
) {
  const request = requestOf(chain, from, calls, change)
  return chain.send(relayer, chain.forwarder, 'execute', [request, await signRequest(chain, from, request)])
}

/** What a wallet signs to be an agent's, in ERC-8004's own domain. The owner is who owns the agent now, unless the test says otherwise. */
export async function signWallet(
  chain: Chain,
  wallet: Actor,
  agentId: bigint,
  deadline: bigint,
  { newWallet = addressOf(wallet), owner, domain = domainOf(chain, chain.agents) }: WalletOptions = {},
): Promise<Hex> {
  const ownerOf = async () => owner ?? (await chain.read(chain.agents, 'ownerOf', [agentId]))
  return wallet.signTypedData({
    domain: { name: 'ERC8004IdentityRegistry', version: '1', ...domain },
    types: {
      AgentWalletSet: [
        { name: 'agentId', type: 'uint256' },
        { name: 'newWallet', type: 'address' },
        { name: 'owner', type: 'address' },
        { name: 'deadline', type: 'uint256' },
      ],
    },
    primaryType: 'AgentWalletSet',
    message: { agentId, newWallet, owner: await ownerOf(), deadline },
  })
}

interface WalletOptions {
  readonly newWallet?: Hex
  readonly owner?: Hex
  readonly domain?: { readonly chainId: number; readonly verifyingContract: Hex }
}

export function signReport(chain: Chain, signers: readonly Actor[], report: EnclaveReport): Promise<Hex[]> {
  return Promise.all(signers.map((signer) => sign(signer, EnclaveReport, report, domainOf(chain, chain.enclaves))))
}

export function signResult(chain: Chain, enclave: Actor, result: EnclaveResult): Promise<Hex> {
  return sign(enclave, EnclaveResult, result, domainOf(chain, chain.evaluator))
}

/** That `spender` may take so much of the signer's demo dollars, for the first time (ERC-2612). */
export async function signPermit(chain: Chain, signer: Actor, spender: Hex, value: bigint) {
  const deadline = chain.now() + 3600n
  const fields = { owner: 'address', spender: 'address', value: 'uint256', nonce: 'uint256', deadline: 'uint256' }
  const signature = await signer.signTypedData({
    domain: { name: 'Demo Dollar', version: '1', ...domainOf(chain, chain.dollar) },
    types: { Permit: Object.entries(fields).map(([name, type]) => ({ name, type })) },
    primaryType: 'Permit',
    message: { owner: addressOf(signer), spender, value, nonce: 0n, deadline },
  })
  const { r, s, v } = parseSignature(signature)
  return { deadline, v: Number(v), r, s }
}
