/** What a pause stops, method by method, and that it stops no exit. A new method belongs to one of the two lists. */
import { toSnakeCase } from '@parley/protocol'
import type { Abi, AbiFunction, AbiParameter } from 'viem'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ALICE, addressOf, type Contract, GUARDIAN, openChain, Reverted } from '../../contracts/evm/test/chain.ts'
import { readNearNames } from '../../contracts/near/test/source-names.ts'
import * as arbitrated from './arbitration-scenario.ts'
import { CHAINS } from './chains.ts'
import type { Driver } from './driver.ts'
import { expectRefusal } from './expect-refusal.ts'
import {
  acceptance,
  BODY_HASH,
  BUDGET,
  createFundedJob,
  createJob,
  createSubmittedJob,
  DAY,
  jobOf,
  registerAgent,
  registerEnclave,
  setBudget,
  WORKLOAD,
} from './scenario.ts'

/** Puts more at stake than there was. */
const newRisk = [
  'createJob',
  'hire',
  'fund',
  'fundFromLedger',
  'registerEnclave',
  'spendHire',
  'spendTransfer',
  'spendWithdraw',
]

/** The same on NEAR only: how a token brings money, and what goes on when the agent registry has answered. */
const newRiskOnNear = ['ft_on_transfer', 'on_create_job', 'on_hire', 'await_job']

/** Goes on. What judges, pays out, returns, or protects what is at stake already; and one's own affairs. */
const unaffected = [
  // Jobs: what they are about, and how they end
  ...['setProvider', 'setPayee', 'setEvaluationPeriod', 'setBudget', 'usePermit', 'submit', 'complete', 'release'],
  ...['redo', 'reject', 'claimRefund', 'claimPayment', 'collectFees', 'multicall', 'onHire'],
  // Evaluators
  ...['setTerms', 'acceptResult', 'setQuorumTerms', 'castVote', 'setMilestoneTerms', 'approveMilestone'],
  ...['rejectMilestone', 'setArbitrationTerms', 'lockStake', 'acceptWork', 'openDispute', 'rule', 'settleReview'],
  ...['releaseBondAndStake', 'setPayees', 'claimPayout', 'pushPayouts', 'claimRemainder'],
  // The ledger, and keys that spend from it
  ...[
    'deposit',
    'withdraw',
    'transfer',
    'transferFrom',
    'transferBatch',
    'approve',
    'setOperator',
    'setPolicy',
    'setSpendLimit',
  ],
  ...['setCounterparty', 'revokePolicy', 'confirmSpend'],
  // Enclaves
  ...['issueChallenge', 'revokeEnclave'],
  // Agents
  ...['register', 'setAgentURI', 'setMetadata', 'setAgentWallet', 'unsetAgentWallet', 'safeTransferFrom'],
  ...['setApprovalForAll', 'giveFeedback', 'revokeFeedback', 'appendResponse', 'validationRequest'],
  ...['requestValidation', 'validationResponse', 'giveBackedFeedback'],
  // Governing
  ...['pause', 'unpause', 'setGuardian', 'setWorkload', 'setPlatformFee', 'setHookWhitelist', 'transferOwnership'],
  ...['acceptOwnership', 'renounceOwnership', 'upgradeToAndCall', 'setTokenPrice', 'setWeightCap'],
]

const unaffectedOnNear = [
  ...['init', 'set_token', 'choose_token', 'approve_upgrade', 'upgrade', 'accept_agent_wallet', 'keep_backed_feedback'],
  ...['storage_deposit', 'storage_withdraw', 'storage_unregister'],
  ...['mt_transfer', 'mt_batch_transfer', 'mt_transfer_call', 'mt_batch_transfer_call', 'mt_resolve_transfer'],
  ...['nft_transfer', 'nft_transfer_call', 'nft_resolve_transfer', 'nft_approve', 'nft_revoke', 'nft_revoke_all'],
  ...['schedule', 'execute', 'cancel', 'on_execute', 'update_delay', 'grant_role', 'revoke_role'],
  ...[
    'on_set_provider',
    'on_submit',
    'on_payout',
    'on_collect_fees',
    'on_withdraw',
    'on_upgrade',
    'on_backed_feedback',
    'on_awaited',
  ],
]

describe('a pause stops what takes new risk, and nothing else', () => {
  it('on EVM, function by function', async () => {
    const chain = await openChain()
    const contracts = (Object.values(chain) as readonly unknown[])
      .filter(isContract)
      .filter(({ address }) => address !== chain.dollar.address)
    const calls = contracts
      .filter(({ address }) => address !== chain.forwarder.address)
      .flatMap((contract) => functionsOf(contract.abi).map((item) => ({ contract, item })))
    for (const { contract, item } of calls.filter(({ item }) => item.name === 'pause'))
      await chain.send(GUARDIAN, contract, item.name as never, [] as never)

    const stopped = new Set<string>()
    for (const { contract, item } of calls) {
      if (item.name === 'pause') continue
      const call = chain.send(ALICE, contract as Contract<Abi>, item.name, item.inputs.map(plausible))
      if (await isRefusedAsPaused(call)) stopped.add(item.name)
    }

    expect([...stopped].sort()).toEqual([...newRisk].sort())
    const known = [...newRisk, ...unaffected]
    expect([...new Set(calls.map(({ item }) => item.name))].filter((name) => !known.includes(name))).toEqual([])
  })

  it('on NEAR, method by method', async () => {
    const { calls, paused } = await readNearNames()

    expect([...paused].sort()).toEqual([...newRisk.map(toSnakeCase), ...newRiskOnNear].sort())
    const known = [...[...newRisk, ...unaffected].map(toSnakeCase), ...newRiskOnNear, ...unaffectedOnNear]
    expect([...calls].filter((name) => !known.includes(name))).toEqual([])
  })
})

