import { jobEscrowAbi, userAbis } from '@parley/evm'
import { type Call, type Hex, ParleyError, userMethods } from '@parley/protocol'
import { type Abi, type AbiParameter, decodeFunctionData, zeroAddress } from 'viem'
import type { EvmNode } from './node.ts'

type ContractName = keyof typeof userMethods

/** What people call on EVM only: permits for the money that a call moves, and agents and balances by the names of ERC-721 and ERC-6909. */
const evmMethods: Partial<Readonly<Record<ContractName, readonly string[]>>> = {
  agentRegistry: ['transferFrom'],
  jobEscrow: ['usePermit'],
  ledger: ['usePermit', 'deposit', 'transfer', 'transferFrom', 'approve'],
}

/** The contracts that a hiring may hand its terms to: their code then runs at our cost. */
const evaluators = ['enclaveEvaluator', 'quorumEvaluator', 'milestoneEvaluator', 'arbitratedEvaluator'] as const

/**
 * Throws MethodNotSponsored, with the call's field, when a request contains anything but what people call of Parley's contracts, or what would run a
 * stranger's code: that of a token, wherever one is named or a job that is paid in it, and that of an evaluator.
 */
export async function requireSponsored(
  node: EvmNode,
  calls: readonly Call[],
  tokens: readonly string[],
): Promise<void> {
  for (const [at, { to, data }] of calls.entries()) {
    const field = `request.calls.${at}`
    const named = valuesIn(sponsoredCall(node, to, data, field))
    for (const [name, value] of named) {
      if (name === 'token') requireToken(String(value), tokens, field)
      if (name === 'hiring') requireEvaluator(node, value as Hiring, field)
      if (name === 'jobId') await requireTokenOfJob(node, BigInt(String(value)), tokens, field)
    }
  }
}

/** Throws MethodNotSponsored for a job in a token whose code is not to run at our cost. A job that does not exist yet has none. */
export async function requireTokenOfJob(
  { client, deployment }: EvmNode,
  jobId: bigint,
  tokens: readonly string[],
  field: string,
): Promise<void> {
  if (tokens.length === 0) return
  const escrow = { address: deployment.jobEscrow, abi: jobEscrowAbi } as const
  const { token } = await client.readContract({ ...escrow, functionName: 'getJob', args: [jobId] })
  if (token !== zeroAddress) requireToken(token, tokens, field)
}

function requireToken(token: string, tokens: readonly string[], field: string): void {
  if (tokens.length === 0 || tokens.includes(token.toLowerCase())) return
  throw refused('MethodNotSponsored', `the token ${token} is not sponsored`, field)
}

interface Hiring {
  readonly evaluator: Hex
  readonly terms: Hex
}

/** An evaluator without terms is not called: it may be anybody. */
function requireEvaluator({ deployment }: EvmNode, { evaluator, terms }: Hiring, field: string): void {
  if (terms === '0x' || evaluators.some((known) => deployment[known] === evaluator.toLowerCase())) return
  throw refused('MethodNotSponsored', `the evaluator ${evaluator} is not sponsored`, field)
}

interface DecodedCall {
  readonly inputs: readonly AbiParameter[]
  readonly args: readonly unknown[]
}

function sponsoredCall({ deployment }: EvmNode, to: Hex, data: Hex, field: string): DecodedCall {
  const contract = (Object.keys(userMethods) as ContractName[]).find((known) => deployment[known] === to)
  if (contract === undefined)
    throw refused('MethodNotSponsored', `${to} is not a contract that is sponsored`, `${field}.to`)
  const { name, ...call } = decode(contract, data, `${field}.data`)
  const methods: readonly string[] = [...userMethods[contract], ...(evmMethods[contract] ?? [])]
  if (methods.includes(name)) return call
  throw refused('MethodNotSponsored', `${name} of ${contract} is not sponsored`, `${field}.data`)
}

function decode(contract: ContractName, data: Hex, field: string): DecodedCall & { readonly name: string } {
  const abi: Abi = userAbis[contract]
  try {
    const { functionName: name, args = [] } = decodeFunctionData({ abi, data })
    // Of an overloaded name, the function whose arguments these are.
    const found = abi.find(
      (item) => item.type === 'function' && item.name === name && item.inputs.length === args.length,
    )
    return { name, args, inputs: found?.type === 'function' ? found.inputs : [] }
  } catch (cause) {
    throw refused('InputInvalid', `${field} is no call of ${contract}`, field, cause)
  }
}

/** Every argument by its name, and every field of a struct. */
function valuesIn({ inputs, args }: DecodedCall): readonly (readonly [name: string, value: unknown])[] {
  return inputs.flatMap((input, at) => {
    const value = args[at]
    const own = [input.name ?? '', value] as const
    if (input.type !== 'tuple' || !('components' in input)) return [own]
    const { components } = input
    const fields = components.map(({ name = '' }) => (value as Readonly<Record<string, unknown>>)[name])
    return [own, ...valuesIn({ inputs: components, args: fields })]
  })
}

function refused(code: 'MethodNotSponsored' | 'InputInvalid', message: string, field: string, cause?: unknown) {
  return new ParleyError(code, message, { field, cause })
}
