/** How `gas:evm` prints and stores what calls use. */

export type Gas = Readonly<Record<string, number>>

/** What others need for the same, or what the design wants. */
const GOALS: Readonly<Record<string, { readonly goal: number; readonly others: string }>> = {
  'agent: register with URI, first of its owner': { goal: 140_000, others: '183,431 (ERC-8004 reference)' },
  'feedback: first of an agent and of its client': { goal: 150_000, others: '213,668 (ERC-8004 reference)' },
  'feedback: first of an agent and of its client, with two tags that nobody had': {
    goal: 150_000,
    others: 'the same',
  },
  'job: core of ERC-8183, 5 direct transactions': {
    goal: 250_000,
    others: '540,000-557,000 (ERC-8183 base-contracts)',
  },
  'job in three: whole, hired': {
    goal: 250_000,
    others: '540,000-557,000 in five (ERC-8183 base-contracts, behind a proxy)',
  },
  'job in three: whole, by multicall': { goal: 250_000, others: 'the same' },
  'job: whole, 3 sponsored transactions': { goal: 250_000, others: 'nobody: enclave-checked and without gas' },
}

export function gasText(gas: Gas): string {
  return `${JSON.stringify(gas, null, 2)}\n`
}

export function gasTable(gas: Gas, before: Gas): string {
  const rows = Object.entries(gas).map(([name, used]) => {
    const goal = GOALS[name]
    const change = before[name] === undefined || before[name] === used ? '' : ` (committed: ${before[name]})`
    const comparison = goal ? `  goal <= ${goal.goal.toLocaleString('en')}, others ${goal.others}` : ''
    return `${name.padEnd(52)} ${used.toLocaleString('en').padStart(9)}${change}${comparison}`
  })
  return rows.join('\n')
}
