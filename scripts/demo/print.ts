import { chainKind } from '@parley/protocol'
import type { System } from '../system/system.ts'
import type { Outcome } from './play.ts'
import type { Step, StepReport } from './step.ts'

const titles: Record<Step, string> = {
  register: 'Agent registers',
  attest: 'Enclave attests',
  hire: 'Client hires',
  work: 'Enclave works',
  submit: 'Agent submits',
  settle: 'Result settles',
  read: 'Client reads',
}

/** A step, a line for each chain. */
export function printStep(step: Step, reports: readonly StepReport[]): void {
  for (const [at, { chain, told, milliseconds, gasUsed }] of reports.entries()) {
    const title = at === 0 ? titles[step] : ''
    const cost = gasUsed > 0 ? `, ${formatGas(chain, gasUsed)}` : ''
    const kind = chainKind(chain).toUpperCase()
    console.log(`  ${title.padEnd(16)} ${kind.padEnd(4)} ${told} (${milliseconds.toFixed(0)} ms${cost})`)
  }
}

/** What became of the job, a column for each chain. What is the same on all of them is said once. */
export function printSummary(outcomes: readonly Outcome[]): void {
  const rows: readonly (readonly [string, (outcome: Outcome) => string])[] = [
    ['chain', ({ chain }) => chain],
    ['agent', ({ agentId, agent }) => `${agentId} (${agent})`],
    ['client', ({ client }) => client],
    ['enclave', ({ enclave }) => `${enclave} (simulated)`],
    ['job', ({ jobId }) => jobId],
    ['result hash', ({ resultHash }) => resultHash],
    ['payment', ({ paidAtoms }) => formatDollars(paidAtoms)],
    ['transaction', ({ transaction }) => transaction],
    ['gas', ({ chain, gasUsed }) => `${formatGas(chain, gasUsed)}, all of it paid by the relayer`],
    ['answer', ({ answer }) => answer],
  ]
  const table = rows.map(([name, cellOf]) => ({ name, cells: [...new Set(outcomes.map(cellOf))] }))
  const nameWidth = Math.max(...rows.map(([name]) => name.length))
  // A row that says one thing for all may be wider than a column.
  const inColumns = table.filter(({ cells }) => cells.length === outcomes.length).map(({ cells }) => cells)
  const widths = outcomes.map((_, at) => Math.max(...inColumns.map((cells) => cells[at]?.length ?? 0)))
  for (const { name, cells } of [{ name: '', cells: [] }, ...table]) {
    const padded = cells.map((cell, at) => cell.padEnd(widths[at] ?? 0))
    console.log(`  ${[name.padEnd(nameWidth), ...padded].join('  ')}`.trimEnd())
  }
}

export function printUrls({ graphqlUrl, relayer, evm, near }: System): void {
  console.log(`
  GraphQL  ${graphqlUrl} (GraphiQL in a browser)
  Relayer  ${relayer.url}/openapi.json
  EVM      ${evm.url}
  NEAR     ${near.url}`)
}

/** Six decimals, as the demo's token has them. */
function formatDollars(atoms: bigint): string {
  const text = atoms.toString().padStart(7, '0')
  return `${text.slice(0, -6)}.${text.slice(-6).replace(/0{0,4}$/, '')} DUSD`
}

/** EVM's unit is the unit; NEAR's is so small that people count millions of millions of it. */
function formatGas(chain: string, gasUsed: number): string {
  if (chainKind(chain) === 'near') return `${(gasUsed / 1e12).toFixed(1)} Tgas`
  return `${gasUsed.toLocaleString('en')} gas`
}
