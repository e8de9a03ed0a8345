/** What each action is on NEAR: calls of one contract, ready to be signed as a delegate action. */
import { type Hex, NOBODY, oneYoctoMethods } from '@parley/protocol'
import type { ActionName, OwnArguments } from '../actions.ts'
import type { Answer } from '../arguments.ts'
import { type Hiring, readTerms } from '../hiring.ts'
import { encodeCall, tupleToJson } from './codec.ts'
import type { ContractCalls } from './delegate.ts'

/** Where Parley's contracts are on one NEAR chain: what a party must know of a deployment. */
export interface NearContracts {
  /** As NEAR names it: `localnet`, `testnet`, `mainnet`. */
  readonly chainId: string
  readonly agents: string
  readonly parley: string
}

interface Caller {
  readonly accountId: string
  readonly contracts: NearContracts
  readonly getJob: (jobId: Hex) => Promise<Answer<'getJob'>>
}

const TERAGAS = 10n ** 12n

/** NEP-141's. */
const PAY = 'ft_transfer_call'

/** What a call may use, with all the calls that follow from it; what it does not use comes back. */
const DEFAULT_GAS = 100n * TERAGAS
const gasOf: Readonly<Record<string, bigint>> = {
  register: 50n * TERAGAS,
  [PAY]: 250n * TERAGAS,
  push_payouts: 300n * TERAGAS,
}

/** Tokens want it as a sign that a key of full access has signed (NEP-141). */
const ONE_YOCTO = 1n

/** Tokens and balances are pushed: what moves money names whom it is for. */
export async function callsOf(caller: Caller, name: ActionName, args: object): Promise<ContractCalls> {
  const { accountId, contracts, getJob } = caller
  const { parley } = contracts
  switch (name) {
    case 'hire': {
      const { hiring } = args as { readonly hiring: Hiring }
      const { client = accountId, isInLedger = hiring.client !== undefined, token, amountAtoms } = hiring
      if (!isInLedger) return pay(parley, token, amountAtoms, { hire: hiringOf(hiring) })
      return callOf(parley, 'hire', { hiring: fromLedger(hiring, client) })
    }
    case 'spendHire': {
      const { account, hiring } = args as { readonly account: string; readonly hiring: Hiring }
      return callOf(parley, 'spend_hire', { account, hiring: fromLedger(hiring, account) })
    }
    case 'deposit': {
      const { token, amount, receiver } = args as OwnArguments['deposit']
      return pay(parley, token, amount, receiver === undefined ? undefined : { deposit: { receiver_id: receiver } })
    }
    case 'transfer': {
      const { token, receiver, amount, sender } = args as OwnArguments['transfer']
      const approval = sender === undefined ? null : [sender, 0]
      const sending = { receiver_id: receiver, token_id: tokenId(token), amount: String(amount), approval }
      return callOf(parley, 'mt_transfer', sending)
    }
    case 'transferAgent': {
      const { agentId, receiver } = args as OwnArguments['transferAgent']
      return callOf(contracts.agents, 'nft_transfer', { receiver_id: receiver, token_id: String(agentId) })
    }
    case 'fund': {
      const { jobId, expectedBudget } = args as { readonly jobId: Hex; readonly expectedBudget: bigint }
      const { token } = await getJob(jobId)
      const fund = encodeCall(contracts, 'fund', args)
      if (token === NOBODY || expectedBudget === 0n) return callOf(parley, fund.method, fund.args)
      return pay(parley, token, expectedBudget, { fund: fund.args })
    }
    default: {
      const { contract, method, args: json } = encodeCall(contracts, name, args)
      return callOf(contract, method, json)
    }
  }
}

/** As NEP-245 names a token of NEP-141. */
export function tokenId(token: string): string {
  return `nep141:${token}`
}

/** A hiring as its client's money, or `hash_hiring`, brings it. */
function hiringOf({ jobId, provider, agentId, expiredAt, description, hook, evaluator, terms }: Hiring): object {
  const said = terms === undefined ? { evaluator } : { terms: termsOf(terms) }
  return {
    ...(jobId !== undefined && { job_id: jobId }),
    provider,
    provider_agent_id: String(agentId),
    expired_at: String(expiredAt),
    description,
    ...(hook !== undefined && { hook }),
    ...said,
  }
}

/** The same as it is paid from the ledger. */
export function fromLedger(hiring: Hiring, client: string): object {
  return { ...hiringOf(hiring), client, token: hiring.token, budget: String(hiring.amountAtoms) }
}

function termsOf(terms: NonNullable<Hiring['terms']>): object {
  const { kind, parameters, values } = readTerms(terms)
  const json = tupleToJson(parameters, values)
  return { [kind]: 'terms' in json ? json.terms : json }
}

/** A call with the gas and the deposit that it takes. */
export function callOf(receiverId: string, method: string, args: object): ContractCalls {
  const deposit = method === PAY || oneYoctoMethods.includes(method) ? ONE_YOCTO : 0n
  return { receiverId, calls: [{ method, args, gas: gasOf[method] ?? DEFAULT_GAS, deposit }] }
}

/** Hands money to `parley`, with what it is for: the token gives it back when that is refused. */
function pay(parley: string, token: string, amount: bigint, purpose: object | undefined): ContractCalls {
  const msg = purpose === undefined ? '' : JSON.stringify(purpose)
  return callOf(token, PAY, { receiver_id: parley, amount: String(amount), msg })
}
