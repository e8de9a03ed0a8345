import { readFile } from 'node:fs/promises'
import { type Hex, NOBODY, nearDomain, nearMessages, oneYoctoMethods, toSnakeCase } from '@parley/protocol'
import { formatHash, serveNode } from '@parley/sandbox'
import { deployDemoDollar } from '../../contracts/near/src/deployment.ts'
import {
  type Actor,
  ALICE,
  BOB,
  CAROL,
  GUARDIAN,
  OPERATOR,
  OWNER,
  PEOPLE,
  RELAYER,
  ROOT,
} from '../../contracts/near/test/actors.ts'
import {
  CHAIN_ID,
  type Chain,
  jsonOf,
  keccak,
  openChain,
  type Receipt,
  ViewFailed,
} from '../../contracts/near/test/chain.ts'
import { deployerOf } from '../../contracts/near/test/transactions.ts'
import {
  type Args,
  type Driver,
  type DriverOptions,
  type Happened,
  hexOfJobId,
  type Operation,
  type Person,
  Refused,
  type Served,
  type Timelock,
} from './driver.ts'

const actors: Readonly<Record<Person, Actor>> = {
  owner: OWNER,
  alice: ALICE,
  bob: BOB,
  carol: CAROL,
  relayer: RELAYER,
  operator: OPERATOR,
  guardian: GUARDIAN,
}

/** What the agent registry has; all other methods are Parley's. */
const agentMethods = [
  'register',
  'setAgentURI',
  'setMetadata',
  'ownerOf',
  'tokenURI',
  'getMetadata',
  'getAgentWallet',
  'isAuthorizedOrOwner',
  'setAgentWallet',
  'unsetAgentWallet',
  'giveFeedback',
  'revokeFeedback',
  'appendResponse',
  'getSummary',
  'getBackedSummary',
  'readFeedback',
  'readAllFeedback',
  'getResponseCount',
  'getClients',
  'getLastIndex',
  'validationRequest',
  'requestValidation',
  'validationResponse',
  'getValidationStatus',
  'getValidationSummary',
  'getAgentValidations',
  'getValidatorRequests',
]

