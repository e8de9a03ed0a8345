/** Exact gas of every step of a canonical scenario on the sandbox: the same accounts, keys, times and bytes in every run. */
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { readArguments } from '@parley/service'
import { openChain, type Receipt } from '../test/chain.ts'
import { begin } from '../test/steps.ts'
import { measureAgents, measureFeedback } from './gas/agents.ts'
import { measureCrowd } from './gas/crowd.ts'
import { measureEnclaves } from './gas/enclaves.ts'
import { measureArbitration, measureMilestones, measureQuorum } from './gas/evaluators.ts'
import { measureGovernance } from './gas/governance.ts'
import { measureGuardrails } from './gas/guardrails.ts'
import { measureAwaited, measureEnds, measureFees, measureHiring, measureLedgerJob, measureSteps } from './gas/jobs.ts'
import { measureLedger } from './gas/ledger.ts'
import { gasOf, type Measure } from './gas/measure.ts'
import { type Burnt, type Gas, gasTable, gasText } from './gas-table.ts'

export const GAS = fileURLToPath(new URL('../gas.json', import.meta.url))

export async function measureGas(): Promise<Gas> {
  const gas: Record<string, Burnt> = {}
  const chain = await openChain()
  const note = (name: string, { status }: Pick<Receipt, 'status'>) => Object.assign(gas, gasOf(chain, name, status))
  const measure: Measure = async (name, ...call) => {
    const receipt = await chain.send(...call)
    note(name, receipt)
    return receipt
  }
  await begin(chain)
  await measureAgents(chain, measure)
  await measureFeedback(chain, measure)
  await measureEnclaves(chain, measure)
  await measureHiring(chain, measure)
  await measureSteps(chain, measure)
  await measureEnds(chain, measure)
  await measureQuorum(chain, measure)
  await measureMilestones(chain, measure)
  await measureLedger(chain, measure)
  await measureGuardrails(chain, measure)
  await measureArbitration(chain, measure)
  await measureCrowd(chain, measure)
  await measureAwaited(chain, measure, note)
  await measureLedgerJob(chain, measure)
  await measureFees(chain, measure)
  await measureGovernance(note)
  return gas
}

const HELP = `npm run gas:near [-- OPTIONS]

Prints the exact gas of every call of a canonical scenario, beside contracts/near/gas.json where it has changed.

  --write   write it into gas.json, with which a test compares it
  --help    this text`

if (import.meta.main) {
  const { write } = readArguments(HELP, { write: { type: 'boolean' } }).values
  const gas = await measureGas()
  const committed = JSON.parse(await readFile(GAS, 'utf8').catch(() => '{}'))
  console.log(gasTable(gas, committed))
  if (write) await writeFile(GAS, gasText(gas))
}
