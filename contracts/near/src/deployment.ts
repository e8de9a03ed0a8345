import { readFile } from 'node:fs/promises'
import type { Hex } from '@parley/protocol'
import { Account, Connection, KeyPair, keyStores, transactions } from 'near-api-js'
import type { Deployment } from './deployment-file.ts'

export interface DeploymentOptions {
  /** Who sets policies and upgrades: a timelock, wherever others trust the contracts. */
  readonly owner: string
  /** Who may stop new risk and take back at once what the owner allowed. Without one, only the owner. */
  readonly guardian?: string
  /** Addresses of those whose signed reports register an enclave. */
  readonly verifiers: readonly Hex[]
  /** How many of them it takes. */
  readonly quorum: number
  /** Seconds after which an enclave must have been attested anew. */
  readonly maxAge: bigint
  /** Tokens by which clients may hire with one transfer. Without them, the demo's. */
  readonly tokens?: readonly string[]
}

export interface TimelockOptions {
  /** Seconds between scheduling and executing, at least. */
  readonly delay: bigint
  /** Who may schedule and cancel. */
  readonly proposers: readonly string[]
  /** Who may execute what is due. Without them, anybody. */
  readonly executors?: readonly string[]
}

/** Sends transactions of one account and throws when one fails; the contracts become sub-accounts of it. near-api-js's Account is one. */
export interface Deployer {
  readonly accountId: string
  signAndSendTransaction(transaction: { receiverId: string; actions: transactions.Action[] }): Promise<unknown>
}

/** The demo token's name below its deployer. */
const DOLLAR = 'dollar'

const NEAR = 10n ** 24n
const TERA = 10n ** 12n

/** Pays for the state that a contract's code is: a NEAR for 100 kB. */
const CONTRACT_BALANCE = 20n * NEAR

/** Deploys the contracts and answers where they are. */
export async function deploy(deployer: Account, options: DeploymentOptions): Promise<Deployment> {
  const { chain_id: chainId, sync_info } = await deployer.connection.provider.status()
  return { chainId, fromBlock: sync_info.latest_block_height, ...(await deployContracts(deployer, options)) }
}

/** The same, for whoever knows the chain's name and block. */
export async function deployContracts(
  deployer: Deployer,
  { owner, guardian, verifiers, quorum, maxAge, tokens = [`${DOLLAR}.${deployer.accountId}`] }: DeploymentOptions,
): Promise<Pick<Deployment, 'agents' | 'parley'>> {
  const agents = await deployContract(deployer, 'agents', {
    init: { owner, parley: `parley.${deployer.accountId}` },
  })
  const init = {
    owner,
    guardian,
    agents,
    verifiers: verifiers.map((verifier) => verifier.toLowerCase()).sort(),
    quorum: String(quorum),
    max_age: String(maxAge),
    tokens,
  }
  const parley = await deployContract(deployer, 'parley', { init })
  // Whoever allows a workload pays for the record of it.
  await depositStorage(deployer, parley, owner)
  return { agents, parley }
}

/** Deploys an owner for the contracts, which nobody administers but itself. It pays for its state: whoever sends it NEAR adds to that. */
export function deployTimelock(deployer: Deployer, { delay, proposers, executors }: TimelockOptions): Promise<string> {
  return deployContract(deployer, 'timelock', { init: { min_delay: String(delay), proposers, executors } })
}

/** Deploys the demo's token; `supply` (in atoms, six decimals) belongs to `owner`. `holders` are registered and may be paid in it. */
export async function deployDemoDollar(
  deployer: Deployer,
  { owner, supply, holders }: { readonly owner: string; readonly supply: bigint; readonly holders: readonly string[] },
): Promise<string> {
  const dollar = await deployContract(deployer, 'token', { name: DOLLAR, init: { owner, supply: String(supply) } })
  for (const holder of holders) await depositStorage(deployer, dollar, holder)
  return dollar
}

/** Pays for what `accountId` will take up in a contract's state (NEP-145): `amount` yoctoNEAR, from which a token returns what is too much. */
export async function depositStorage(
  payer: Deployer,
  contract: string,
  accountId: string,
  amount = NEAR / 10n,
): Promise<void> {
  const deposit = functionCall('storage_deposit', { account_id: accountId }, 10n * TERA, amount)
  await payer.signAndSendTransaction({ receiverId: contract, actions: [deposit] })
}

/** An account at the node that answers JSON-RPC at this URL. `key` is `ed25519:…`. */
export async function openAccount(url: string, accountId: string, key: string): Promise<Account> {
  // A label of near-api-js's: what is signed names no network.
  const networkId = 'parley'
  const keyStore = new keyStores.InMemoryKeyStore()
  await keyStore.setKey(networkId, accountId, KeyPair.fromString(key as `ed25519:${string}`))
  const provider = { type: 'JsonRpcProvider', args: { url } }
  const signer = { type: 'InMemorySigner', keyStore }
  return new Account(Connection.fromConfig({ networkId, provider, signer }), accountId)
}

/** One transaction makes the account, its code and its settings: nobody can come between. It gets no key, so nobody can change it. */
async function deployContract(
  deployer: Deployer,
  wasm: 'agents' | 'parley' | 'timelock' | 'token',
  { name = wasm, init }: { readonly name?: string; readonly init?: object },
): Promise<string> {
  const accountId = `${name}.${deployer.accountId}`
  const code = await readFile(new URL(`../generated/${wasm}.wasm`, import.meta.url))
  const actions = [
    transactions.createAccount(),
    transactions.transfer(CONTRACT_BALANCE),
    transactions.deployContract(code),
    ...(init ? [functionCall('init', init, 30n * TERA)] : []),
  ]
  await deployer.signAndSendTransaction({ receiverId: accountId, actions })
  return accountId
}

function functionCall(method: string, args: object, gas: bigint, deposit = 0n): transactions.Action {
  return transactions.functionCall(method, args, gas, deposit)
}
