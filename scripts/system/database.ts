import { connect } from '@parley/database'
import { startEmbeddedPostgres } from '@parley/database/embedded'
import { ConfigurationError, databaseUrl, type OnStop } from '@parley/service'

/** The Postgres at this URL, or an embedded one. Registers how to stop what it starts. Throws a ConfigurationError when none answers there. */
export async function startDatabase(url: string | undefined, onStop: OnStop): Promise<string> {
  if (url) return requireAnswer(url)
  const server = await startEmbeddedPostgres()
  onStop(server.stop)
  return server.url
}

async function requireAnswer(url: string): Promise<string> {
  if (!databaseUrl.safeParse(url).success) {
    // Without the value: it may hold a password.
    throw new ConfigurationError(
      'DATABASE_URL is not the URL of a Postgres: set it to postgres://USER:PASSWORD@HOST:PORT/DATABASE, or unset it for the embedded one.',
    )
  }
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