/** NEAR's contracts on the sandbox in this process. */
export async function openNear(options: DriverOptions = {}): Promise<Driver> {
  const chain = await openChain(options)
  const accounts = Object.fromEntries(Object.entries(actors).map(([who, { accountId }]) => [who, accountId]))
  const contractOf = (method: string) => (agentMethods.includes(method) ? chain.agents : chain.parley)

  async function send(who: Person, method: string, args: Args): Promise<readonly Happened[]> {
    const deposit = oneYoctoMethods.includes(toSnakeCase(method)) ? 1n : 0n
    return happenedIn(chain.attempt(actors[who], contractOf(method), toSnakeCase(method), toJson(args), { deposit }))
  }

  return {
    kind: 'near',
    accounts: accounts as Record<Person, string>,
    evaluator: chain.parley,
    evaluators: {
      quorum: chain.parley,
      milestones: chain.parley,
      arbitrated: chain.parley,
    },
    crowd: chain.parley,
    escrow: chain.parley,
    ledger: chain.parley,
    guardrails: chain.parley,
    dollar: chain.dollar,
    messages: nearMessages,
    domains: { reports: chain.domain, results: chain.domain, jobs: chain.domain },
    elsewhere: () => ({
      chain: nearDomain('mainnet', chain.parley, keccak),
      contract: nearDomain(CHAIN_ID, chain.agents, keccak),
    }),
    send,
    async read(method, args) {
      // Solidity has two functions of the name; on NEAR one contract has both registries.
      const name = method === 'getSummary' && 'validatorAddresses' in args ? 'getValidationSummary' : method
      const answer = await refusing(chain.view(contractOf(name), toSnakeCase(name), toJson(args)))
      return method === 'nextJobId' ? BigInt(answer as string) : fromJson(answer)
    },
    async fund(who, jobId, expectedBudget) {
      if (expectedBudget === 0n) return send(who, 'fund', { jobId, expectedBudget })
      const job = await chain.view<{ token: string | null } | null>(chain.parley, 'get_job', toJson({ jobId }))
      const purpose = { fund: toJson({ jobId, expectedBudget }) as object }
      const call = chain.transferCall(actors[who], job?.token ?? chain.dollar, expectedBudget, purpose)
      return happenedIn(chain.attempt(...call))
    },
    async hire(who, { client, token, budget, isInLedger, ...hiring }) {
      if (isInLedger) return send(who, 'hire', { hiring: { client, token, budget, ...hiring } })
      if (client !== accounts[who]) throw new Refused(`ClientOnly: ${accounts[who]}`)
      const purpose = { hire: toJson(hiring) as object }
      return happenedIn(chain.attempt(...chain.transferCall(actors[who], token, budget, purpose)))
    },
    spendHire: (who, { isInLedger: _, ...hiring }) => send(who, 'spendHire', { account: hiring.client, hiring }),
    hashHiring: ({ isInLedger: _, ...hiring }) => chain.view(chain.parley, 'hash_hiring', toJson({ hiring })),
    async transferAgent(who, agentId, to) {
      const args = { receiver_id: to, token_id: agentId }
      return happenedIn(chain.attempt(actors[who], chain.agents, 'nft_transfer', args, { deposit: 1n }))
    },
    async deposit(who, token, amount, receiver) {
      const purpose = receiver === undefined ? '' : { deposit: { receiver_id: receiver } }
      return happenedIn(chain.attempt(...chain.transferCall(actors[who], token, amount, purpose)))
    },
    async withdraw(who, token, amount, receiver = accounts[who] ?? '') {
      const receipt = chain.attempt(actors[who], chain.parley, 'withdraw', { token, amount, receiver }, { deposit: 1n })
      // The call itself has succeeded: the answer says that the token took nothing.
      if (receipt.value === '0') throw new Refused(`WithdrawalFailed: ${token} ${receiver} ${amount}`)
      if (receipt.failure !== undefined) throw new Refused(receipt.failure)
      return receipt.events
    },
    async ledgerTransfer(who, receiver_id, token, amount, from) {
      const approval = from === undefined ? null : [from, 0]
      const args = { receiver_id, token_id: `nep141:${token}`, amount, approval }
      return happenedIn(chain.attempt(actors[who], chain.parley, 'mt_transfer', args, { deposit: 1n }))
    },
    async ledgerBalanceOf(token, account) {
      const args = { account_id: account, token_id: `nep141:${token}` }
      return BigInt(await chain.view<string>(chain.parley, 'mt_balance_of', args))
    },
    async setWallet(who, agentId, wallet, deadline) {
      const asked = await send(who, 'setAgentWallet', { agentId, newWallet: accounts[wallet], deadline })
      if (wallet === who) return asked
      return happenedIn(chain.attempt(actors[wallet], chain.agents, 'accept_agent_wallet', { agent_id: agentId }))
    },
    async approveAgent(who, agentId, spender) {
      const args = { token_id: agentId, account_id: accounts[spender] }
      happenedIn(chain.attempt(actors[who], chain.agents, 'nft_approve', args, { deposit: 1n }))
    },
    async give(token, who, amount) {
      const args = { receiver_id: accounts[who], amount }
      await chain.send(OWNER, token, 'ft_transfer', args, { deposit: 1n })
    },
    balanceOf: async (token, account) =>
      BigInt(await chain.view<string>(token, 'ft_balance_of', { account_id: account })),
    async addToken() {
      const holders = [chain.parley, ...PEOPLE.map(({ accountId }) => accountId)]
      const options = { owner: OWNER.accountId, supply: 10n ** 15n, holders }
      const token = await deployDemoDollar(deployerOf(chain.node, OWNER), options)
      await chain.send(OWNER, chain.parley, 'set_token', { token, is_trusted: true })
      return token
    },
    async refuse(token, isRefusing) {
      const code = await readFile(new URL('../../contracts/near/generated/token.wasm', import.meta.url))
      chain.node.patchState([{ kind: 'Contract', accountId: token, code: isRefusing ? withoutPayout(code) : code }])
    },
    // Numbers of more than 128 bits are job ids.
    detail: (value) => (typeof value === 'bigint' && value >> 128n !== 0n ? hexOfJobId(value) : String(value)),
    timelock: timelockOf(chain, contractOf),
    serve: () => serve(chain),
    now: chain.now,
    warp: async (seconds) => chain.warp(seconds),
    snapshot: async () => {
      const restore = chain.snapshot()
      return async () => restore()
    },
  }
}