describe.each(CHAINS)('while %s is paused', (_, open) => {
  let chain: Driver
  let restore: () => Promise<void>

  beforeAll(async () => {
    chain = await open()
    await registerAgent(chain)
    await registerEnclave(chain)
    await chain.give(chain.dollar, 'alice', 10n * BUDGET)
    restore = await chain.snapshot()
  })

  beforeEach(() => restore())

  const pause = () => chain.send('guardian', 'pause', {})
  const statusOf = async (jobId: bigint) => (await jobOf(chain, jobId)).status
  const [COMPLETED, REJECTED, EXPIRED] = [3n, 4n, 5n]

  it('no job is created or funded', async () => {
    const jobId = await createJob(chain)
    await setBudget(chain, jobId)
    await pause()

    await expectRefusal(chain, createJob(chain), 'Paused')
    await expectRefusal(chain, chain.fund('alice', jobId, BUDGET), 'Paused')
  })

  it('a job is submitted, completed and paid', async () => {
    const jobId = await createFundedJob(chain, { evaluator: chain.accounts.carol })
    const before = await chain.balanceOf(chain.dollar, chain.accounts.bob)
    await pause()

    await chain.send('bob', 'submit', { jobId, deliverable: BODY_HASH })
    await chain.send('carol', 'complete', { jobId, reason: BODY_HASH })

    expect(await statusOf(jobId)).toBe(COMPLETED)
    expect(await chain.balanceOf(chain.dollar, chain.accounts.bob)).toBe(before + BUDGET)
  })

  it('a job is rejected and refunded', async () => {
    const jobId = await createSubmittedJob(chain, { evaluator: chain.accounts.carol })
    const before = await chain.balanceOf(chain.dollar, chain.accounts.alice)
    await pause()

    await chain.send('carol', 'reject', { jobId, reason: BODY_HASH })

    expect(await statusOf(jobId)).toBe(REJECTED)
    expect(await chain.balanceOf(chain.dollar, chain.accounts.alice)).toBe(before + BUDGET)
  })

  it('a job that has expired is refunded', async () => {
    const jobId = await createFundedJob(chain)
    const before = await chain.balanceOf(chain.dollar, chain.accounts.alice)
    await pause()
    await chain.warp(DAY)

    await chain.send('relayer', 'claimRefund', { jobId })

    expect(await statusOf(jobId)).toBe(EXPIRED)
    expect(await chain.balanceOf(chain.dollar, chain.accounts.alice)).toBe(before + BUDGET)
  })

  it('a client brings a bond and disputes, and a provider brings its stake', async () => {
    const jobId = await arbitrated.createFundedJob(chain)
    await chain.give(chain.dollar, 'bob', arbitrated.STAKE)
    for (const who of ['alice', 'bob'] as const)
      await chain.send(who, 'setOperator', { spender: chain.evaluators.arbitrated, approved: true })
    await pause()

    await chain.deposit('bob', chain.dollar, arbitrated.STAKE)
    await arbitrated.lockStake(chain, jobId, 'bob')
    await arbitrated.submit(chain, jobId)
    await chain.deposit('alice', chain.dollar, arbitrated.BOND)
    await arbitrated.openDispute(chain, jobId)
    await arbitrated.rule(chain, jobId, arbitrated.REFUND)

    expect(await statusOf(jobId)).toBe(REJECTED)
    const won = arbitrated.BOND + arbitrated.STAKE
    expect(await chain.ledgerBalanceOf(chain.dollar, chain.accounts.alice)).toBe(won)
  })

  it('an enclave’s result is accepted', async () => {
    const jobId = await createJob(chain)
    await setBudget(chain, jobId)
    const terms = { bodyHash: BODY_HASH, workload: WORKLOAD, observability: 0n }
    await chain.send('alice', 'setTerms', { jobId, ...terms })
    await chain.fund('alice', jobId, BUDGET)
    await pause()

    await chain.send('bob', 'submit', { jobId, deliverable: BODY_HASH })
    await chain.send('relayer', 'acceptResult', { ...(await acceptance(chain, jobId)) })

    expect(await statusOf(jobId)).toBe(COMPLETED)
  })
})

function isContract(value: unknown): value is Contract {
  return typeof value === 'object' && value !== null && 'abi' in value && 'address' in value
}

function functionsOf(abi: Abi): readonly AbiFunction[] {
  return abi.filter((item) => item.type === 'function').filter(({ stateMutability }) => isCall(stateMutability))
}

function isCall(mutability: AbiFunction['stateMutability']): boolean {
  return mutability === 'nonpayable' || mutability === 'payable'
}

/** A value that the compiler's decoder takes. */
function plausible(parameter: AbiParameter): unknown {
  const { type } = parameter
  if (type.endsWith(']')) return []
  if ('components' in parameter)
    return Object.fromEntries(parameter.components.map((part) => [part.name, plausible(part)]))
  if (/^u?int/.test(type)) return 1n
  if (type === 'address') return addressOf(ALICE)
  if (type === 'bool') return true
  if (type === 'string') return ''
  return type === 'bytes' ? '0x' : `0x${'00'.repeat(Number(type.slice('bytes'.length)))}`
}

async function isRefusedAsPaused(call: Promise<unknown>): Promise<boolean> {
  try {
    await call
    return false
  } catch (error) {
    if (!(error instanceof Reverted)) throw error
    return error.message.startsWith('Paused')
  }
}
