import { agentRegistryAbi, type Deployment, enclaveEvaluatorAbi, jobEscrowAbi } from '@parley/evm'
import { type Call, type Hex, ParleyError } from '@parley/protocol'
import { decodeFunctionData } from 'viem'

/** What the relayer pays for, by contract: nothing else that a request might call. */
const sponsoredMethods = {
  agentRegistry: { abi: agentRegistryAbi, methods: ['register', 'setAgentURI', 'setMetadata'] },
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

/** The call's first argument is a token: a contract of a stranger would spend our gas as it likes. */
const methodsThatNameToken: Record<string, number> = { usePermit: 0, setBudget: 1 }

/** Throws MethodNotSponsored, with the call's field, when a request contains anything that is not on the list. */
export function requireSponsored(calls: readonly Call[], deployment: Deployment, tokens: readonly string[]): void {
  for (const [at, { to, data }] of calls.entries()) {
    const field = `request.calls.${at}`
    const { name, args } = sponsoredCall(to, data, deployment, field)
    const position = methodsThatNameToken[name]
    if (position === undefined || tokens.length === 0) continue
    const token = String(args[position]).toLowerCase()
    if (!tokens.includes(token))
      throw new ParleyError('MethodNotSponsored', `${name} names the token ${token}, which is not sponsored`, { field })
  }
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
