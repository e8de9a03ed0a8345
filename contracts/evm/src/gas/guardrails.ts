import { ALICE, addressOf, BOB, CAROL, type Chain, NOBODY, OPERATOR, RELAYER } from '../../test/chain.ts'
import { DAY } from '../../test/fixtures.ts'
import type { Measure } from './measure.ts'

/** Carol is Alice's key. */
export async function measureGuardrails(chain: Chain, measure: Measure) {
  const { guardrails, ledger, dollar } = chain
  const [alice, bob, key] = [addressOf(ALICE), addressOf(BOB), addressOf(CAROL)]
  const confirmers = [addressOf(OPERATOR), addressOf(RELAYER)]
  await chain.send(ALICE, ledger, 'setOperator', [guardrails.address, true])
  const policy = [key, Number(chain.now() + DAY), 3, false, confirmers, 1] as const
  await measure('guardrails: set policy, 2 confirmers', chain.send(ALICE, guardrails, 'setPolicy', policy))
  const limit = [key, dollar.address, 1000n, 3600, 100n] as const
  await measure('guardrails: set spend limit', chain.send(ALICE, guardrails, 'setSpendLimit', limit))
  await measure('guardrails: set counterparty', chain.send(ALICE, guardrails, 'setCounterparty', [key, bob, true]))
  const small = [alice, dollar.address, bob, 10n] as const
  await chain.send(CAROL, guardrails, 'spendTransfer', small)
  await measure('guardrails: spend by transfer', chain.send(CAROL, guardrails, 'spendTransfer', small))
  const withdrawal = [alice, dollar.address, 10n, bob] as const
  await measure('guardrails: spend by withdrawal', chain.send(CAROL, guardrails, 'spendWithdraw', withdrawal))
  await chain.send(ALICE, ledger, 'setOperator', [chain.escrow.address, true])
  await chain.send(ALICE, guardrails, 'setPolicy', [key, Number(chain.now() + DAY), 7, false, confirmers, 1])
  const hiring = {
    jobId: 0n,
    client: alice,
    provider: bob,
    providerAgentId: 0n,
    evaluator: addressOf(OPERATOR),
    expiredAt: chain.now() + DAY,
    description: 'Translate',
    hook: NOBODY,
    token: dollar.address,
    budget: 10n,
    isInLedger: true,
    terms: '0x',
  } as const
  await measure('guardrails: spend by hiring', chain.send(CAROL, guardrails, 'spendHire', [alice, hiring]))
  const operation = [alice, key, 1, dollar.address, bob, 500n, `0x${'00'.repeat(32)}`] as const
  const operationId = await chain.read(guardrails, 'nextOperationId', operation)
  await measure('guardrails: confirm', chain.send(OPERATOR, guardrails, 'confirmSpend', [alice, key, operationId]))
  const large = [alice, dollar.address, bob, 500n] as const
  await measure('guardrails: spend what was confirmed', chain.send(CAROL, guardrails, 'spendTransfer', large))
  await measure('guardrails: revoke policy', chain.send(ALICE, guardrails, 'revokePolicy', [key]))
}
