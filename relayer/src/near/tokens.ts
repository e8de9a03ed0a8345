import { ParleyError } from '@parley/protocol'
import { type Finality, type NearNode, view } from './node.ts'

/** A token whose code a call runs at our cost: that of a job, or one that is named; and the field that says so. */
export type NamedToken = { readonly field: string } & ({ readonly token: string } | { readonly jobId: string })

/**
 * Throws MethodNotSponsored for a token that is not on the list; when there is no list, for one that `parley` does not trust. A strange
 * token's code could burn our gas, or take hours over it. A job that does not exist has no token.
 */
export async function requireTokens(
  node: NearNode,
  tokens: readonly string[],
  named: readonly NamedToken[],
  finality: Finality,
): Promise<void> {
  for (const each of named) {
    const token = 'token' in each ? each.token : await findTokenOfJob(node, each.jobId, finality)
    if (token === undefined || (await isSponsored(node, tokens, token, finality))) continue
    const { field } = each
    throw new ParleyError('MethodNotSponsored', `${field}: names the token ${token}, which is not sponsored`, { field })
  }
}

async function findTokenOfJob(node: NearNode, job_id: string, finality: Finality): Promise<string | undefined> {
  type Job = { readonly token: string | null }
  const job = await view<Job | null>(node, node.deployment.parley, 'get_job', { job_id }, { finality })
  return job?.token ?? undefined
}

async function isSponsored(
  node: NearNode,
  tokens: readonly string[],
  token: string,
  finality: Finality,
): Promise<boolean> {
  if (tokens.length > 0) return tokens.includes(token)
  return view<boolean>(node, node.deployment.parley, 'is_token_trusted', { token }, { finality })
}
