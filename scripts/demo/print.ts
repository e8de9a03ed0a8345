import type { System } from '../system/system.ts'
import type { Outcome } from './play.ts'

/** Six decimals, as the demo's token has them. */
export function formatDollars(atoms: bigint): string {
  const text = atoms.toString().padStart(7, '0')
  return `${text.slice(0, -6)}.${text.slice(-6).replace(/0{0,4}$/, '')} DUSD`
}

export function printSummary(outcome: Outcome, payment: string): void {
  const rows = [
    ['chain', outcome.chain],
    ['agent', `${outcome.agentId} (${outcome.agent})`],
    ['client', outcome.client],
    ['enclave', `${outcome.enclave} (simulated)`],
    ['job', outcome.jobId],
    ['result hash', outcome.resultHash],
    ['payment', payment],
    ['transaction', outcome.transaction],
    ['gas', `${outcome.gasUsed.toLocaleString('en')}, all of it paid by the relayer`],
    ['answer', outcome.answer],
  ] as const
  const width = Math.max(...rows.map(([name]) => name.length))
  console.log(`\n${rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`).join('\n')}`)
}

export function printUrls({ graphqlUrl, relayer, evm }: System): void {
  console.log(`
  GraphQL  ${graphqlUrl} (GraphiQL in a browser)
  Relayer  ${relayer.url}/openapi.json
  EVM      ${evm.url}`)
}
