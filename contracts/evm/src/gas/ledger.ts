import type { Hex } from '@parley/protocol'
import { ALICE, addressOf, BOB, type Chain } from '../../test/chain.ts'
import { BUDGET } from '../../test/fixtures.ts'
import type { Measure } from './measure.ts'

export async function measureLedger(chain: Chain, measure: Measure) {
  const { ledger, dollar } = chain
  const [alice, bob] = [addressOf(ALICE), addressOf(BOB)]
  const id = BigInt(dollar.address)
  const deposit = [dollar.address, BUDGET, alice] as const
  await chain.send(ALICE, dollar, 'approve', [ledger.address, 2n ** 256n - 1n])
  await measure('ledger: deposit, first of the token', chain.send(ALICE, ledger, 'deposit', deposit))
  await measure('ledger: deposit', chain.send(ALICE, ledger, 'deposit', deposit))
  await measure('ledger: transfer, first to its receiver', chain.send(ALICE, ledger, 'transfer', [bob, id, 10n]))
  await measure('ledger: transfer', chain.send(ALICE, ledger, 'transfer', [bob, id, 10n]))
  await measure('ledger: set operator', chain.send(BOB, ledger, 'setOperator', [alice, true]))
  const fromBob = [bob, alice, id, 10n] as const
  await measure('ledger: transfer by an operator', chain.send(ALICE, ledger, 'transferFrom', fromBob))
  const many = Array.from({ length: 10 }, (_, n) => numberedAddress(n))
  const batch = [dollar.address, many, many.map(() => 10n)] as const
  await measure('ledger: transfer to 10, first of each', chain.send(ALICE, ledger, 'transferBatch', batch))
  await measure('ledger: transfer to 10', chain.send(ALICE, ledger, 'transferBatch', batch))
  await measure('ledger: withdraw', chain.send(ALICE, ledger, 'withdraw', [dollar.address, 10n, alice]))
}

function numberedAddress(n: number): Hex {
  return `0x${(n + 1).toString(16).padStart(2, '0').repeat(20)}`
}
