/** What people do and are refused, by one text on both chains. */
import { readFile } from 'node:fs/promises'
import { keccak, userAbis } from '@parley/evm'
import type { ErrorName, Hex } from '@parley/protocol'
import * as protocol from '@parley/protocol'
import * as sdk from '@parley/sdk'
import { type EvmParty, eventArgument, type Hiring, type NearParty, type Party, Relayer } from '@parley/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chainKinds } from '../../test/chains/chain.ts'
import { type Running, startRunning } from '../../test/running.ts'

const [DELIVERABLE, REASON, ZERO] = ['2b', '3c', '00'].map((byte) => `0x${byte.repeat(32)}` as Hex) as [Hex, Hex, Hex]
const WEEK = 7n * 86_400n
const FORTUNE_ATOMS = 100_000_000n

let running: Running

beforeAll(async () => {
  running = await startRunning()
})
afterAll(() => running?.stop())

/** Four accounts without gas. */
async function castOf(kind: (typeof chainKinds)[number]) {
  const relayer = new Relayer({ url: running.relayer.url })
  const devnet = running[kind]
  const newParty = async (): Promise<Party> => {
    const party: EvmParty | NearParty = await devnet.newParty('client', relayer)
    await devnet.giveDollars(party.address, FORTUNE_ATOMS)
    return party
  }
  const [client, agent, judge, wallet] = [await newParty(), await newParty(), await newParty(), await newParty()]
  return { token: devnet.token, client, agent, judge, wallet }
}

