/** The market's actors on a chain of either kind. */
import { createHash } from 'node:crypto'
import type { Database } from '@parley/database'
import { keccak } from '@parley/evm'
import {
  type Bid,
  type ChainKind,
  encodeNep413,
  type Hex,
  type MarketMessageName,
  type MarketValue,
  type Message,
  marketId,
  marketMessages,
  nearDomain,
  nep413Market,
  type SigningDomain,
  toJson,
  typedDataDomain,
  typedDataTypes,
  type WorkRequest,
} from '@parley/protocol'
import { KeyPair, transactions } from 'near-api-js'
import type { LocalAccount } from 'viem'
import { ALICE as ANNE, BOB as BEN, CAROL as CARLA } from '../../indexer/test/test-chain.ts'
import type { RpcProxy } from '../../test/rpc-proxy.ts'
import type { TestDispatcher } from './dispatcher.ts'
import { accountAt, createDispatcher, startGround } from './evm-ground.ts'
import {
  type Actor,
  ALICE,
  actionOf,
  BOB,
  createNearDispatcher,
  NEAR,
  STRANGER,
  send,
  startNearGround,
} from './near-ground.ts'

interface Proof {
  readonly signature: string
  readonly publicKey?: string
}

export interface Signer {
  readonly account: string
  /** Signs for this market, or as if for another domain. */
  readonly sign: <Name extends MarketMessageName>(
    name: Name,
    value: MarketValue<Name>,
    domain?: SigningDomain,
  ) => Promise<Proof>
}

export interface MarketGround {
  readonly kind: ChainKind
  readonly domain: SigningDomain
  /** Domains for which nothing that is signed counts here. */
  readonly otherDomains: readonly SigningDomain[]
  readonly client: Signer
  /** Each of the two has an agent. */
  readonly provider: Signer
  readonly rival: Signer
  readonly stranger: Signer
  readonly agentId: bigint
  readonly rivalAgentId: bigint
  readonly token: string
  readonly evaluator: string
  readonly proxy: RpcProxy
  readonly newDatabase: () => Promise<{ readonly db: Database }>
  readonly dispatcherOn: (db: Database) => Promise<TestDispatcher>
  readonly passTime: (seconds: number) => Promise<void>
  /** The provider lets the rival act for its agent. */
  readonly approveRival: () => Promise<unknown>
  readonly stop: () => Promise<void>
}

export async function startEvmMarket() {
  const ground = await startGround()
  const { devnet, proxy, newDatabase } = ground
  const { deployment } = devnet
  const domain = { chainId: deployment.chainId, verifyingContract: deployment.jobEscrow }
  for (const owner of [BEN, CARLA]) await devnet.send(owner, 'agents', 'register', ['ipfs://agent'])
  return {
    kind: 'evm' as const,
    devnet,
    domain,
    otherDomains: [
      { ...domain, chainId: 1 },
      { ...domain, verifyingContract: deployment.forwarder },
    ],
    client: evmSigner(ANNE, domain),
    provider: evmSigner(BEN, domain),
    rival: evmSigner(CARLA, domain),
    stranger: evmSigner(accountAt(18), domain),
    agentId: 0n,
    rivalAgentId: 1n,
    token: devnet.contracts.token.address,
    evaluator: deployment.enclaveEvaluator,
    proxy,
    newDatabase,
    dispatcherOn: (db: Database) => createDispatcher(ground, db, { url: proxy.url }),
    passTime: async (seconds: number) => {
      await devnet.request('evm_increaseTime', `0x${seconds.toString(16)}`)
      await devnet.mine()
    },
    approveRival: () => devnet.send(BEN, 'agents', 'setApprovalForAll', [CARLA.address, true]),
    stop: ground.stop,
  }
}

