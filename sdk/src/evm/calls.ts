/** What each action is on an EVM chain: calls that happen together or not at all, ready to be signed as a forward request. */
import { type Deployment, demoDollarAbi, ledgerAbi } from '@parley/evm'
import { type Call, guardrailsModel, type Hex, NOBODY } from '@parley/protocol'
import { getAddress, type LocalAccount, type PublicClient, parseSignature } from 'viem'
import type { ActionName, OwnArguments } from '../actions.ts'
import type { Answer, MethodName } from '../arguments.ts'
import { type Hiring, readTerms } from '../hiring.ts'
import { encodeCall, encodeOf, encodeTerms, evaluatorsOf } from './codec.ts'

interface Caller {
  readonly account: LocalAccount
  readonly reader: PublicClient
  readonly deployment: Deployment
  readonly now: () => Promise<bigint>
  readonly getJob: (jobId: Hex) => Promise<Answer<'getJob'>>
  readonly bondOf: (jobId: Hex) => Promise<bigint>
}

/** For how long a signature of ours is good, in seconds. */
export const GOOD_FOR_SECONDS = 3600n

/**
 * The calls of an action, with what lets the contracts take the money that it moves: on NEAR, where tokens and balances are pushed, there is
 * nothing of the kind.
 */
export async function callsOf(caller: Caller, name: ActionName, args: object): Promise<Call[]> {
  const { deployment } = caller
  const self = caller.account.address.toLowerCase()
  const call = (method: MethodName, own: object) => encodeCall(deployment, method, own)
  switch (name) {
    case 'hire': {
      const { hiring } = args as { readonly hiring: Hiring }
      return [...(await payingFor(caller, hiring)), call('hire', { hiring: hiringOf(deployment, self, hiring) })]
    }
    case 'spendHire': {
      const { account, hiring } = args as { readonly account: string; readonly hiring: Hiring }
      const own = hiringOf(deployment, account, { ...hiring, client: account, isInLedger: true })
      return [call('spendHire', { account, hiring: own })]
    }
    case 'deposit': {
      const { token, amount, receiver = self } = args as OwnArguments['deposit']
      const deposit = encodeOf(deployment, 'ledger', 'deposit', { token, amount, receiver })
      return [...(await permitting(caller, 'ledger', token, amount)), deposit]
    }
    case 'transfer': {
      const { token, receiver, amount, sender } = args as OwnArguments['transfer']
      const moved = { receiver, id: BigInt(token), amount }
      if (sender === undefined) return [encodeOf(deployment, 'ledger', 'transfer', moved)]
      return [encodeOf(deployment, 'ledger', 'transferFrom', { sender, ...moved })]
    }
    case 'transferAgent': {
      const { agentId, receiver } = args as OwnArguments['transferAgent']
      const handover = { from: self, to: receiver, tokenId: agentId }
      return [encodeOf(deployment, 'agentRegistry', 'transferFrom', handover)]
    }
    case 'fund': {
      const { jobId, expectedBudget } = args as { readonly jobId: Hex; readonly expectedBudget: bigint }
      const { token } = await caller.getJob(jobId)
      return [...(await permitting(caller, 'jobEscrow', token, expectedBudget)), call('fund', args)]
    }
    case 'fundFromLedger': {
      const { jobId, expectedBudget } = args as { readonly jobId: Hex; readonly expectedBudget: bigint }
      const { token } = await caller.getJob(jobId)
      return [...(await allowing(caller, 'jobEscrow', token, expectedBudget)), call('fundFromLedger', args)]
    }
    case 'lockStake': {
      const { jobId, amount } = args as { readonly jobId: Hex; readonly amount: bigint }
      const { token } = await caller.getJob(jobId)
      return [...(await allowing(caller, 'arbitratedEvaluator', token, amount)), call('lockStake', args)]
    }
    case 'openDispute': {
      const { jobId } = args as { readonly jobId: Hex }
      const [{ token }, bond] = await Promise.all([caller.getJob(jobId), caller.bondOf(jobId)])
      return [...(await allowing(caller, 'arbitratedEvaluator', token, bond)), call('openDispute', args)]
    }
    case 'setPolicy': {
      // Keys spend by these two, which are the account's operators then; a policy's own limits are what holds them.
      const { methods } = args as { readonly methods: bigint }
      const mayHire = (methods & guardrailsModel.METHODS.hire) !== 0n
      const spenders = mayHire ? (['guardrails', 'jobEscrow'] as const) : (['guardrails'] as const)
      const operators = await Promise.all(spenders.map((spender) => becomingOperator(caller, spender)))
      return [...operators.flat(), call('setPolicy', args)]
    }
    default:
      return [call(name, args)]
  }
}

