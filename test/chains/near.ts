import { type ErrorName, toSnakeCase } from '@parley/protocol'
import {
  type Action,
  actionCodec,
  decode,
  type Node,
  parseHash,
  parseSecretKey,
  signTransaction,
  type TransactionStatus,
} from '@parley/sandbox'
import type { NearParty, SignedRequest, WorkResult } from '@parley/sdk'
import type { NearDevnet } from '../../scripts/system/near-devnet.ts'
import type { Running } from '../running.ts'
import type { TestChain } from './chain.ts'

export function nearChain({ near }: Running): TestChain {
  const { node, deployment, token } = near
  let relayed = 0
  node.onBlock(({ chunk }) => {
    relayed += chunk.transactions.filter(({ transaction }) => transaction.signerId === near.relayer.accountId).length
  })
  return {
    ...near,
    gasMoneyOf: async (account) => latest(node).viewAccount(account)?.amount ?? 0n,
    passTime: async (seconds) => node.fastForward(seconds),
    countRelayed: async () => relayed,
    blockOf: async (transaction) => {
      const { receiptOutcomes = [] } = node.transactionStatus(parseHash(transaction)) ?? {}
      // What follows are refunds of gas, which nobody is told of.
      return receiptOutcomes.findLast(({ logs }) => logs.length > 0)?.blockHeight ?? 0n
    },
    refusalOf: async (body) => refusalOf(near, body),
    sendDirectly: async (signed) => void send(near, ...delegated(signed)),
    signUnsponsored: async (party) => {
      const { signCalls } = party as NearParty
      const call = { method: 'storage_withdraw', args: {}, gas: 10n ** 13n, deposit: 1n }
      return {
        elsewhere: await signCalls({ receiverId: token, calls: [call] }),
        unlisted: await signCalls({ receiverId: deployment.agents, calls: [call] }),
      }
    },
  }
}

/** Sends it and takes it back, all within one turn of the node: nobody else sees the blocks. */
function refusalOf(near: NearDevnet, body: SignedRequest | WorkResult): string | undefined {
  const before = near.node.snapshot()
  const status = send(near, ...('delegate' in body ? delegated(body) : accepting(near, body as WorkResult)))
  near.node.revert(before)
  return firstRefusal(status)
}

/** A stranger's transaction, to its end: the root's, which has nothing to do with anybody's job. */
function send({ node, root }: NearDevnet, receiverId: string, action: Action): TransactionStatus {
  const secretKey = parseSecretKey(root.secretKey)
  const { publicKey } = secretKey
  const { nonce = 0n } = latest(node).viewAccessKey(root.accountId, publicKey) ?? {}
  const signed = signTransaction(
    {
      version: 0,
      signerId: root.accountId,
      publicKey,
      nonce: { kind: 'Nonce', nonce: nonce + 1n },
      receiverId,
      blockHash: node.latestBlock().hash,
      actions: [action],
      nonceMode: 'Monotonic',
    },
    secretKey,
  )
  node.sendTransaction(signed)
  const status = node.transactionStatus(signed.hash)
  if (!status) throw new Error('the node did not take the transaction')
  return status
}

/** The tag of a delegate action among actions (nearcore's core/primitives/src/action/mod.rs). */
const DELEGATE = 8

function delegated({ delegate }: SignedRequest): [receiverId: string, action: Action] {
  const action = decode(actionCodec, Buffer.concat([Buffer.of(DELEGATE), Buffer.from(String(delegate), 'base64')]))
  if (action.kind !== 'Delegate') throw new Error('the body holds no delegate action')
  return [action.delegateAction.senderId, action]
}

function accepting(near: NearDevnet, { jobId, result, enclave, signature, response }: WorkResult): [string, Action] {
  const named = Object.fromEntries(Object.entries(result).map(([name, value]) => [toSnakeCase(name), value]))
  const args = Buffer.from(JSON.stringify({ job_id: jobId, result: named, enclave, signature, response }))
  const call = { kind: 'FunctionCall', methodName: 'accept_result', args, gas: 10n ** 14n, deposit: 0n } as const
  return [near.deployment.parley, call]
}

/** What nearcore calls the refusals that it makes before a contract is asked. */
const protocolRefusals: Readonly<Record<string, ErrorName>> = {
  DelegateActionInvalidSignature: 'SignatureInvalid',
  DelegateActionInvalidNonce: 'RequestReplayed',
  DelegateActionExpired: 'RequestExpired',
}

/** The name of the first failure, as contracts put it in front of their panics. */
function firstRefusal({ receiptOutcomes }: TransactionStatus): string | undefined {
  for (const { status } of receiptOutcomes) {
    if (status.kind !== 'Failure') continue
    const words = JSON.stringify(status.error)
    const [, panic] = /Smart contract panicked: ([A-Za-z]+)/.exec(words) ?? []
    return panic ?? Object.entries(protocolRefusals).find(([name]) => words.includes(name))?.[1] ?? words
  }
  return undefined
}

function latest(node: Node) {
  const query = node.query({ kind: 'latest' })
  if (!query) throw new Error('a node has a latest block')
  return query
}
