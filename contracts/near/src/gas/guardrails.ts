import type { Hex } from '@parley/protocol'
import { ALICE, BOB, CAROL, OPERATOR, RELAYER } from '../../test/actors.ts'
import type { Chain } from '../../test/chain.ts'
import { DAY } from '../../test/steps.ts'
import type { Measure } from './measure.ts'

/** Carol is Alice's key. */
export async function measureGuardrails(chain: Chain, measure: Measure): Promise<void> {
  const { parley, dollar } = chain
  const oneYocto = { deposit: 1n }
  const [account, key, receiver] = [ALICE, CAROL, BOB].map(({ accountId }) => accountId)
  const policy = {
    key,
    expires_at: chain.now() + DAY,
    methods: '3',
    is_any_counterparty: false,
    confirmers: [OPERATOR.accountId, RELAYER.accountId],
    confirmations_needed: '1',
  }
  await measure('guardrails: set policy, 2 confirmers', ALICE, parley, 'set_policy', policy, oneYocto)
  const limit = { key, token: dollar, limit: '1000', period_seconds: '3600', threshold: '100' }
  await measure('guardrails: set spend limit', ALICE, parley, 'set_spend_limit', limit, oneYocto)
  const counterparty = { key, counterparty: receiver, is_allowed: true }
  await measure('guardrails: set counterparty', ALICE, parley, 'set_counterparty', counterparty, oneYocto)
  const spending = { account, token: dollar, amount: '10' }
  await measure('guardrails: spend by transfer', CAROL, parley, 'spend_transfer', { ...spending, to: receiver })
  await measure('guardrails: spend by withdrawal', CAROL, parley, 'spend_withdraw', { ...spending, receiver })
  await chain.send(ALICE, parley, 'set_policy', { ...policy, methods: '7' }, oneYocto)
  const hiring = {
    ...{ provider: receiver, provider_agent_id: '0', evaluator: OPERATOR.accountId },
    ...{ token: dollar, budget: '10', expired_at: chain.now() + DAY, description: 'Translate' },
  }
  await measure('guardrails: spend by hiring', CAROL, parley, 'spend_hire', { account, hiring })
  const large = { account, token: dollar, amount: '500' }
  const operation = { ...large, key, method: '1', counterparty: receiver, details: `0x${'00'.repeat(32)}` }
  const operation_id = await chain.view<Hex>(parley, 'next_operation_id', operation)
  const word = { account, key, operation_id }
  await measure('guardrails: confirm', OPERATOR, parley, 'confirm_spend', word, oneYocto)
  await measure('guardrails: spend what was confirmed', CAROL, parley, 'spend_transfer', { ...large, to: receiver })
  await measure('guardrails: revoke policy', ALICE, parley, 'revoke_policy', { key })
}
