import { connect, type Database, migrate } from '@parley/database'
import { startEmbeddedPostgres } from '@parley/database/embedded'
import postgres from 'postgres'

/** A Postgres for one test file. */
export interface Databases {
  /** An empty database with the relayer's tables, on connections of its own. */
  readonly newDatabase: () => Promise<{
    readonly url: string
    readonly db: Database
    readonly reconnect: () => Database
  }>
  readonly stop: () => Promise<void>
}

export async function startDatabases(): Promise<Databases> {
  const server = await startEmbeddedPostgres()
  const closes: (() => Promise<void>)[] = []
  let count = 0

  async function newDatabase() {
    const admin = postgres(server.url, { max: 1 })
    const name = `relay_${count++}`
    await admin.unsafe(`create database ${name}`)
    await admin.end()
    const url = Object.assign(new URL(server.url), { pathname: name }).href
    await migrate(url)
    const reconnect = () => {
      const { db, close } = connect(url)
      closes.push(close)
      return db
    }
    return { url, db: reconnect(), reconnect }
  }

  async function stop() {
    await Promise.all(closes.map((close) => close()))
    await server.stop()
  }
  return { newDatabase, stop }
}
