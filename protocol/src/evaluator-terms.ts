/** How a job is judged, beyond by whom: one line, the same on the market, in what chains tell and in the indexer's tables. */
import type { EventArguments } from './events.ts'

/** The events that tell of terms, by whom they are judged, and what of an event is on the line. */
const forms = {
  TermsSet: { kind: 'Enclave', fields: ['workload', 'observability'] },
  QuorumTermsSet: { kind: 'Quorum', fields: ['threshold', 'members'] },
  MilestoneTermsSet: { kind: 'Milestones', fields: ['judge', 'reviewSeconds', 'amounts'] },
  ArbitrationTermsSet: {
    kind: 'Arbitration',
    fields: ['arbiter', 'reviewSeconds', 'rulingSeconds', 'silenceShareBP', 'bond', 'stake'],
  },
} as const

type TermsEvent = keyof typeof forms

/** `Quorum threshold=2 members=0x…,0x…`: the event's fields, numbers in decimal. */
export function evaluatorTerms<Name extends TermsEvent>(
  name: Name,
  args: Pick<EventArguments<Name>, (typeof forms)[Name]['fields'][number] & keyof EventArguments<Name>>,
): string {
  return lineOf(forms[name], args)
}

/** The same of any event, with its arguments as text; undefined when it does not tell of terms. */
export function findEvaluatorTerms(name: string, args: Readonly<Record<string, string>>): string | undefined {
  return Object.hasOwn(forms, name) ? lineOf(forms[name as TermsEvent], args) : undefined
}

/** Whether a job can have such terms; '' are those of an evaluator that is none of Parley's. */
export function isEvaluatorTerms(text: string): boolean {
  const lines = Object.values(forms).map(({ kind, fields }) => [kind, ...fields.map((field) => `${field}=[^\\s=]+`)])
  return new RegExp(`^(${lines.map((line) => line.join(' ')).join('|')})?$`).test(text)
}

function lineOf(
  { kind, fields }: (typeof forms)[TermsEvent],
  args: Readonly<Partial<Record<string, unknown>>>,
): string {
  return [kind, ...fields.map((field) => `${field}=${args[field]}`)].join(' ')
}
