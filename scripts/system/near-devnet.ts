import {
  type Deployer,
  type Deployment,
  deployContracts,
  deployDemoDollar,
  deployTimelock,
  depositStorage,
  openTimelock,
} from '@parley/near'
import type { Node } from '@parley/sandbox'
import { createNearParty, createNearReader, type NearParty, type NearReader, type Relayer } from '@parley/sdk'
import { KeyPair, transactions } from 'near-api-js'
import {
  type Devnet,
  type DevnetOptions,
  DOLLAR_PRICE,
  MAX_AGE_SECONDS,
  SUPPLY_ATOMS,
  TIMELOCK_SECONDS,
  WEIGHT_CAP,
} from './devnet.ts'
import { startNearNode } from './near-node.ts'
import { createNearSigner } from './near-signer.ts'
import { simulatedWorkload } from './workload.ts'

export interface NearDevnet extends Devnet {
  readonly kind: 'near'
  readonly node: Node
  readonly deployment: Deployment
  readonly reader: NearReader
  /** The account that pays the relayer's gas. Each key has its own nonces: one for each transaction that is under way at once. */
  readonly relayer: { readonly accountId: string; readonly secretKeys: readonly string[] }
  /** Has nearly all there is, and governs the contracts. */
  readonly root: { readonly accountId: string; readonly secretKey: string }
  readonly newParty: (role: 'agent' | 'client', relayer: Relayer) => Promise<NearParty>
}

const RELAYER_KEYS = 4

const NEAR = 10n ** 24n
const TERAGAS = 10n ** 12n

/** Pays for more state than a demo or a test takes up: 10 kB for each NEAR. */
const STORAGE_DEPOSIT = 10n * NEAR

/** A NEAR node in this process. Accounts are sub-accounts of its root, which pays for what their state takes up. */
export async function startNearDevnet(options: DevnetOptions<string>): Promise<NearDevnet> {
  const { chainId, verifiers, quorum } = options
  const { url, node, root, stop } = await startNearNode(options)
  const { accountId } = root
  const signer = createNearSigner(node, accountId, root.secretKey)
  const reader = createNearReader(url)

  const fromBlock = Number(node.latestBlock().height)
  const owner = await deployTimelock(signer, { delay: TIMELOCK_SECONDS, proposers: [accountId] })
  const policy = { owner, guardian: accountId, verifiers, quorum, maxAge: MAX_AGE_SECONDS }
  const { agents, parley } = await deployContracts(signer, policy)
  const token = await deployDemoDollar(signer, { owner: accountId, supply: SUPPLY_ATOMS, holders: [parley] })
  const timelock = openTimelock(signer, owner, reader.view)
  const policies = [
    ['set_workload', { workload: simulatedWorkload, is_allowed: true }],
    ['set_token_price', { token, price: String(DOLLAR_PRICE) }],
    ['set_weight_cap', { cap: String(WEIGHT_CAP) }],
  ] as const
  for (const [method, args] of policies)
    await timelock.execute(await timelock.schedule({ target: parley, method, args }))

  const relayer = { accountId: `relayer.${accountId}`, keys: Array.from({ length: RELAYER_KEYS }, newKey) }
  await createAccount(signer, relayer.accountId, relayer.keys, 1_000n * NEAR)
  await depositStorage(signer, parley, relayer.accountId, STORAGE_DEPOSIT)

  const deployment = { chainId, fromBlock, agents, parley }
  let parties = 0
  return {
    kind: 'near',
    chain: `near:${chainId}`,
    url,
    node,
    deployment,
    token,
    escrow: parley,
    reader,
    relayer: { accountId: relayer.accountId, secretKeys: relayer.keys.map(String) },
    root,
    newParty: async (role, through) => {
      const party = `${role}-${++parties}.${accountId}`
      const key = newKey()
      await createAccount(signer, party, [key], 0n)
      for (const contract of [agents, parley, token]) await depositStorage(signer, contract, party, STORAGE_DEPOSIT)
      return createNearParty({ accountId: party, secretKey: key.toString(), reader, deployment, relayer: through })
    },
    giveDollars: (to, amountAtoms) =>
      call(signer, token, 'ft_transfer', { receiver_id: to, amount: String(amountAtoms) }, 1n),
    dollarsOf: async (account) => BigInt(await reader.view<string>(token, 'ft_balance_of', { account_id: account })),
    stop,
  }
}

function newKey(): KeyPair {
  return KeyPair.fromRandom('ed25519')
}

async function createAccount(signer: Deployer, receiverId: string, keys: readonly KeyPair[], balance: bigint) {
  const withKeys = keys.map((key) => transactions.addKey(key.getPublicKey(), transactions.fullAccessKey()))
  const actions = [transactions.createAccount(), transactions.transfer(balance), ...withKeys]
  await signer.signAndSendTransaction({ receiverId, actions })
}

async function call(signer: Deployer, receiverId: string, method: string, args: object, deposit = 0n): Promise<void> {
  const actions = [transactions.functionCall(method, args, 30n * TERAGAS, deposit)]
  await signer.signAndSendTransaction({ receiverId, actions })
}
