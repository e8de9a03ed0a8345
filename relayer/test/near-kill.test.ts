import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Database, transactions } from '@parley/database'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { rowsOf } from './dispatcher.ts'
import { signDelegate } from './near-delegate.ts'
import {
  ALICE,
  BOB,
  logsOf,
  type NearGround,
  nextNonce,
  PAYER,
  PAYER_KEYS,
  read,
  startNearGround,
} from './near-ground.ts'
import { type Program, runRelayer } from './program.ts'

const KILLS = Number(process.env.RELAYER_KILLS ?? 4)
const CHALLENGES = 3 * KILLS
/** Of each of two accounts. */
const REGISTRATIONS = 2 * KILLS

let ground: NearGround
let db: Database
let settings: Record<string, string>
let producing: NodeJS.Timeout

beforeAll(async () => {
  ground = await startNearGround()
  const database = await ground.newDatabase()
  db = database.db
  const deployment = join(tmpdir(), `parley-near-${process.pid}.json`)
  await writeFile(deployment, JSON.stringify(ground.deployment))
  settings = {
    NEAR_RPC_URL: ground.url,
    NEAR_DEPLOYMENT: deployment,
    RELAYER_NEAR_ACCOUNT: PAYER,
    RELAYER_NEAR_KEYS: PAYER_KEYS.map((key) => key.toString()).join(','),
    DATABASE_URL: database.url,
    VERIFIER_URLS: 'http://127.0.0.1:9',
    POLL_MILLISECONDS: '20',
    MAX_REQUESTS_PER_MINUTE: '10000',
  }
  ground.isAtOnce = false
  producing = setInterval(() => ground.node.produceBlock(), 40)
})
afterAll(async () => {
  clearInterval(producing)
  await ground.stop()
})

test(`through ${KILLS} kills, of two relayers on one database, everything that was promised happens once`, async () => {
  const { agents } = ground.deployment
  let program = runRelayer(settings)
  const other = runRelayer(settings)
  const bodies: (readonly [string, object])[] = Array.from({ length: CHALLENGES }, () => ['challenges', {}])
  for (const actor of [ALICE, BOB]) {
    const first = nextNonce(ground.node, actor)
    for (let at = 0n; at < REGISTRATIONS; at++) {
      const calls = [{ method: 'register', args: { agent_uri: `${actor.account}/${at}` } }]
      const body = signDelegate(ground, actor, agents, calls, { nonce: first + at, maxBlockHeight: 100_000n })
      bodies.push(['transactions', body])
    }
  }

  const posting = postAll(() => program.url, bodies)
  for (let kill = 0; kill < KILLS; kill++) {
    await program.url
    // Another moment each time, from the first request to the idle state.
    await sleep(30 + ((kill * 137) % 500))
    program = await killAndRestart(program)
  }
  await posting
  await until('all of it is decided', async () => (await rowsOf(db)).every(({ isFinal }) => isFinal))

  const rows = await rowsOf(db)
  expect(rows.filter(({ status }) => status !== 'succeeded')).toEqual([])
  expect(rows).toHaveLength(bodies.length)
  expect(logsOf(ground, 'challenge_issued')).toHaveLength(CHALLENGES)
  expect(logsOf(ground, 'registered')).toHaveLength(2 * REGISTRATIONS)
  const uris = Array.from({ length: 2 * REGISTRATIONS }, (_, id) => uriOf(id))
  for (const { account } of [ALICE, BOB]) {
    const ofAccount = uris.filter((uri) => uri.startsWith(`${account}/`))
    expect(ofAccount).toEqual(Array.from({ length: REGISTRATIONS }, (_, at) => `${account}/${at}`))
  }
  expect(await db.select().from(transactions)).toHaveLength(bodies.length)
  for (const { process } of [program, other]) process.kill('SIGTERM')
  expect(await Promise.all([program.exited, other.exited])).toEqual([0, 0])
}, 180_000)

function uriOf(id: number): string {
  return read(ground, ground.deployment.agents, 'token_uri', { agent_id: String(id) })
}

async function killAndRestart(program: Program): Promise<Program> {
  program.process.kill('SIGKILL')
  await program.exited
  return runRelayer(settings)
}

/** Hands each in until it is promised, one after the other: the relayer may be gone at any moment. */
async function postAll(urlOf: () => Promise<string>, bodies: readonly (readonly [string, object])[]): Promise<void> {
  for (const [at, [kind, body]] of bodies.entries()) {
    const headers = { 'content-type': 'application/json', 'idempotency-key': `idempotency-key-${at}` }
    await until(`request ${at} is promised`, async () => {
      const url = `${await urlOf()}/v1/${kind}`
      const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) }).catch(() => undefined)
      if (answer && answer.status !== 202 && answer.status < 500) throw new Error(await answer.text())
      return answer?.status === 202
    })
  }
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 120_000
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`it did not happen in time that ${what}`)
    await sleep(50)
  }
}
