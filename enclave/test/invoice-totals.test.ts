import { type InvoiceTotals, invoiceTotals, runTask } from '@parley/enclave/tasks'
import fc from 'fast-check'
import { expect, test } from 'vitest'

interface Invoice {
  readonly invoice: string
  readonly currency: string
  /** In atoms of 10^-decimals. */
  readonly atoms: bigint
  readonly decimals: number
}

const invoices = fc.array(
  fc.record({
    // Commas, quotes and line breaks, which CSV must quote; no surrounding space, which is not part of a number.
    invoice: fc.string({ minLength: 1, unit: fc.constantFrom(...'A7,"\n;é') }).map((text) => `N${text}N`),
    currency: fc.constantFrom('EUR', 'USD', 'JPY', 'BHD'),
    atoms: fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }),
    decimals: fc.integer({ min: 0, max: 8 }),
  }),
  { minLength: 1, maxLength: 60 },
)

test('totals equal an independent computation', () => {
  fc.assert(
    fc.property(invoices, (list) => {
      expect(invoiceTotals(toCsv(list))).toEqual(expectedTotals(list))
    }),
  )
})

test('the order of rows does not matter', () => {
  const shuffled = invoices.chain((list) =>
    fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
  )
  fc.assert(
    fc.property(shuffled, ([list, other]) => {
      expect(JSON.stringify(invoiceTotals(toCsv(other)))).toBe(JSON.stringify(invoiceTotals(toCsv(list))))
    }),
  )
})

test('whatever the text, there are totals or a TaskFailed', () => {
  const anything = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom(...'invoice,currency,amount\n"\r-.1EUR '.split('')) }),
    fc.string({ unit: fc.constantFrom(...'A,"\n\r -.19EUR') }).map((rows) => `invoice,currency,amount\n${rows}`),
  )
  fc.assert(
    fc.property(anything, (csv) => {
      const refusal = refusalOf(csv)
      if (refusal) expect(refusal).toMatchObject({ code: 'TaskFailed', isRetryable: false })
    }),
    { numRuns: 2000 },
  )
})

test('columns come in any order, with any others between, in any case and with spaces around', () => {
  const csv = 'Amount , note,INVOICE,currency\n 12.50,"paid, late",A-1, EUR\n'

  expect(invoiceTotals(csv)).toEqual({ EUR: { total: '12.50', invoices: 1 } })
})

test('a byte order mark, Windows line ends and empty lines change nothing', () => {
  const csv = '\uFEFFinvoice,currency,amount\r\nA-1,EUR,1\r\n\r\nA-2,EUR,2\r\n\r\n'

  expect(invoiceTotals(csv)).toEqual({ EUR: { total: '3', invoices: 2 } })
})

test('a sum that floats get wrong is exact, with the decimals of its currency', () => {
  const csv = table('A-1,EUR,0.1', 'A-2,EUR,0.20', 'A-3,JPY,9007199254740993', 'A-4,BTC,0.00000001', 'A-5,BTC,-1')

  expect(invoiceTotals(csv)).toEqual({
    BTC: { total: '-0.99999999', invoices: 2 },
    EUR: { total: '0.30', invoices: 2 },
    JPY: { total: '9007199254740993', invoices: 1 },
  })
})

test('an invoice of several rows counts once in each of its currencies', () => {
  const csv = table('A-1,EUR,1', 'A-1,EUR,2', 'A-1,USD,3')

  expect(invoiceTotals(csv)).toEqual({ EUR: { total: '3', invoices: 1 }, USD: { total: '3', invoices: 1 } })
})

test('currencies are sorted', () => {
  expect(Object.keys(invoiceTotals(table('A-1,USD,1', 'A-2,AED,1', 'A-3,EUR,1')))).toEqual(['AED', 'EUR', 'USD'])
})

