/** How `gas:near` prints and stores what calls burn. */

/** Gas units by step: `job: hire`, all of it, and each call in it, `job: hire > parley.on_hire`. */
export type Gas = Readonly<Record<string, Burnt>>

/** `vm` is what a contract's execution burns, without the fees of the receipt that brought the call; the rest says on what. */
export interface Burnt {
  readonly total: number
  readonly vm?: number
  /** The module's bytes. */
  readonly loading?: number
  /** The contract's own instructions. */
  readonly code?: number
  readonly host?: number
  /** Fees for sending promises. */
  readonly promises?: number
}

/** What is committed: the total, and what a call burns in the VM. */
export function gasText(gas: Gas): string {
  const lines = Object.entries(gas).flatMap(([name, { total, vm }]) =>
    vm === undefined
      ? [[name, total]]
      : [
          [name, total],
          [`${name}, ${IN_VM}`, vm],
        ],
  )
  return `${JSON.stringify(Object.fromEntries(lines), null, 2)}\n`
}

const IN_VM = 'in the VM'

const COLUMNS = ['total', 'vm', 'loading', 'code', 'host', 'promises'] as const

/** `committed` is what `gasText` has made before. */
export function gasTable(gas: Gas, committed: Readonly<Record<string, number>>): string {
  const head = `${''.padEnd(64)}${COLUMNS.map((column) => column.padStart(9)).join('')}`
  const rows = Object.entries(gas).map(([name, burnt]) => {
    const columns = COLUMNS.map((column) => teragas(burnt[column]).padStart(9)).join('')
    const before = committed[name]
    const change = before === undefined || before === burnt.total ? '' : ` (committed: ${teragas(before)})`
    return `${name.padEnd(64)}${columns}${change}`
  })
  return `${[head, ...rows].join('\n')}\n\n${LEGEND}`
}

function teragas(gas: number | undefined): string {
  return gas === undefined ? '' : (gas / 1e12).toFixed(3)
}

const LEGEND = `Tgas. A step is all of its receipts, each call of a method by itself below it: vm is what the contract's execution burns, on loading
the contract's bytes, its own instructions, host functions, and the fees of the promises that it makes. The goal is a vm of 1.5 at most.`