/** A hiring as Solidity has it. */
export function hiringOf(deployment: Deployment, self: string, hiring: Hiring): object {
  const { jobId = '0x0', client = self, provider, agentId, expiredAt, description, token, amountAtoms } = hiring
  const { terms } = hiring
  return {
    jobId,
    client,
    provider,
    providerAgentId: agentId,
    evaluator: terms === undefined ? hiring.evaluator : evaluatorsOf(deployment)[readTerms(terms).kind],
    expiredAt,
    description,
    hook: hiring.hook ?? NOBODY,
    token,
    budget: amountAtoms,
    isInLedger: hiring.isInLedger ?? hiring.client !== undefined,
    terms: terms === undefined ? '0x' : encodeTerms(terms),
  }
}

function payingFor(caller: Caller, { client, isInLedger, token, amountAtoms }: Hiring): Promise<Call[]> {
  // Another's balance is the escrow's to take already.
  if (client !== undefined) return Promise.resolve([])
  return isInLedger
    ? allowing(caller, 'jobEscrow', token, amountAtoms)
    : permitting(caller, 'jobEscrow', token, amountAtoms)
}

type Taker = 'jobEscrow' | 'ledger'

/** Lets a contract take tokens (ERC-2612). */
async function permitting(caller: Caller, spender: Taker, token: string, amountAtoms: bigint): Promise<Call[]> {
  if (amountAtoms === 0n || token === NOBODY) return []
  const { account, reader, deployment } = caller
  const deadline = (await caller.now()) + GOOD_FOR_SECONDS
  const asked = { token: getAddress(token), spender: deployment[spender], amountAtoms, deadline }
  const permit = await signPermit(reader, account, asked)
  return [encodeOf(deployment, spender, 'usePermit', { token, amount: amountAtoms, ...permit })]
}

type Spender = 'jobEscrow' | 'arbitratedEvaluator' | 'guardrails'

/** Lets a contract take so much of one's balance in the ledger, unless it may take any. */
async function allowing(caller: Caller, spender: Spender, token: string, amount: bigint): Promise<Call[]> {
  if (amount === 0n || (await isOperator(caller, spender))) return []
  const { deployment } = caller
  return [encodeOf(deployment, 'ledger', 'approve', { spender: deployment[spender], id: BigInt(token), amount })]
}

async function becomingOperator(caller: Caller, spender: Spender): Promise<Call[]> {
  if (await isOperator(caller, spender)) return []
  return [encodeCall(caller.deployment, 'setOperator', { spender: caller.deployment[spender], approved: true })]
}

function isOperator({ account, reader, deployment }: Caller, spender: Spender): Promise<boolean> {
  const args = [account.address, deployment[spender]] as const
  return reader.readContract({ address: deployment.ledger, abi: ledgerAbi, functionName: 'isOperator', args })
}

/** An ERC-2612 permit, split as `permit` takes it. `deadline` is in seconds. */
interface Permit {
  readonly deadline: bigint
  readonly v: number
  readonly r: Hex
  readonly s: Hex
}

/** Signs that `spender` may take `amountAtoms` of `token` from the account. Reads name and nonce from the token. */
async function signPermit(
  reader: PublicClient,
  account: LocalAccount,
  { token, spender, amountAtoms, deadline }: { token: Hex; spender: Hex; amountAtoms: bigint; deadline: bigint },
): Promise<Permit> {
  const read = { address: token, abi: demoDollarAbi } as const
  const [name, nonce, chainId] = await Promise.all([
    reader.readContract({ ...read, functionName: 'name' }),
    reader.readContract({ ...read, functionName: 'nonces', args: [account.address] }),
    reader.getChainId(),
  ])
  const signature = await account.signTypedData({
    domain: { name, version: '1', chainId, verifyingContract: token },
    types: {
      Permit: [
        { name: 'owner', type: 'address' },
        { name: 'spender', type: 'address' },
        { name: 'value', type: 'uint256' },
        { name: 'nonce', type: 'uint256' },
        { name: 'deadline', type: 'uint256' },
      ],
    },
    primaryType: 'Permit',
    message: { owner: account.address, spender, value: amountAtoms, nonce, deadline },
  })
  const { r, s, yParity } = parseSignature(signature)
  return { deadline, v: 27 + yParity, r, s }
}
