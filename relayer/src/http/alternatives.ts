import type { z } from '@hono/zod-openapi'

type Issues = Pick<z.core.$ZodError, 'issues'>

/** What is wrong with a body of several forms: what is wrong with the form that it has most in common with. */
export function ofOneAlternative({ issues }: Issues): Issues {
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
