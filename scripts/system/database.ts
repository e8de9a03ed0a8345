import { connect } from '@parley/database'
import { startEmbeddedPostgres } from '@parley/database/embedded'
import { ConfigurationError } from '@parley/service'

/** The Postgres at this URL, or an embedded one. Pushes how to stop what it starts. Throws a ConfigurationError when none answers there. */
export async function startDatabase(url: string | undefined, stops: (() => Promise<unknown>)[]): Promise<string> {
  if (url) return requireAnswer(url)
  const server = await startEmbeddedPostgres()
  stops.push(server.stop)
  return server.url
}

async function requireAnswer(url: string): Promise<string> {
  const { sql, close } = connect(url, { max: 1 })
  try {
    await sql`select 1`
    return url
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new ConfigurationError(
      `DATABASE_URL names a Postgres that does not answer (${reason}): start it, or unset DATABASE_URL for the embedded one.`,
      { cause },
    )
  } finally {
    await close()
  }
}
