import { agentRegistryAbi, type Deployment, jobEscrowAbi, ledgerAbi, readRevert, revertDataOf } from '@parley/evm'
import { type Call, type Hex, ParleyError } from '@parley/protocol'
import { getAddress, type LocalAccount, type PublicClient } from 'viem'
import type { Act, ActionName } from '../actions.ts'
import type { ViewName } from '../arguments.ts'
import type { Hiring } from '../hiring.ts'
import { type Party, type Read, type Steps, stepsOf } from '../party.ts'
import type { Relayer } from '../relayer.ts'
import { callsOf, GOOD_FOR_SECONDS, hiringOf } from './calls.ts'
import { decodeAnswer, evaluatorsOf, readingOf } from './codec.ts'
import { createNonces, type SignedForwardRequest, signForwardRequest } from './forward-request.ts'
import { createEvmVoice } from './market.ts'
import { createEvmWallets } from './wallets.ts'

export interface EvmPartyOptions {
  readonly account: LocalAccount
  /** Reads the chain; sends nothing. */
  readonly reader: PublicClient
  readonly deployment: Deployment
  readonly relayer: Relayer
}

export interface EvmParty extends Party {
  readonly address: Hex
  readonly sign: Steps<SignedForwardRequest>
  /** Signs any calls, which may use `gas`; good for an hour of the chain's time. */
  readonly signCalls: (calls: readonly Call[], gas: bigint) => Promise<SignedForwardRequest>
}

/** What a request may use; what it does not use costs nobody anything. */
const REQUEST_GAS = 900_000n

/** What has no end: texts that are kept, payees. As much as relayers pay for unless they are told otherwise. */
const LARGE_REQUEST_GAS = 1_900_000n
const large: readonly ActionName[] = ['register', 'setAgentURI', 'pushPayouts']

/** Gives an account of an EVM chain what it takes to act through a relayer: it signs forward requests. */
export function createEvmParty({ account, reader, deployment, relayer }: EvmPartyOptions): EvmParty {
  const { chainId, forwarder, jobEscrow, enclaveEvaluator: evaluator, crowdPayout: crowdPayee } = deployment
  const address = account.address.toLowerCase() as Hex
  const nonces = createNonces()

  const now = async () => (await reader.getBlock()).timestamp
  const read = ((name: ViewName, args: { readonly hiring?: Hiring }) => {
    const hiring = args.hiring && { hiring: hiringOf(deployment, address, args.hiring) }
    const { call, outputs } = readingOf(deployment, name, { ...args, ...hiring })
    return refusing(async () => {
      const { data = '0x' } = await reader.call(call)
      return decodeAnswer(outputs, data)
    })
  }) as Read

  const signCalls = async (calls: readonly Call[], gas: bigint) => {
    const deadline = (await now()) + GOOD_FOR_SECONDS
    return signForwardRequest({ account, chainId, forwarder, calls, gas, nonce: nonces.next().value, deadline })
  }
  const caller = {
    account,
    reader,
    deployment,
    now,
    getJob: (jobId: Hex) => read('getJob', { jobId }),
    bondOf: async (jobId: Hex) => (await read('getArbitration', { jobId })).bond,
  }
  const sign: Act<SignedForwardRequest> = async (name, args) =>
    signCalls(await callsOf(caller, name, args), large.includes(name) ? LARGE_REQUEST_GAS : REQUEST_GAS)
  const act = async (name: Parameters<typeof sign>[0], args: object) =>
    relayer.perform('transactions', await sign(name, args))

  const nextJobId = async (): Promise<Hex> => {
    const escrow = { address: jobEscrow, abi: jobEscrowAbi } as const
    const id = await reader.readContract({ ...escrow, functionName: 'nextJobId', args: [address] })
    return `0x${id.toString(16).padStart(64, '0')}`
  }
  const balanceOf = (token: string, owner: string = address) => {
    const ledger = { address: deployment.ledger, abi: ledgerAbi } as const
    const args = [getAddress(owner), BigInt(token)] as const
    return refusing(() => reader.readContract({ ...ledger, functionName: 'balanceOf', args }))
  }
  const ownerOf = async (agentId: bigint) => {
    const agents = { address: deployment.agentRegistry, abi: agentRegistryAbi } as const
    return refusing(() => reader.readContract({ ...agents, functionName: 'ownerOf', args: [agentId] }))
  }

  return {
    ...stepsOf(act),
    chain: `eip155:${chainId}`,
    address,
    now,
    nextJobId,
    sign: stepsOf(sign),
    signCalls,
    read,
    balanceOf,
    evaluator,
    evaluators: evaluatorsOf(deployment),
    crowdPayee,
    wallets: createEvmWallets(account, deployment, { now, ownerOf, act }),
    market: createEvmVoice(account, { chainId, verifyingContract: jobEscrow }),
  }
}

/** A contract's refusal by its name; anything else means that nobody has answered. */
async function refusing<Result>(ask: () => Promise<Result>): Promise<Result> {
  try {
    return await ask()
  } catch (cause) {
    const data = revertDataOf(cause)
    if (data === undefined) throw new ParleyError('ChainUnavailable', 'the chain does not answer; try again', { cause })
    const { name, reason } = readRevert(data)
    throw new ParleyError(name ?? 'TransactionReverted', reason, { cause })
  }
}