function timelockOf(chain: Chain, contractOf: (method: string) => string): Timelock {
  const timelock = chain.owner
  const jsonOfOperation = ({ method, args, predecessor = NO_OPERATION, salt = NO_OPERATION }: Operation) => ({
    target: timelockMethods.includes(method) ? timelock : contractOf(method),
    method: toSnakeCase(method),
    args: jsonOf(toJson(args)),
    deposit: '0',
    predecessor,
    salt,
  })
  const idOf = (operation: Operation) => chain.view<Hex>(timelock, 'hash_operation', jsonOfOperation(operation))
  return {
    account: timelock,
    async schedule(who, operation, delay) {
      const args = { ...jsonOfOperation(operation), delay }
      const { value, failure } = chain.attempt(actors[who], timelock, 'schedule', args)
      if (failure !== undefined) throw new Refused(failure)
      return value as Hex
    },
    execute: async (who, operation) =>
      happenedIn(chain.attempt(actors[who], timelock, 'execute', { id: await idOf(operation) })),
    cancel: async (who, id) => void happenedIn(chain.attempt(actors[who], timelock, 'cancel', { id })),
    stateOf: async (id) => BigInt(await chain.view<number>(timelock, 'get_operation_state', { id })),
    roleOf: (name) => name,
  }
}

const NO_OPERATION: Hex = `0x${'00'.repeat(32)}`

/** What the timelock has for itself. */
const timelockMethods = ['updateDelay', 'grantRole', 'revokeRole']

/** Names in snake_case, job ids in hexadecimal, no account as null, which an enclave's is none of; numbers become text where JSON is written. */
function toJson(value: unknown, name = ''): unknown {
  if (name === 'jobId') return hexOfJobId(value as bigint)
  if (value === NOBODY && name !== 'enclave') return null
  if (Array.isArray(value)) return value.map((item) => toJson(item))
  if (typeof value === 'number') return String(value)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([field, item]) => [toSnakeCase(field), toJson(item, field)]))
}

function fromJson(value: unknown): unknown {
  if (value === null || value === undefined) return NOBODY
  if (typeof value === 'number' || (typeof value === 'string' && /^-?[0-9]+$/.test(value))) return BigInt(value)
  if (Array.isArray(value)) return value.map(fromJson)
  if (typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [toCamelCase(name), fromJson(field)]))
}

function toCamelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

/** A token that refuses to pay out fails in a receipt of its own: what was called has happened, and says that the payment is owed. */
function happenedIn({ events, failure }: Receipt): readonly Happened[] {
  const isOwed = events.some(({ name }) => name === 'PaymentOwed')
  if (failure !== undefined && !isOwed) throw new Refused(failure)
  return events
}

/** The token without the function that pays out: its name in the code is another. */
function withoutPayout(code: Uint8Array): Uint8Array {
  const refusing = Buffer.from(code)
  const at = refusing.indexOf('\u000bft_transfer\u0000')
  refusing.write('xx', at + 1)
  return refusing
}

async function refusing<Answer>(asking: Promise<Answer>): Promise<Answer> {
  try {
    return await asking
  } catch (error) {
    if (error instanceof ViewFailed) throw new Refused(error.message)
    throw error
  }
}

async function serve({ node, agents, parley, fromBlock }: Chain): Promise<Served> {
  const validator = { accountId: ROOT.accountId, publicKey: ROOT.secretKey.publicKey }
  const { address, stop } = await serveNode(node, { validator })
  const deployment = { chainId: CHAIN_ID, fromBlock, agents, parley }
  const head = async () => ({ hash: formatHash(node.latestBlock().hash) })
  return { url: `http://${address}`, deployment, head, stop }
}
