import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Action } from '../src/primitives/index.ts'
import { type Actor, act, createActor, NEAR } from './actor.ts'
import { rustContract } from './fixtures.ts'
import { type SandboxProcess, startSandbox } from './sandbox-process.ts'

type VectorCall = {
  method: string
  input: string
  context?: { attachedDeposit?: string; view?: boolean }
  expect: { logs: string[]; profile: Record<string, string>; error?: { message: string } }
}

type Vector = { name: string; calls: VectorCall[] }

const VECTORS = join(import.meta.dirname, '../../../shared/vectors/near-gas/rust-contracts.json')

const vectors: Vector[] = existsSync(VECTORS) ? JSON.parse(readFileSync(VECTORS, 'utf8')) : []
if (vectors.length === 0) console.log(`skipped: there is no ${VECTORS}`)

/** What nearcore's runtime charges on behalf of its trie; the vectors' state is a map, which charges for nothing. */
const COSTS_OF_TRIE = new Set([
  'TOUCHING_TRIE_NODE',
  'READ_CACHED_TRIE_NODE',
  'STORAGE_WRITE_EVICTED_BYTE',
  'STORAGE_REMOVE_RET_VALUE_BYTE',
])

/** The calls of the vector up to this method: from then on, its state is not what the chain's would be. */
const LAST = { token: 'ft_transfer_call', hub: 'relay' } as const

describe.each(['token', 'hub'] as const)('a call of %s', (name) => {
  const wasm = rustContract(name)
  const calls = vectors.find((vector) => vector.name === `rust/${name}`)?.calls ?? []
  const comparable = calls.slice(0, calls.findIndex(({ method }) => method === LAST[name]) + 1)

  describe.skipIf(!wasm || comparable.length === 0)('burns the gas that it burns on nearcore, cost by cost:', () => {
    let sandbox: SandboxProcess
    let alice: Actor

    beforeAll(async () => {
      sandbox = await startSandbox()
      // The vectors' names: their lengths cost gas.
      alice = await createActor(sandbox, 'alice', 100n * NEAR)
      const contract = await createActor(sandbox, 'contract', 100n * NEAR)
      const code = readFileSync(wasm ?? '')
      await act(sandbox, contract, contract.accountId, [{ kind: 'DeployContract', code }])
    })

    afterAll(() => sandbox?.stop())

    test.each(comparable.filter(({ context }) => !context?.view))('$method $input', async (call) => {
      const action: Action = {
        kind: 'FunctionCall',
        methodName: call.method,
        args: Buffer.from(call.input),
        gas: 300n * 10n ** 12n,
        deposit: BigInt(call.context?.attachedDeposit ?? 0),
      }

      const result = await act(sandbox, alice, 'contract.test.near', [action])

      const { outcome } = result.receipts_outcome[0]
      const profile: Profile = outcome.metadata.gas_profile
      const costs = profile.filter(
        ({ cost_category, cost }) => cost_category === 'WASM_HOST_COST' && !COSTS_OF_TRIE.has(cost),
      )
      expect(Object.fromEntries(costs.map(({ cost, gas_used }) => [cost, gas_used]))).toEqual(
        named(call.expect.profile),
      )
      expect(outcome.logs).toEqual(call.expect.logs)
      const message = call.expect.error?.message
      expect(outcome.status.Failure?.ActionError.kind.FunctionCallError.ExecutionError).toBe(message)
    })
  })
})

type Profile = { cost_category: string; cost: string; gas_used: string }[]

/** The vector's costs under the names that RPC has for them; those of actions are another category there. */
function named(profile: Record<string, string>): Record<string, string> {
  const costs = Object.entries(profile).filter(([name]) => !name.startsWith('action'))
  return Object.fromEntries(
    costs.map(([name, gas]) => [name === 'wasm' ? 'WASM_INSTRUCTION' : name.toUpperCase(), gas]),
  )
}
