import { ParleyError } from '@parley/protocol'

const PAUSE_MILLISECONDS = 100

/** Asks a GraphQL server once. Throws an Error with the server's words, or Unavailable when it does not answer. */
export async function query<Data>(
  url: string,
  document: string,
  variables: Readonly<Record<string, unknown>> = {},
): Promise<Data> {
  const answer = await post(url, JSON.stringify({ query: document, variables }))
  if (answer.errors) throw new Error(answer.errors.map(({ message }) => message).join('; '))
  return answer.data as Data
}

/** Asks until `isThere` likes the answer, through outages. Throws Unavailable after `patienceMilliseconds`. */
export async function queryUntil<Data>(
  url: string,
  document: string,
  variables: Readonly<Record<string, unknown>>,
  isThere: (data: Data) => boolean,
  patienceMilliseconds = 60_000,
): Promise<Data> {
  const givesUpAt = Date.now() + patienceMilliseconds
  for (;;) {
    const data = await query<Data>(url, document, variables).catch((error: unknown) => {
      if (error instanceof ParleyError && error.isRetryable) return undefined
      throw error
    })
    if (data !== undefined && isThere(data)) return data
    if (Date.now() > givesUpAt)
      throw new ParleyError('Unavailable', `GraphQL at ${url} has not shown it within ${patienceMilliseconds} ms`)
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS))
  }
}

async function post(url: string, body: string): Promise<{ data?: unknown; errors?: readonly { message: string }[] }> {
  const headers = { 'content-type': 'application/json' }
  try {
    const response = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(10_000) })
    return await response.json()
  } catch (cause) {
    throw new ParleyError('Unavailable', `GraphQL at ${url} does not answer`, { cause })
  }
}
