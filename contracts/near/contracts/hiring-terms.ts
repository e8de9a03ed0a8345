/** What a hiring says to the evaluator: `{"<kind>": {…}}`, what the kind's own method for terms takes beside the job's id. */
import type { Hex } from '@parley/protocol'
import * as arbitration from './arbitration.ts'
import { ContractError } from './contract-error.ts'
import * as input from './input.ts'
import type { Job } from './job.ts'
import * as milestones from './milestones.ts'
import * as quorum from './quorum.ts'
import * as results from './results.ts'

type Begin = (job_id: Hex, job: Job) => void

/** Each kind reads its terms, and answers how to begin with them: it writes the job and what belongs to it. */
const kinds: Readonly<Record<string, (value: unknown, field: string) => Begin>> = {
  enclave: (value, field) => {
    const terms = results.readTerms(input.object(value, field) as never, `${field}.`)
    return (job_id, job) => results.begin(job_id, job, terms)
  },
  quorum: (value, field) => {
    const terms = quorum.readTerms(input.object(value, field) as never, `${field}.`)
    return (job_id, job) => quorum.begin(job_id, job, terms)
  },
  arbitration: (value, field) => {
    const terms = arbitration.readTerms(value, field)
    return (job_id, job) => arbitration.begin(job_id, job, terms)
  },
  milestones: (value, field) => {
    const terms = milestones.readTerms(value, field)
    return (job_id, job) => milestones.begin(job_id, job, terms)
  },
}

/** Nothing for a hiring without terms. */
export function readHiringTerms(value: unknown, field: string): Begin | undefined {
  if (value === undefined || value === null) return undefined
  const terms = input.object(value, field)
  const [kind = '', ...others] = Object.keys(terms)
  const read = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined
  if (read === undefined || others.length > 0)
    throw new ContractError('InputInvalid', `${field} is not one of ${Object.keys(kinds).join(', ')}`)
  return read(terms[kind], `${field}.${kind}`)
}
