import { ALICE, BOB } from '../../test/actors.ts'
import type { Chain } from '../../test/chain.ts'
import { BUDGET } from '../../test/steps.ts'
import type { Measure } from './measure.ts'

export async function measureLedger(chain: Chain, measure: Measure): Promise<void> {
  const { parley, dollar } = chain
  const oneYocto = { deposit: 1n }
  const token_id = `nep141:${dollar}`
  const transfer = { receiver_id: BOB.accountId, token_id, amount: '10' }
  await measure('ledger: deposit, first of the token', ...chain.transferCall(ALICE, dollar, BUDGET, ''))
  await measure('ledger: deposit', ...chain.transferCall(ALICE, dollar, BUDGET, ''))
  await measure('ledger: transfer, first to its receiver', ALICE, parley, 'mt_transfer', transfer, oneYocto)
  await measure('ledger: transfer', ALICE, parley, 'mt_transfer', transfer, oneYocto)
  const operator = { spender: ALICE.accountId, approved: true }
  await measure('ledger: set operator', BOB, parley, 'set_operator', operator, oneYocto)
  const fromBob = { receiver_id: ALICE.accountId, token_id, amount: '10', approval: [BOB.accountId, 0] }
  await measure('ledger: transfer by an operator', ALICE, parley, 'mt_transfer', fromBob, oneYocto)
  await measure('ledger: choose token', BOB, parley, 'choose_token', { token: dollar, is_chosen: true })
  const withdrawal = { token: dollar, amount: '10', receiver: ALICE.accountId }
  await measure('ledger: withdraw', ALICE, parley, 'withdraw', withdrawal, oneYocto)
}
