/** What a relayer pays for on EVM, and what would make it pay for a stranger's code. */
import { userAbis } from '@parley/evm'
import type { Call, Hex } from '@parley/protocol'
import { type Abi, encodeFunctionData } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ALICE, BOB, CAROL, NOBODY, startChain, type TestChain } from '../../indexer/test/test-chain.ts'
import { type EvmNode, openNode } from '../src/evm/node.ts'
import { requireSponsored } from '../src/evm/sponsoring.ts'
import { PAYER } from './evm-ground.ts'

const HASH: Hex = `0x${'11'.repeat(32)}`
const STRANGER: Hex = `0x${'99'.repeat(20)}`

let devnet: TestChain
let node: EvmNode
let token: Hex

beforeAll(async () => {
  devnet = await startChain()
  node = await openNode(devnet.url, devnet.deployment, PAYER)
  token = devnet.contracts.token.address
})
afterAll(() => devnet.stop())

type ContractName = keyof typeof userAbis

function callOf(contract: ContractName, functionName: string, args: readonly unknown[]): Call {
  const data = encodeFunctionData({ abi: userAbis[contract] as Abi, functionName, args })
  return { to: devnet.deployment[contract], data }
}

function hiring(change: object = {}) {
  const { enclaveEvaluator: evaluator } = devnet.deployment
  const parties = { client: ALICE.address, provider: BOB.address, providerAgentId: 0n, evaluator, hook: NOBODY }
  const money = { token, budget: 5n, isInLedger: false }
  return { jobId: 0n, ...parties, expiredAt: 0n, description: '', ...money, terms: HASH, ...change }
}

const sponsored = (call: Call, tokens: readonly string[] = []) => requireSponsored(node, [call], tokens)

describe('is paid for', () => {
  test('what people call of every contract, by the money that it takes too', async () => {
    const calls = [
      callOf('jobEscrow', 'hire', [hiring()]),
      callOf('jobEscrow', 'usePermit', [token, 1n, 1n, 27, HASH, HASH]),
      callOf('ledger', 'usePermit', [token, 1n, 1n, 27, HASH, HASH]),
      callOf('ledger', 'deposit', [token, 1n, ALICE.address]),
      callOf('agentRegistry', 'transferFrom', [ALICE.address, BOB.address, 1n]),
      callOf('ledger', 'withdraw', [token, 1n, ALICE.address]),
      callOf('ledger', 'transfer', [BOB.address, BigInt(token), 1n]),
      callOf('ledger', 'approve', [devnet.deployment.jobEscrow, BigInt(token), 1n]),
      callOf('guardrails', 'spendHire', [ALICE.address, hiring({ isInLedger: true })]),
      callOf('quorumEvaluator', 'castVote', [1n, true, HASH]),
      callOf('milestoneEvaluator', 'approveMilestone', [1n, 0n]),
      callOf('arbitratedEvaluator', 'rule', [1n, 1, 0n, HASH]),
      callOf('crowdPayout', 'pushPayouts', [1n, [], [], []]),
      callOf('reputationRegistry', 'revokeFeedback', [1n, 1n]),
    ]

    for (const call of calls) await expect(sponsored(call, [token.toLowerCase()])).resolves.toBeUndefined()
  })

  test('a hiring with anybody as its evaluator, who is told nothing', async () => {
    const call = callOf('jobEscrow', 'hire', [hiring({ evaluator: CAROL.address, terms: '0x' })])

    await expect(sponsored(call)).resolves.toBeUndefined()
  })
})

describe('is not paid for', () => {
  test.each<[what: string, field: string, call: () => Call]>([
    [
      'a hiring that calls a stranger’s evaluator',
      'request.calls.0',
      () => callOf('jobEscrow', 'hire', [hiring({ evaluator: STRANGER })]),
    ],
    [
      'the same by a key',
      'request.calls.0',
      () => callOf('guardrails', 'spendHire', [ALICE.address, hiring({ evaluator: STRANGER })]),
    ],
    ['many calls in one', 'request.calls.0.data', () => callOf('jobEscrow', 'multicall', [['0x']])],
    [
      'what an escrow tells its evaluators',
      'request.calls.0.data',
      () => callOf('quorumEvaluator', 'onHire', [1n, '0x']),
    ],
    ['what an owner does', 'request.calls.0.data', () => callOf('jobEscrow', 'setHookWhitelist', [STRANGER, true])],
    ['a transfer to many', 'request.calls.0.data', () => callOf('ledger', 'transferBatch', [token, [], []])],
    [
      'what calls the agent’s receiver',
      'request.calls.0.data',
      () => callOf('agentRegistry', 'safeTransferFrom', [ALICE.address, STRANGER, 1n]),
    ],
    [
      'a token’s own call',
      'request.calls.0.to',
      () => ({ ...callOf('ledger', 'deposit', [token, 1n, STRANGER]), to: token }),
    ],
  ])('%s', async (_, field, call) => {
    await expect(sponsored(call())).rejects.toMatchObject({ code: 'MethodNotSponsored', field })
  })

  test('bytes that are no call', async () => {
    const call: Call = { to: devnet.deployment.ledger, data: '0x12345678' }

    await expect(sponsored(call)).rejects.toMatchObject({ code: 'InputInvalid', field: 'request.calls.0.data' })
  })

  test('a token that is not sponsored, wherever it is named', async () => {
    const hire = callOf('jobEscrow', 'hire', [hiring()])
    const withOthers = [
      hire,
      callOf('guardrails', 'spendHire', [ALICE.address, hiring()]),
      callOf('ledger', 'deposit', [token, 1n, ALICE.address]),
      callOf('ledger', 'withdraw', [token, 1n, ALICE.address]),
      callOf('ledger', 'usePermit', [token, 1n, 1n, 27, HASH, HASH]),
      callOf('guardrails', 'spendWithdraw', [ALICE.address, token, 1n, ALICE.address]),
      callOf('jobEscrow', 'setBudget', [1n, token, 1n, '0x']),
    ]

    for (const call of withOthers)
      await expect(sponsored(call, [STRANGER])).rejects.toMatchObject({ code: 'MethodNotSponsored' })
  })

  test('a job that is paid in such a token, whoever moves its money', async () => {
    const jobId = BigInt(await devnet.read('jobs', 'nextJobId', [ALICE.address]))
    await devnet.send(BOB, 'agents', 'register', [])
    const now = BigInt((await devnet.head()).timestamp)
    const evaluator = devnet.deployment.quorumEvaluator
    const created = hiring({ expiredAt: now + 86_400n, evaluator, terms: '0x' })
    await devnet.send(ALICE, 'jobs', 'hire', [created])
    const moves = [
      callOf('jobEscrow', 'fund', [jobId, 5n, '0x']),
      callOf('jobEscrow', 'claimPayment', [jobId]),
      callOf('quorumEvaluator', 'castVote', [jobId, true, HASH]),
      callOf('arbitratedEvaluator', 'settleReview', [jobId]),
    ]

    for (const call of moves) {
      await expect(sponsored(call, [STRANGER])).rejects.toMatchObject({ code: 'MethodNotSponsored' })
      await sponsored(call, [token.toLowerCase()])
    }
  })
})
