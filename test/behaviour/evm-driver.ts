import { createServer } from 'node:http'
import { json } from 'node:stream/consumers'
import {
  type EventName,
  type EvmDomain,
  events,
  type Hex,
  messages,
  NOBODY,
  type SigningDomain,
} from '@parley/protocol'
import { listen } from '@parley/service'
import { type Abi, encodeAbiParameters, keccak256, parseAbi, parseAbiParameters, stringToHex } from 'viem'
import { demoDollarAbi, enclaveRegistryAbi, timelockControllerAbi } from '../../contracts/evm/generated/contracts.ts'
import { deployHostile } from '../../contracts/evm/test/artifacts.ts'
import {
  type Actor,
  ALICE,
  addressOf,
  BOB,
  CAROL,
  type Chain,
  type Contract,
  encodeCall,
  GUARDIAN,
  OPERATOR,
  OWNER,
  openChain,
  RELAYER,
  Reverted,
} from '../../contracts/evm/test/chain.ts'
import { domainOf, signWallet } from '../../contracts/evm/test/signing.ts'
import {
  type Args,
  type Driver,
  type DriverOptions,
  type Happened,
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

const REFUSE = parseAbi(['function refuse(bool isRefusing)'])

/** Solidity's contracts on Hardhat's EVM in this process. */
export async function openEvm(options: DriverOptions = {}): Promise<Driver> {
  const chain = await openChain(options)
  const contracts: readonly Contract[] = [
    chain.agents,
    chain.reputation,
    chain.validation,
    chain.enclaves,
    chain.escrow,
    chain.evaluator,
    chain.ledger,
    chain.guardrails,
    chain.quorum,
    chain.milestones,
    chain.arbitrated,
    chain.crowd,
  ]
  const tokenAt = (address: string) => chain.contract(demoDollarAbi, address as Hex)
  const accounts = Object.fromEntries(Object.entries(actors).map(([who, actor]) => [who, addressOf(actor)]))

  async function send(who: Person, method: string, args: Args): Promise<readonly Happened[]> {
    if (method === 'pause' || method === 'unpause') return pauseAll(who, method)
    const { contract, parameters } = find(contracts, method, args)
    return happenedIn(chain.send(actors[who], contract, method as never, parameters as never))
  }

  /** What NEAR's one contract does at once: all contracts that have a pause, told as one. */
  async function pauseAll(who: Person, method: 'pause' | 'unpause'): Promise<readonly Happened[]> {
    const paused: (readonly Happened[])[] = []
    for (const { address } of contracts.filter(({ abi }) => abi.some((item) => 'name' in item && item.name === method)))
      paused.push(await happenedIn(chain.send(actors[who], { address, abi: enclaveRegistryAbi }, method, [])))
    return paused[0] ?? []
  }

  async function read(method: string, args: Args): Promise<unknown> {
    const { contract, parameters, outputs } = find(contracts, method, args)
    const answer = normal(await refusing(chain.read(contract, method as never, parameters as never)))
    // viem lists what a function with several names for its answer returns.
    return outputs.length > 1
      ? Object.fromEntries(outputs.map(({ name }, at) => [name, (answer as unknown[])[at]]))
      : answer
  }

  return {
    kind: 'evm',
    accounts: accounts as Record<Person, string>,
    evaluator: chain.evaluator.address,
    evaluators: {
      quorum: chain.quorum.address,
      milestones: chain.milestones.address,
      arbitrated: chain.arbitrated.address,
    },
    crowd: chain.crowd.address,
    escrow: chain.escrow.address,
    ledger: chain.ledger.address,
    guardrails: chain.guardrails.address,
    dollar: chain.dollar.address,
    messages,
    domains: {
      reports: domainOf(chain, chain.enclaves),
      results: domainOf(chain, chain.evaluator),
      jobs: domainOf(chain, chain.escrow),
    },
    elsewhere,
    send,
    read,
    fund: (who, jobId, expectedBudget) => send(who, 'fund', { jobId, expectedBudget }),
    hire: (who, hiring) => send(who, 'hire', { hiring: completed(hiring) }),
    spendHire: (who, hiring) => send(who, 'spendHire', { account: hiring.client, hiring: completed(hiring) }),
    hashHiring: (hiring) => read('hashHiring', { hiring: completed(hiring) }),
    transferAgent: (who, tokenId, to) => send(who, 'transferFrom', { from: accounts[who], to, tokenId }),
    deposit: (who, token, amount, receiver = accounts[who]) => send(who, 'deposit', { token, amount, receiver }),
    withdraw: (who, token, amount, receiver = accounts[who]) => send(who, 'withdraw', { token, amount, receiver }),
    ledgerTransfer(who, receiver, token, amount, sender) {
      const rest = { receiver, id: BigInt(token), amount }
      return sender === undefined ? send(who, 'transfer', rest) : send(who, 'transferFrom', { sender, ...rest })
    },
    ledgerBalanceOf: (token, account) => chain.read(chain.ledger, 'balanceOf', [account as Hex, BigInt(token)]),
    async setWallet(who, agentId, wallet, deadline) {
      const signature = await signWallet(chain, actors[wallet], agentId, deadline)
      return send(who, 'setAgentWallet', { agentId, newWallet: accounts[wallet], deadline, signature })
    },
    async approveAgent(who, agentId, spender) {
      await refusing(chain.send(actors[who], chain.agents, 'approve', [addressOf(actors[spender]), agentId]))
    },
    async give(token, who, amount) {
      const owner = actors[who]
      await chain.send(OWNER, tokenAt(token), 'transfer', [addressOf(owner), amount])
      for (const { address } of [chain.escrow, chain.ledger])
        await chain.send(owner, tokenAt(token), 'approve', [address, 2n ** 256n - 1n])
    },
    balanceOf: (token, account) => chain.read(tokenAt(token), 'balanceOf', [account as Hex]),
    addToken: async () => (await deployHostile(chain, 'StallingToken', [10n ** 15n])).address,
    async refuse(token, isRefusing) {
      await chain.send(OWNER, { abi: REFUSE, address: token as Hex }, 'refuse', [isRefusing])
    },
    detail: String,
    timelock: timelockOf(chain, contracts),
    serve: () => serve(chain),
    now: chain.now,
    async warp(seconds) {
      chain.warp(seconds)
      // A view sees the time of the last block.
      await chain.request('evm_setNextBlockTimestamp', `0x${chain.now().toString(16)}`)
      await chain.request('evm_mine')
    },
    snapshot: chain.snapshot,
  }
}

function timelockOf(chain: Chain, contracts: readonly Contract[]): Timelock {
  const timelock = chain.contract(timelockControllerAbi, chain.owner)
  const wordsOf = ({ method, args, predecessor = NO_OPERATION, salt = NO_OPERATION }: Operation) => {
    const { contract, parameters } = find([...contracts, timelock], method, args)
    const data = encodeCall(contract.abi, method, parameters)
    return [contract.address, 0n, data, predecessor, salt] as const
  }
  return {
    account: timelock.address,
    async schedule(who, operation, delay) {
      const words = wordsOf(operation)
      await refusing(chain.send(actors[who], timelock, 'schedule', [...words, delay]))
      return chain.read(timelock, 'hashOperation', words)
    },
    execute: (who, operation) =>
      happenedIn(chain.send(actors[who], timelock, 'execute' as never, wordsOf(operation) as never)),
    cancel: async (who, id) => void (await refusing(chain.send(actors[who], timelock, 'cancel', [id]))),
    stateOf: async (id) => BigInt(await chain.read(timelock, 'getOperationState', [id])),
    roleOf: (name) => keccak256(stringToHex(`${name.toUpperCase()}_ROLE`)),
  }
}

const NO_OPERATION: Hex = `0x${'00'.repeat(32)}`

/** The arguments of each evaluator's method for terms, but for the job's id. */
const TERMS = {
  enclave: ['bytes32 bodyHash', 'bytes32 workload', 'uint8 observability'],
  quorum: ['address[] members', 'uint256 threshold'],
  arbitration: [
    '(address arbiter, uint32 reviewSeconds, uint32 rulingSeconds, uint16 silenceShareBP, uint96 bond, uint96 stake) terms',
  ],
  milestones: ['(address judge, uint32 reviewSeconds, uint96[] amounts) terms'],
} as const

function completed({ terms, ...hiring }: Parameters<Driver['hire']>[1]): Args {
  return { jobId: 0n, hook: NOBODY, ...hiring, terms: encodeTerms(terms) }
}

function encodeTerms(terms: Readonly<Record<string, Args>> | undefined): Hex {
  const [[kind, fields] = []] = Object.entries(terms ?? {})
  if (kind === undefined || fields === undefined) return '0x'
  const parameters = parseAbiParameters((TERMS[kind as keyof typeof TERMS] as readonly string[]).join(', '))
  const values = parameters.map(({ name = '' }) => (name === 'terms' ? fields : fields[name]))
  return encodeAbiParameters(parameters, values as never)
}

/** The contract that has the function with these parameters, and the arguments in its order. */
function find(contracts: readonly Contract[], method: string, args: Args) {
  for (const contract of contracts) {
    for (const item of contract.abi) {
      if (item.type !== 'function' || item.name !== method) continue
      if (item.inputs.filter(({ name = '' }) => !FOR_HOOKS.includes(name)).length !== Object.keys(args).length) continue
      const parameters = item.inputs.map(({ name = '' }) => argumentOf(name, args))
      // With an overloaded name, viem finds the function by its arguments.
      return { contract: contract as Contract<Abi>, parameters, outputs: item.outputs }
    }
  }
  throw new Error(`no contract has ${method}(${Object.keys(args).join(', ')})`)
}

/** Bytes that ERC-8183 hands on to a job's hook; other bytes without a name are for nobody. */
const FOR_HOOKS = ['', 'optParams']

function argumentOf(name: string, args: Args): unknown {
  if (FOR_HOOKS.includes(name)) return '0x'
  return args[name] ?? args[aliases[name] ?? '']
}

/** ERC-721's word for what ERC-8004 calls an agent's id. */
const aliases: Readonly<Record<string, string>> = { tokenId: 'agentId' }

async function happenedIn(sending: Promise<{ readonly events: readonly Happened[] }>): Promise<readonly Happened[]> {
  const { events } = await refusing(sending)
  return events.filter(isParleys).map(({ name, args }) => ({ name, args: normal(args) as Happened['args'] }))
}

/** ERC-20's Transfer has its amount where ERC-721's has a token. */
function isParleys({ name, args }: Happened): boolean {
  return Object.hasOwn(events, name) && Object.keys(events[name as EventName]).every((field) => field in args)
}

async function refusing<Answer>(asking: Promise<Answer>): Promise<Answer> {
  try {
    return await asking
  } catch (error) {
    if (error instanceof Reverted) throw new Refused(withLowerAddresses(error.message))
    throw error
  }
}

/** viem says addresses with a checksum; ours are lower-case. */
function withLowerAddresses(text: string): string {
  return text.replace(/0x[0-9a-fA-F]{40}\b/g, (address) => address.toLowerCase())
}

/** viem answers small numbers as `number`. */
function normal(value: unknown): unknown {
  if (typeof value === 'number') return BigInt(value)
  if (Array.isArray(value)) return value.map(normal)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, normal(field)]))
}

function elsewhere(domain: SigningDomain) {
  const { chainId, verifyingContract } = domain as EvmDomain
  return {
    chain: { chainId: chainId + 1, verifyingContract },
    contract: { chainId, verifyingContract: NOBODY },
  }
}

async function serve({ request, deployment }: Chain): Promise<Served> {
  type Call = { readonly id: number; readonly method: string; readonly params?: readonly unknown[] }
  const answer = ({ id, method, params = [] }: Call) =>
    request(method, ...params).then(
      (result) => ({ jsonrpc: '2.0', id, result }),
      ({ message }: Error) => ({ jsonrpc: '2.0', id, error: { code: -32_000, message } }),
    )
  const server = createServer(async (incoming, outgoing) => {
    const asked = (await json(incoming)) as Call | readonly Call[]
    outgoing.end(
      JSON.stringify(Array.isArray(asked) ? await Promise.all(asked.map(answer)) : await answer(asked as Call)),
    )
  })
  const { url, close } = await listen(server, { port: 0, variable: 'PORT' })
  const head = () => request<{ readonly hash: string }>('eth_getBlockByNumber', 'latest', false)
  return { url, deployment, head, stop: close }
}
