/** Exact gas of every call of a canonical scenario: the same keys, addresses, times and bytes in every run. */
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { readArguments } from '@parley/service'
import { openChain, type Receipt } from '../test/chain.ts'
import { createFundedJob, giveDollars } from '../test/fixtures.ts'
import { measureAgents, measureFeedback } from './gas/agents.ts'
import { LARGEST_TRANSACTION, measureCrowd } from './gas/crowd.ts'
import { measureEnclaves } from './gas/enclaves.ts'
import { measureArbitration, measureMilestones, measureQuorum } from './gas/evaluators.ts'
import { measureGovernance } from './gas/governance.ts'
import { measureGuardrails } from './gas/guardrails.ts'
import {
  coreJob,
  jobInThree,
  measureFees,
  measureLedgerJob,
  measureRefunds,
  wholeJob,
  wholeSponsoredJob,
} from './gas/jobs.ts'
import { measureLedger } from './gas/ledger.ts'
import { ignore } from './gas/measure.ts'
import { type Gas, gasTable, gasText } from './gas-table.ts'

export const GAS = fileURLToPath(new URL('../gas.json', import.meta.url))

export async function measureGas(): Promise<Gas> {
  const gas: Record<string, number> = {}
  const measure = async (name: string, sending: Promise<Receipt>) => {
    gas[name] = Number((await sending).gasUsed)
  }

  const chain = await openChain()
  await measureAgents(chain, measure)
  await measureFeedback(chain, measure)
  await measureEnclaves(chain, measure)
  await giveDollars(chain)
  // Token balances, job counts and nonce words are in use already, as they are in a live escrow.
  await createFundedJob(chain)
  await wholeJob(chain, ignore)
  await wholeJob(chain, measure)
  await coreJob(chain, measure)
  await jobInThree(chain, measure)
  await wholeSponsoredJob(chain, ignore, 0n)
  await wholeSponsoredJob(chain, measure, 10n)
  await measureRefunds(chain, measure)
  await measureQuorum(chain, measure)
  await measureMilestones(chain, measure)
  await measureLedger(chain, measure)
  await measureGuardrails(chain, measure)
  await measureArbitration(chain, measure)
  await measureCrowd(chain, measure)
  await measureLedgerJob(chain, measure)
  await measureFees(chain, measure)
  await measureGovernance(measure)

  const [few = 0, many = 0] = [gas['crowd: push 10'], gas['crowd: push 100']]
  const each = Math.ceil((many - few) / 90)
  gas['crowd: each payee of a push'] = each
  gas['crowd: payees that fit one transaction'] = Math.floor((Number(LARGEST_TRANSACTION) - few) / each) + 10
  const sum = (prefix: string) =>
    Object.entries(gas).reduce((total, [name, used]) => (name.startsWith(prefix) ? total + used : total), 0)
  gas['job: core of ERC-8183, 5 direct transactions'] = sum('job core:')
  const ends = ['submit', 'complete'].reduce((total, step) => total + (gas[`job in three: ${step}`] ?? 0), 0)
  gas['job in three: whole, hired'] = ends + (gas['job in three: hire'] ?? 0)
  gas['job in three: whole, by multicall'] = ends + (gas['job in three: multicall (create, budget, fund)'] ?? 0)
  gas['job: whole, 6 direct transactions'] = sum('job direct:')
  gas['job: whole, 3 sponsored transactions'] = sum('job sponsored:')
  return gas
}

const HELP = `npm run gas:evm [-- OPTIONS]

Prints the exact gas of every call of a canonical scenario, beside contracts/evm/gas.json where it has changed.

  --write   write it into gas.json, with which a test compares it
  --help    this text`

if (import.meta.main) {
  const { write } = readArguments(HELP, { write: { type: 'boolean' } }).values
  const gas = await measureGas()
  const committed = JSON.parse(await readFile(GAS, 'utf8').catch(() => '{}')) as Gas
  console.log(gasTable(gas, committed))
  if (write) await writeFile(GAS, gasText(gas))
}