function evmSigner(account: LocalAccount, own: SigningDomain): Signer {
  return {
    account: account.address.toLowerCase(),
    sign: async (name, value, domain = own) => {
      const message: Message = marketMessages.evm[name]
      const typed = {
        domain: typedDataDomain(domain),
        types: typedDataTypes(message),
        primaryType: name,
        message: value,
      }
      const signature = await account.signTypedData(typed as never)
      return { signature }
    },
  }
}

export async function startNearMarket() {
  const ground = await startNearGround()
  const { deployment, dollar, node, proxy, newDatabase } = ground
  const domain = nearDomain(deployment.chainId, deployment.parley, keccak)
  send(ground, STRANGER, deployment.agents, [actionOf({ method: 'storage_deposit', deposit: NEAR })])
  for (const owner of [BOB, STRANGER]) send(ground, owner, deployment.agents, [actionOf({ method: 'register' })])
  const nobody = { account: ground.deployment.agents, key: KeyPair.fromRandom('ed25519') }
  return {
    kind: 'near' as const,
    ground,
    domain,
    otherDomains: [
      nearDomain('mainnet', deployment.parley, keccak),
      nearDomain(deployment.chainId, deployment.agents, keccak),
    ],
    client: nearSigner(ALICE, deployment.parley, domain),
    provider: nearSigner(BOB, deployment.parley, domain),
    rival: nearSigner(STRANGER, deployment.parley, domain),
    stranger: nearSigner(nobody, deployment.parley, domain),
    agentId: 0n,
    rivalAgentId: 1n,
    token: dollar,
    evaluator: deployment.parley,
    proxy,
    newDatabase,
    dispatcherOn: (db: Database) => createNearDispatcher(ground, db, { url: proxy.url }),
    passTime: async (seconds: number) => node.fastForward(seconds),
    approveRival: async () => {
      const args = { token_id: '0', account_id: STRANGER.account }
      send(ground, BOB, deployment.agents, [actionOf({ method: 'nft_approve', args, deposit: 10n ** 22n })])
    },
    /** Gives an account another key. */
    addKey: (actor: Actor, key: KeyPair, permission: transactions.AccessKey): Signer => {
      send(ground, actor, actor.account, [transactions.addKey(key.getPublicKey(), permission)])
      return nearSigner({ account: actor.account, key }, deployment.parley, domain)
    },
    stop: ground.stop,
  }
}

function nearSigner({ account, key }: Actor, contract: string, own: SigningDomain): Signer {
  return {
    account,
    sign: async (name, value, domain = own) => {
      const shown = nep413Market(name, value, marketId('near', domain, name, value, keccak), contract)
      const { signature } = key.sign(createHash('sha256').update(encodeNep413(shown)).digest())
      return { signature: Buffer.from(signature).toString('base64'), publicKey: key.getPublicKey().toString() }
    },
  }
}

/** A message as bodies have it. */
export function jsonOf<Name extends MarketMessageName>(kind: ChainKind, name: Name, value: MarketValue<Name>) {
  const message: Message = marketMessages[kind][name]
  return toJson(message, value as never)
}

let nonce = 0n

/** What the client asks for: each time another request. */
export function workRequest(ground: MarketGround, now: bigint, change: Partial<WorkRequest> = {}): WorkRequest {
  const { client, token, evaluator } = ground
  const text = 'Add up my invoices: <b>3</b> of them & “more”.'
  const asked = {
    client: client.account,
    text,
    token,
    budget: 1_000n,
    deadline: now + 86_400n,
    evaluator,
    evaluatorTerms: '',
  }
  return { ...asked, nonce: nonce++, ...change }
}

/** What the provider offers. */
export function bidOn(ground: MarketGround, requestId: Hex, now: bigint, change: Partial<Bid> = {}): Bid {
  const { provider, agentId } = ground
  const offered = { requestId, provider: provider.account, agentId, text: 'Gladly.', price: 900n }
  return { ...offered, deadline: now + 7_200n, validUntil: now + 3_600n, ...change }
}
