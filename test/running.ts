import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Stage } from '../scripts/demo/play.ts'
import { type System, type SystemOptions, startSystem } from '../scripts/system/system.ts'

const anyPorts = {
  GRAPHQL_PORT: 0,
  RELAYER_PORT: 0,
  ENCLAVE_PORT: 0,
  VERIFIER_PORT: 0,
  EVM_PORT: 0,
  NEAR_PORT: 0,
} as const

/** The invoices of the demo. */
export const invoices = () => readFile(fileURLToPath(new URL('../scripts/demo/invoices.csv', import.meta.url)), 'utf8')

export interface Running extends System {
  readonly stage: Stage
  /** Everything that a program has written to its log. */
  readonly logOf: (name: string) => Promise<string>
}

/** The whole system on free ports, for one test file. */
export async function startRunning(options: Partial<SystemOptions> = {}): Promise<Running> {
  const directory = await mkdtemp(join(tmpdir(), 'parley-test-'))
  const system = await startSystem({ directory, ports: anyPorts, ...options })
  const { evm, near, graphqlUrl, startEnclave } = system
  return {
    ...system,
    stage: { devnets: [evm, near], relayerUrl: system.relayer.url, graphqlUrl, startEnclave },
    logOf: (name) => readFile(join(directory, `${name}.log`), 'utf8'),
    stop: async () => {
      await system.stop()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** Polls until the answer is there. Rejects after a minute, which only a broken system needs. */
export async function until<Value>(ask: () => Promise<Value | undefined>, what: string): Promise<Value> {
  const givesUpAt = Date.now() + 60_000
  for (;;) {
    const value = await ask().catch(() => undefined)
    if (value !== undefined) return value
    if (Date.now() > givesUpAt) throw new Error(`waited a minute for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
