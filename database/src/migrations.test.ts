import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { generateDrizzleJson, generateMigration } from 'drizzle-kit/api'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { migrate, schema } from './connect.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded.ts'

const meta = (name: string) =>
  JSON.parse(readFileSync(new URL(`../migrations/meta/${name}.json`, import.meta.url), 'utf8'))
const journal: { readonly entries: readonly { readonly idx: number }[] } = meta('_journal')

let server: EmbeddedPostgres
const pools: postgres.Sql[] = []

beforeAll(async () => {
  server = await startEmbeddedPostgres()
})
afterAll(async () => {
  await Promise.all(pools.map((sql) => sql.end()))
  await server.stop()
})

test('the committed migrations give exactly the tables of the code; else run `npm run build:database`', async () => {
  const [migrated, created] = await Promise.all([newDatabase('migrated'), newDatabase('created')])
  const statements = await generateMigration(generateDrizzleJson({}), generateDrizzleJson(schema))

  await migrate(migrated.url)
  for (const statement of statements) await created.sql.unsafe(statement)

  const tables = await tablesOf(created.sql)
  expect(await tablesOf(migrated.sql)).toEqual(tables)
  expect(tables).toContainEqual({ what: 'column', name: 'relay.requests.idempotency_key', is: 'text' })
})

test('the next migration starts from the tables of the code; else run `npm run build:database`', () => {
  const number = String(journal.entries.at(-1)?.idx).padStart(4, '0')

  const { id: _, prevId: __, ...committed } = meta(`${number}_snapshot`)

  const { id: ___, prevId: ____, ...ours } = generateDrizzleJson(schema)
  expect(committed).toEqual(JSON.parse(JSON.stringify(ours)))
})

test('migrating again changes nothing', async () => {
  const { url, sql } = await newDatabase('twice')
  await migrate(url)
  const before = await tablesOf(sql)
  await sql`insert into relay.signers (chain, address, next_nonce) values ('eip155:1', '0xa11ce', 7)`

  await migrate(url)

  expect(await tablesOf(sql)).toEqual(before)
  expect(await sql`select next_nonce from relay.signers`).toMatchObject([{ next_nonce: '7' }])
})

test('processes that migrate at the same time migrate once, and all of them go on', async () => {
  const { url, sql } = await newDatabase('together')
  const connectModule = fileURLToPath(new URL('./connect.ts', import.meta.url))
  const program = `const { migrate } = await import(process.argv[1]); await migrate(process.argv[2]); console.log('migrated')`
  const start = () => promisify(execFile)(process.execPath, ['--input-type=module', '-e', program, connectModule, url])

  const ended = await Promise.all([start(), start(), start(), start()])

  expect(ended.map(({ stdout }) => stdout)).toEqual(Array(4).fill('migrated\n'))
  expect(await sql`select hash from drizzle.__drizzle_migrations`).toHaveLength(journal.entries.length)
})

async function newDatabase(name: string): Promise<{ url: string; sql: postgres.Sql }> {
  const admin = postgres(server.url, { max: 1 })
  await admin.unsafe(`create database ${name}`)
  await admin.end()
  const url = Object.assign(new URL(server.url), { pathname: name }).href
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  pools.push(sql)
  return { url, sql }
}

/** Everything that is in our schemas, as Postgres itself describes it. The order of columns is nobody's business. */
async function tablesOf(sql: postgres.Sql): Promise<{ what: string; name: string; is: string }[]> {
  const rows = await sql<{ what: string; name: string; is: string }[]>`
    select 'column' as what, format('%s.%s.%s', n.nspname, c.relname, a.attname) as name,
      concat_ws(' ', format_type(a.atttypid, a.atttypmod), case when a.attnotnull then 'not null' end, pg_get_expr(d.adbin, d.adrelid)) as is
    from pg_attribute a
      join pg_class c on c.oid = a.attrelid
      join pg_namespace n on n.oid = c.relnamespace
      left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    where n.nspname in ('chain', 'relay') and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
    union all
    select 'index', format('%s.%s', schemaname, indexname), indexdef from pg_indexes where schemaname in ('chain', 'relay')
    union all
    select 'constraint', format('%s.%s', n.nspname, k.conname), pg_get_constraintdef(k.oid)
    from pg_constraint k join pg_namespace n on n.oid = k.connamespace
    where n.nspname in ('chain', 'relay')
    order by 1, 2`
  return rows.map((row) => ({ ...row }))
}
