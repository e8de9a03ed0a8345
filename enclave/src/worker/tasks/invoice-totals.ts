import { ParleyError } from '@parley/protocol'
import { CsvError, parse } from 'csv-parse/sync'

/** Per currency, in alphabetical order. Totals are exact decimals as text: JSON's numbers would round them. */
export type InvoiceTotals = Readonly<Record<string, CurrencyTotal>>

export interface CurrencyTotal {
  /** With as many decimals as the most precise of the currency's amounts. */
  readonly total: string
  /** Distinct invoice numbers: an invoice may have several rows. */
  readonly invoices: number
}

/** What travels sealed as hex and JSON still fits the body limit of `POST /v1/jobs` many times smaller than a server's memory. */
const MAX_BYTES = 1024 * 1024
/** Below what 1 MiB could hold, so that the time a file takes is bounded by its rows too. */
const MAX_ROWS = 100_000
/** Several times as many as ISO 4217 has, and their totals still fit the relayer's body limit, sealed and as hex. */
const MAX_CURRENCIES = 500
/** The most that any currency or token in use divides into and invoices state (ISO 4217 knows four, bitcoin eight). */
const MAX_DECIMALS = 8

const columns = ['invoice', 'currency', 'amount'] as const
type Column = (typeof columns)[number]

/**
 * Adds up the invoices of a CSV file with at least the columns invoice, currency and amount, in any order. Throws TaskFailed with
 * row (the header is row 1, as in a spreadsheet) and column; that message quotes the file, so it must not leave an enclave.
 */
export function invoiceTotals(csv: string): InvoiceTotals {
  const [header, ...rows] = readRecords(csv)
  const at = findColumns(header?.cells ?? [])
  if (rows.length === 0) throw failed('the file has a header but no invoices')
  if (rows.length > MAX_ROWS) throw failed(`the file has ${rows.length} invoices, more than ${MAX_ROWS}`)

  const sums = new Map<string, Sum>()
  for (const { row, cells } of rows) {
    if (cells.length !== header?.cells.length)
      throw failed(`row ${row} has ${cells.length} columns, the header ${header?.cells.length}`)
    const cell = (column: Column) => ({ row, column, text: (cells[at[column]] ?? '').trim() })
    addTo(sums, currencyOf(cell('currency')), invoiceOf(cell('invoice')), amountOf(cell('amount')))
  }
  if (sums.size > MAX_CURRENCIES) throw failed(`the file has ${sums.size} currencies, more than ${MAX_CURRENCIES}`)
  return toTotals(sums)
}

interface Row {
  readonly row: number
  readonly cells: readonly string[]
}

interface Cell {
  readonly row: number
  readonly column: Column
  readonly text: string
}

/** `atoms` of 10^-decimals each. */
interface Amount {
  readonly atoms: bigint
  readonly decimals: number
}

interface Sum {
  /** In units of 10^-8, whatever the decimals, so that amounts add up without conversion. */
  atoms: bigint
  decimals: number
  readonly invoices: Set<string>
}

/** Rows without any text are left out but counted, so that row numbers are those that a spreadsheet shows. */
function readRecords(csv: string): Row[] {
  const size = new TextEncoder().encode(csv).length
  if (size > MAX_BYTES) throw failed(`the file has ${size} bytes, more than ${MAX_BYTES}`)
  try {
    const records = parse(csv, { bom: true, relax_column_count: true, record_delimiter: ['\r\n', '\n', '\r'] })
    return records
      .map((cells, index) => ({ row: index + 1, cells }))
      .filter(({ cells }) => cells.length > 1 || cells[0]?.trim() !== '')
  } catch (cause) {
    if (cause instanceof CsvError) throw failed(`the file is not CSV: ${cause.message}`, cause)
    throw cause
  }
}

function findColumns(header: readonly string[]): Record<Column, number> {
  const names = header.map((name) => name.trim().toLowerCase())
  const missing = columns.filter((column) => !names.includes(column))
  if (missing.length > 0)
    throw failed(`the header (row 1) lacks ${missing.join(', ')}; it takes ${columns.join(',')}, separated by commas`)
  const twice = columns.find((column) => names.indexOf(column) !== names.lastIndexOf(column))
  if (twice) throw failed(`the header (row 1) has the column ${twice} twice`)
  return { invoice: names.indexOf('invoice'), currency: names.indexOf('currency'), amount: names.indexOf('amount') }
}

function invoiceOf(cell: Cell): string {
  if (cell.text === '') throw wrong(cell, 'is empty')
  return cell.text
}

function currencyOf(cell: Cell): string {
  if (!/^[A-Z]{3}$/.test(cell.text)) throw wrong(cell, 'is not the three capital letters of ISO 4217, for example EUR')
  return cell.text
}

/** A minus is a credit note. */
function amountOf(cell: Cell): Amount {
  const [, sign, units, fraction = ''] = /^(-?)(\d{1,30})(?:\.(\d+))?$/.exec(cell.text) ?? []
  if (units === undefined) throw wrong(cell, 'is not a number like 1234.50, without separators, exponent or symbol')
  if (fraction.length > MAX_DECIMALS) throw wrong(cell, `has more than ${MAX_DECIMALS} decimals`)
  return { atoms: BigInt(`${sign}${units}${fraction.padEnd(MAX_DECIMALS, '0')}`), decimals: fraction.length }
}

function addTo(sums: Map<string, Sum>, currency: string, invoice: string, { atoms, decimals }: Amount): void {
  const sum = sums.get(currency) ?? { atoms: 0n, decimals: 0, invoices: new Set() }
  sum.atoms += atoms
  sum.decimals = Math.max(sum.decimals, decimals)
  sum.invoices.add(invoice)
  sums.set(currency, sum)
}

function toTotals(sums: ReadonlyMap<string, Sum>): InvoiceTotals {
  const entries = [...sums].map(([currency, sum]): [string, CurrencyTotal] => [
    currency,
    { total: toDecimal(sum), invoices: sum.invoices.size },
  ])
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}

function toDecimal({ atoms, decimals }: Pick<Sum, 'atoms' | 'decimals'>): string {
  const digits = (atoms < 0n ? -atoms : atoms).toString().padStart(MAX_DECIMALS + 1, '0')
  const units = digits.slice(0, -MAX_DECIMALS)
  const fraction = digits.slice(-MAX_DECIMALS).slice(0, decimals)
  return `${atoms < 0n ? '-' : ''}${units}${fraction === '' ? '' : `.${fraction}`}`
}

function wrong({ row, column, text }: Cell, problem: string): ParleyError {
  const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text
  return failed(`row ${row}, column ${column}: "${shown}" ${problem}`)
}

function failed(message: string, cause?: unknown): ParleyError {
  return new ParleyError('TaskFailed', message, { cause })
}
