import type { z } from '@hono/zod-openapi'
import { ParleyError } from '@parley/protocol'
import { inputInvalid } from '@parley/service'

type Issues = Pick<z.core.$ZodError, 'issues'>

/** InputInvalid for what the schemas of a route refused: its body, a header or a parameter. */
export function routeInputInvalid({ issues }: Issues): ParleyError {
  if (!hasNoForm({ issues })) return inputInvalid(ofOneAlternative({ issues }))
  const problem = 'body: must have request and signature (EVM) or delegate (NEAR)'
  return new ParleyError('InputInvalid', problem, { field: 'request' })
}

/** Whether each of the forms misses the field that makes it that form. */
function hasNoForm({ issues: [issue] }: Issues): boolean {
  if (issue?.code !== 'invalid_union') return false
  const missing = issue.errors.flat().map((inner) => inputInvalid({ issues: [inner] }).message)
  return ['request', 'delegate'].every((field) => missing.includes(`${field}: is missing`))
}

/** What is wrong with a body of several forms: what is wrong with the form that it has most in common with. */
function ofOneAlternative({ issues }: Issues): Issues {
  const [issue] = issues
  if (issue?.code !== 'invalid_union') return { issues }
  const [closest = issues] = issue.errors.toSorted((one, other) => strangeness(one) - strangeness(other))
  return { issues: closest }
}

/** How many fields are there that do not belong there, and then how many are wrong. */
function strangeness(issues: Issues['issues']): number {
  const unknown = issues.flatMap((issue) => (issue.code === 'unrecognized_keys' ? issue.keys : []))
  return 1000 * unknown.length + issues.length
}
