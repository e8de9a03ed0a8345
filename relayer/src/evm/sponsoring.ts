import {
  agentRegistryAbi,
  type Deployment,
  enclaveEvaluatorAbi,
  jobEscrowAbi,
  reputationRegistryAbi,
  validationRegistryAbi,
} from '@parley/evm'
import { type Call, type Hex, ParleyError } from '@parley/protocol'
import { decodeFunctionData, zeroAddress } from 'viem'
import type { EvmNode } from './node.ts'

/** What the relayer pays for, by contract: nothing else that a request might call. */
const sponsoredMethods = {
  agentRegistry: {
    abi: agentRegistryAbi,
    methods: ['register', 'setAgentURI', 'setMetadata', 'setAgentWallet', 'unsetAgentWallet'],
  },
  reputationRegistry: {
    abi: reputationRegistryAbi,
    methods: ['giveFeedback', 'giveBackedFeedback', 'revokeFeedback', 'appendResponse'],
  },
  validationRegistry: {
    abi: validationRegistryAbi,
    methods: ['validationRequest', 'requestValidation', 'validationResponse'],
  },
  jobEscrow: {
    abi: jobEscrowAbi,
    methods: [
      'usePermit',
      'createJob',
      'setProvider',
      'setBudget',
      'fund',
      'submit',
      'complete',
      'reject',
      'claimRefund',
    ],
  },
  enclaveEvaluator: { abi: enclaveEvaluatorAbi, methods: ['setTerms'] },
} as const

/** Which argument names a token, whose code then runs at our cost. */
const tokenArgument: Readonly<Record<string, number>> = { usePermit: 0, setBudget: 1 }

/** Methods that move the money of the job in their first argument, and so run the code of its token. */
const movesMoney: ReadonlySet<string> = new Set(['fund', 'complete', 'reject', 'claimRefund'])

/** Throws MethodNotSponsored, with the call's field, when a request contains anything that is not on the list. */
export async function requireSponsored(
  node: EvmNode,
  calls: readonly Call[],
  tokens: readonly string[],
): Promise<void> {
  for (const [at, { to, data }] of calls.entries()) {
    const field = `request.calls.${at}`
    const { name, args } = sponsoredCall(to, data, node.deployment, field)
    const position = tokenArgument[name]
    if (position !== undefined) requireToken(String(args[position]), tokens, field)
    if (movesMoney.has(name)) await requireTokenOfJob(node, BigInt(String(args[0])), tokens, field)
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
  throw new ParleyError('MethodNotSponsored', `the token ${token} is not sponsored`, { field })
}

function sponsoredCall(
  to: Hex,
  data: Hex,
  deployment: Deployment,
  field: string,
): { name: string; args: readonly unknown[] } {
  for (const [contract, { abi, methods }] of Object.entries(sponsoredMethods)) {
    if (deployment[contract as keyof typeof sponsoredMethods] !== to) continue
    try {
      const { functionName, args = [] } = decodeFunctionData({ abi, data })
      if ((methods as readonly string[]).includes(functionName)) return { name: functionName, args }
      throw new ParleyError('MethodNotSponsored', `${functionName} of ${contract} is not sponsored`, {
        field: `${field}.data`,
      })
    } catch (error) {
      if (error instanceof ParleyError) throw error
      throw new ParleyError('InputInvalid', `${field}.data is no call of ${contract}`, {
        field: `${field}.data`,
        cause: error,
      })
    }
  }
  throw new ParleyError('MethodNotSponsored', `${to} is not a contract that is sponsored`, { field: `${field}.to` })
}