describe.each(chainKinds)('on %s', { concurrent: true, timeout: 300_000 }, (kind) => {
  let forExamples: Awaited<ReturnType<typeof castOf>>
  let forRefusals: Awaited<ReturnType<typeof castOf>>

  beforeAll(async () => {
    forExamples = await castOf(kind)
    forRefusals = await castOf(kind)
  })

  test('the README’s examples are true: `// => value` is what a line answers', async ({ expect }) => {
    const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
    const examples = [...readme.matchAll(/```js\n([\s\S]*?)```/g)].map(([, code = '']) => code).join('\n')
    let answered = 0
    const expectAnswer = async (ask: () => Promise<unknown>, answer: unknown) => {
      expect(await ask(), String(ask)).toEqual(answer)
      answered++
    }
    const own = { ...forExamples, deliverable: DELIVERABLE, reason: REASON, ZERO, expectAnswer }
    const scope = { ...protocol, ...sdk, keccak, ...own }

    const code = examples.replace(/^(.*\S) \/\/ => (.*)$/gm, 'await expectAnswer(async () => ($1), $2)')
    // A block: examples may call what is theirs as they like.
    await new AsyncFunction(...Object.keys(scope), `{ ${code} }`)(...Object.values(scope))

    expect(answered).toBe([...examples.matchAll(/ \/\/ => /g)].length)
    expect(answered).toBeGreaterThan(15)
  })

  test('a refusal has one name', async ({ expect }) => {
    const { client, agent, judge, wallet, token } = forRefusals
    const agentId = BigInt(eventArgument(await agent.register(''), 'Registered', 'agentId'))
    await client.ledger.deposit({ token, amount: 50_000_000n })
    const expiredAt = (await client.now()) + WEEK
    const job = { agentId, provider: agent.address, expiredAt, description: '', token, amountAtoms: 1_000n } as const
    const hire = async (judged: Pick<Hiring, 'terms' | 'evaluator'>): Promise<Hex> => {
      const jobId = await client.nextJobId()
      await client.hire({ ...job, isInLedger: true, ...judged } as Hiring)
      return jobId
    }
    const quorum = { members: [judge.address, wallet.address], threshold: 2n }
    const milestones = { judge: judge.address, reviewSeconds: 3600n, amounts: [400n, 600n] }
    const windows = { reviewSeconds: 3600n, rulingSeconds: 3600n, silenceShareBP: 0n, bond: 0n, stake: 0n }
    const arbitration = { arbiter: judge.address, ...windows }
    const judged = await hire({ evaluator: judge.address })
    const [voted, staged] = [await hire({ terms: { quorum } }), await hire({ terms: { milestones } })]
    const ruled = await hire({ terms: { arbitration } })
    for (const jobId of [voted, staged, ruled]) await agent.submit(jobId, DELIVERABLE)
    await judge.quorum.castVote({ jobId: voted, isApproval: true, reason: REASON })

    const metadata = { agentId, metadataKey: 'language', metadataValue: '0x656e' } as const
    const words = { valueDecimals: 0n, tag1: '', tag2: '', endpoint: '', feedbackURI: '', feedbackHash: ZERO }
    const response = { requestHash: REASON, response: 1n, responseURI: '', responseHash: ZERO, tag: '' }
    const policy = { key: wallet.address, expiresAt: expiredAt, methods: 1n, isAnyCounterparty: true }
    const spending = { account: client.address, token, to: judge.address, amount: 1n }
    const payout = { index: 0n, account: judge.address, amount: 1n }
    const refused: readonly (readonly [ErrorName, () => Promise<unknown>])[] = [
      ['NotAuthorized', () => client.agents.setMetadata(metadata)],
      ['KeyReserved', () => agent.agents.setMetadata({ ...metadata, metadataKey: 'agentWallet' })],
      ['SelfFeedback', () => agent.feedback.giveFeedback({ agentId, value: 1n, ...words })],
      ['DecimalsTooMany', () => client.feedback.giveFeedback({ agentId, value: 1n, ...words, valueDecimals: 19n })],
      ['FeedbackIndexZero', () => client.feedback.revokeFeedback({ agentId, feedbackIndex: 0n })],
      ['FeedbackUnknown', () => client.feedback.revokeFeedback({ agentId, feedbackIndex: 1n })],
      [
        'FeedbackRightMissing',
        () => client.feedback.giveBackedFeedback({ jobId: judged, agentId, value: 1n, ...words }),
      ],
      ['ClientsMissing', () => client.read('getSummary', { agentId, clientAddresses: [], tag1: '', tag2: '' })],
      ['ValidationUnknown', () => judge.validation.validationResponse(response)],
      ['BalanceTooLow', () => judge.ledger.withdraw({ token, amount: 1n, receiver: judge.address })],
      ['AmountZero', () => judge.ledger.withdraw({ token, amount: 0n, receiver: judge.address })],
      ['WithdrawalFailed', () => client.ledger.withdraw({ token, amount: 1n, receiver: unpayable() })],
      [
        'AllowanceTooLow',
        () => judge.ledger.transfer({ token, receiver: judge.address, amount: 1n, sender: client.address }),
      ],
      ['PolicyUnknown', () => wallet.guardrails.spendTransfer(spending)],
      [
        'MethodsInvalid',
        () => client.guardrails.setPolicy({ ...policy, methods: 8n, confirmers: [], confirmationsNeeded: 0n }),
      ],
      [
        'ConfirmersInvalid',
        () => client.guardrails.setPolicy({ ...policy, confirmers: [judge.address], confirmationsNeeded: 2n }),
      ],
      ['JobUnknown', () => agent.submit(REASON, DELIVERABLE)],
      ['JobNotExpired', () => client.claimRefund(judged)],
      ['NothingOwed', () => client.jobs.claimPayment({ jobId: judged })],
      ['EvaluatorOnly', () => client.jobs.complete({ jobId: judged, reason: REASON })],
      ['JobNotOpen', () => client.jobs.setBudget({ jobId: judged, token, amount: 1n })],
      ['QuorumInvalid', () => hire({ terms: { quorum: { ...quorum, threshold: 3n } } })],
      ['MemberOnly', () => client.quorum.castVote({ jobId: voted, isApproval: true, reason: REASON })],
      ['AlreadyVoted', () => judge.quorum.castVote({ jobId: voted, isApproval: true, reason: REASON })],
      ['MilestonesInvalid', () => hire({ terms: { milestones: { ...milestones, amounts: [1n] } } })],
      ['MilestoneMismatch', () => judge.milestones.approveMilestone({ jobId: staged, milestone: 1n })],
      ['ArbiterIsParty', () => hire({ terms: { arbitration: { ...arbitration, arbiter: client.address } } })],
      ['DisputeNotOpen', () => judge.arbitration.rule({ jobId: ruled, ruling: 'Pay', shareBP: 0n, reason: REASON })],
      ['PayeeMismatch', () => agent.crowd.setPayees({ jobId: judged, root: REASON, total: 1n })],
      ['JobNotEnded', () => client.crowd.claimPayout({ jobId: judged, payout, proof: [] })],
      ['InputInvalid', () => client.ledger.setOperator({ spender: 'nobody!', approved: true })],
    ]
    for (const [name, ask] of refused) {
      const answer = await ask().then(
        () => 'nothing',
        (error) => error.code ?? error,
      )
      expect(answer, String(ask)).toBe(name)
    }
  })

  /** Whom the token, or the ledger, does not pay. */
  function unpayable(): string {
    return kind === 'evm' ? running.evm.deployment.ledger : 'nobody.near'
  }
})

test('what the types list is what a party has: all that people call', () => {
  const listed = Object.values(protocol.userMethods).flat()
  const party = sdk.createEvmParty({
    account: { address: ZERO } as never,
    reader: {} as never,
    deployment: {} as never,
    relayer: new Relayer({ url: 'http://127.0.0.1:1' }),
  })
  const own = Object.values(party).flatMap((group) => (typeof group === 'object' ? Object.keys(group) : []))
  expect(listed.filter((name) => !own.includes(name))).toEqual([])
  expect(Object.keys(userAbis)).toEqual(Object.keys(protocol.userMethods))
})

const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor
