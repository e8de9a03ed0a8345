/** What the contracts' methods take and answer, on both chains: the types of Solidity's ABI in the SDK's words. */
import { userAbis } from '@parley/evm'
import {
  arbitrationModel,
  type Hex,
  nearContractOf,
  type Observability,
  observabilityLevels,
  userMethods,
} from '@parley/protocol'
import type { Abi, AbiFunction } from 'viem'
import type { Hiring } from './hiring.ts'

type Abis = typeof userAbis
export type ContractName = keyof Abis

/** What a contract can be asked. Agents' owners and files, jobs and payments are in GraphQL, too. */
const views = {
  agentRegistry: ['getMetadata', 'getAgentWallet', 'isAuthorizedOrOwner'],
  reputationRegistry: [
    'getSummary',
    'getBackedSummary',
    'readFeedback',
    'getResponseCount',
    'getClients',
    'getLastIndex',
    'hasFeedbackRight',
  ],
  validationRegistry: ['getValidationStatus', 'getValidationSummary', 'getAgentValidations', 'getValidatorRequests'],
  ledger: ['isOperator'],
  guardrails: ['getPolicy', 'confirmersOf', 'getSpendLimit', 'isCounterpartyAllowed', 'nextOperationId', 'hashHiring'],
  jobEscrow: ['getJob', 'payeeOf', 'hookOf', 'paymentOf', 'feeOf', 'owed'],
  enclaveEvaluator: [],
  quorumEvaluator: ['getQuorum', 'standingOf'],
  milestoneEvaluator: ['getMilestones'],
  arbitratedEvaluator: ['getArbitration'],
  crowdPayout: ['getCrowd', 'isPayoutMade'],
} as const

type NamesIn<Table extends Readonly<Record<ContractName, readonly string[]>>> = Table[ContractName][number]

/** What people call and what they ask, by Solidity's names. */
export type MethodName = NamesIn<typeof userMethods>
export type ViewName = NamesIn<typeof views>

/** By Solidity's names for the parameters. */
export type Arguments<Name extends MethodName | ViewName> = Fields<InputsOf<Name>>

/** One value, or a value for each of several names. */
export type Answer<Name extends ViewName> = ValueOf<FunctionOf<Name>['outputs']>

/** What is said of a parameter, a field or an answer. */
export interface Parameter {
  readonly name?: string | undefined
  readonly type: string
  readonly components?: readonly Parameter[] | undefined
}

type Functions = Extract<Abis[ContractName][number], { readonly type: 'function' }>
/** Solidity has two views of the name `getSummary`, in two contracts; on NEAR they are in one. */
type FunctionOf<Name> = Name extends 'getValidationSummary'
  ? Extract<Abis['validationRegistry'][number], { readonly name: 'getSummary' }>
  : Name extends 'getSummary'
    ? Extract<Abis['reputationRegistry'][number], { readonly name: 'getSummary' }>
    : Extract<Functions, { readonly name: Name }>
type InputsOf<Name> = Extract<FunctionOf<Name>['inputs'], readonly Parameter[]>

type ValueOf<Outputs> = Outputs extends readonly [infer Only extends Parameter]
  ? Value<Only>
  : Outputs extends readonly Parameter[]
    ? Fields<Outputs>
    : never

type Fields<Parameters extends readonly Parameter[]> = {
  readonly [P in Parameters[number] as P['name'] extends Unsaid | undefined ? never : P['name'] & string]: Value<P>
}

/** Bytes for ERC-8183's hooks, which on NEAR do not exist. */
type Unsaid = '' | 'optParams'

type Value<P extends Parameter> = P['name'] extends keyof Named
  ? Named[P['name']]
  : P['type'] extends `${infer Item}[]`
    ? readonly Value<{ readonly type: Item; readonly components: P['components'] & readonly Parameter[] }>[]
    : P['type'] extends 'tuple'
      ? Fields<P['components'] & readonly Parameter[]>
      : P['type'] extends `uint${string}` | `int${string}`
        ? bigint
        : P['type'] extends 'bool'
          ? boolean
          : P['type'] extends `bytes${string}`
            ? Hex
            : string

/** What has a form of its own, wherever it stands. */
interface Named {
  readonly jobId: Hex
  readonly observability: Observability
  readonly ruling: arbitrationModel.Ruling
  readonly hiring: Hiring
}

/** What is a number on chain and a word here. */
export const words: Readonly<Record<string, readonly string[]>> = {
  observability: observabilityLevels,
  ruling: arbitrationModel.rulings,
}

/** Where a method is: Solidity's contract, and which of NEAR's two. */
export function placeOf(name: MethodName | ViewName): {
  readonly contract: ContractName
  readonly near: 'agents' | 'parley'
} {
  const contracts = Object.keys(userMethods) as ContractName[]
  const contract = contracts.find((known) => [...userMethods[known], ...views[known]].some((each) => each === name))
  if (contract === undefined) throw new Error(`no contract has ${name}`)
  return { contract, near: nearContractOf(contract, name) }
}

/** What Solidity says of a method: of several with the name, the one that takes as many arguments as these. */
export function functionOf(contract: ContractName, name: string, args?: object): AbiFunction {
  const inSolidity = name === 'getValidationSummary' ? 'getSummary' : name
  const functions = (userAbis[contract] as Abi).filter(
    (item): item is AbiFunction => item.type === 'function' && item.name === inSolidity,
  )
  const fits = ({ inputs }: AbiFunction) => args === undefined || said(inputs).length === Object.keys(args).length
  const found = functions.find(fits) ?? functions[0]
  if (found === undefined) throw new Error(`${contract} has no ${name}`)
  return found
}

/** The parameters that a method is called with. */
export function said(parameters: readonly Parameter[]): readonly (Parameter & { readonly name: string })[] {
  return parameters.flatMap((parameter) => {
    const { name = '' } = parameter
    return name === '' || name === 'optParams' ? [] : [{ ...parameter, name }]
  })
}