test.each([
  ['', 'the header (row 1) lacks invoice, currency, amount'],
  ['invoice;currency;amount\nA-1;EUR;1', 'separated by commas'],
  ['invoice,amount\nA-1,1', 'the header (row 1) lacks currency'],
  ['invoice,currency,amount,Amount\nA-1,EUR,1,2', 'the header (row 1) has the column amount twice'],
  ['invoice,currency,amount\n', 'the file has a header but no invoices'],
  [table('A-1,EUR,1', 'A-2,EUR'), 'row 3 has 2 columns, the header 3'],
  [table('A-1,EUR,1,234.50'), 'row 2 has 4 columns, the header 3'],
  [table('A-1,EUR,1', '', ' ,EUR,2'), 'row 4, column invoice: "" is empty'],
  [table('A-1,eur,1'), 'row 2, column currency: "eur" is not the three capital letters of ISO 4217'],
  [table('A-1,€,1'), 'row 2, column currency: "€"'],
  [table('A-1,EUR,'), 'row 2, column amount: "" is not a number'],
  [table('A-1,EUR,"1,234.50"'), 'row 2, column amount: "1,234.50" is not a number like 1234.50'],
  [table('A-1,EUR,1e3'), 'row 2, column amount: "1e3" is not a number'],
  [table('A-1,EUR,NaN'), 'row 2, column amount: "NaN" is not a number'],
  [table('A-1,EUR,٣'), 'row 2, column amount: "٣" is not a number'],
  [table('A-1,EUR,+1'), 'row 2, column amount: "+1" is not a number'],
  [table('A-1,EUR,1.'), 'row 2, column amount: "1." is not a number'],
  [table('A-1,EUR,0.123456789'), 'row 2, column amount: "0.123456789" has more than 8 decimals'],
  [table(`A-1,EUR,${'9'.repeat(31)}`), `row 2, column amount: "${'9'.repeat(31)}" is not a number`],
  [table('A-1,EUR,"1'), 'the file is not CSV'],
  [table('A-1,EUR,"1"2'), 'the file is not CSV'],
])('%j is refused: %s', (csv, reason) => {
  expect(refusalOf(csv)).toMatchObject({ code: 'TaskFailed', message: expect.stringContaining(reason) })
})

test('a file of 1 MiB passes, one byte more is refused', () => {
  const full = `${table('A-1,EUR,1')}\n"`
  const fits = `${full}${'x'.repeat(2 ** 20 - full.length - 7)}",EUR,1`

  expect(invoiceTotals(fits)).toEqual({ EUR: { total: '2', invoices: 2 } })
  expect(refusalOf(`${fits}0`)).toMatchObject({ message: 'the file has 1048577 bytes, more than 1048576' })
})

test('100 000 invoices pass, one more is refused', () => {
  const csv = table(...Array.from({ length: 100_000 }, () => 'A,EUR,1'))

  expect(invoiceTotals(csv)).toEqual({ EUR: { total: '100000', invoices: 1 } })
  expect(refusalOf(`${csv}\nA,EUR,1`)).toMatchObject({ message: 'the file has 100001 invoices, more than 100000' })
})

test('500 currencies pass, and their totals fit a body of 256 KiB as hex; one more is refused', () => {
  const amount = `-${'9'.repeat(30)}.${'9'.repeat(8)}`
  const letter = (index: number) => String.fromCharCode(65 + (index % 26))
  const rows = Array.from({ length: 501 }, (_, index) => {
    const currency = `${letter(index / 676)}${letter(index / 26)}${letter(index)}`
    return `A-${index},${currency},${amount}`
  })

  const totals = invoiceTotals(table(...rows.slice(1)))

  expect(Object.keys(totals)).toHaveLength(500)
  expect(2 * JSON.stringify(totals).length).toBeLessThan(128 * 1024)
  expect(refusalOf(table(...rows))).toMatchObject({
    code: 'TaskFailed',
    message: 'the file has 501 currencies, more than 500',
  })
})

test('runTask finds the task by its name', () => {
  const totals: InvoiceTotals = runTask({ task: 'invoice-totals', input: table('A-1,EUR,1') })

  expect(totals).toEqual({ EUR: { total: '1', invoices: 1 } })
})

function table(...rows: string[]): string {
  return ['invoice,currency,amount', ...rows].join('\n')
}

function refusalOf(csv: string): unknown {
  try {
    invoiceTotals(csv)
    return undefined
  } catch (error) {
    return error
  }
}

function toCsv(list: readonly Invoice[]): string {
  return table(
    ...list.map(
      (item) => `"${item.invoice.replaceAll('"', '""')}",${item.currency},${decimalOf(item.atoms, item.decimals)}`,
    ),
  )
}

/** By division, where the task moves digits about as text. */
function decimalOf(atoms: bigint, decimals: number): string {
  const unit = 10n ** BigInt(decimals)
  const positive = atoms < 0n ? -atoms : atoms
  const fraction = decimals === 0 ? '' : `.${(positive % unit).toString().padStart(decimals, '0')}`
  return `${atoms < 0n ? '-' : ''}${positive / unit}${fraction}`
}

function expectedTotals(list: readonly Invoice[]): InvoiceTotals {
  const currencies = [...new Set(list.map(({ currency }) => currency))]
  return Object.fromEntries(
    currencies.map((currency) => {
      const own = list.filter((item) => item.currency === currency)
      const decimals = Math.max(...own.map((item) => item.decimals))
      const atoms = own.reduce((sum, item) => sum + item.atoms * 10n ** BigInt(decimals - item.decimals), 0n)
      const total = decimalOf(atoms, decimals)
      return [currency, { total, invoices: new Set(own.map(({ invoice }) => invoice)).size }]
    }),
  )
}
