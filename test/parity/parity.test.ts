import { readFile } from 'node:fs/promises'
import {
  type EventName,
  erc8004Errors,
  events,
  jobStatuses,
  nearContractOf,
  nearUserMethods,
  oneYoctoMethods,
  toSnakeCase,
  userMethods,
} from '@parley/protocol'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  agentRegistryAbi,
  arbitratedEvaluatorAbi,
  crowdPayoutAbi,
  enclaveEvaluatorAbi,
  enclaveRegistryAbi,
  guardrailsAbi,
  jobEscrowAbi,
  ledgerAbi,
  milestoneEvaluatorAbi,
  quorumEvaluatorAbi,
  reputationRegistryAbi,
  timelockControllerAbi,
  validationRegistryAbi,
} from '../../contracts/evm/generated/contracts.ts'
import { userAbis } from '../../contracts/evm/src/abi.ts'
import { type NearNames, readNearNames } from '../../contracts/near/test/source-names.ts'
import { differences } from './differences.ts'

const abi = [
  ...agentRegistryAbi,
  ...reputationRegistryAbi,
  ...validationRegistryAbi,
  ...enclaveRegistryAbi,
  ...jobEscrowAbi,
  ...enclaveEvaluatorAbi,
  ...ledgerAbi,
  ...guardrailsAbi,
  ...quorumEvaluatorAbi,
  ...milestoneEvaluatorAbi,
  ...timelockControllerAbi,
  ...arbitratedEvaluatorAbi,
  ...crowdPayoutAbi,
]

let near: NearNames
let exported: readonly string[]

beforeAll(async () => {
  near = await readNearNames()
  exported = (await Promise.all(['agents', 'parley', 'timelock'].map(exportsOf))).flat()
})

async function exportsOf(contract: string): Promise<string[]> {
  const wasm = await readFile(new URL(`../../contracts/near/generated/${contract}.wasm`, import.meta.url))
  const module = new WebAssembly.Module(wasm)
  return WebAssembly.Module.exports(module).flatMap(({ kind, name }) => (kind === 'function' ? [name] : []))
}

/** Bytes that ERC-8183 hands on to hooks, which may veto with them: on NEAR they cannot. */
const FOR_HOOKS = 'optParams'

/** In Solidity's order; the last of several with one name has all the parameters. */
function solidityMethods(): Map<string, readonly string[]> {
  const methods = new Map<string, readonly string[]>()
  for (const item of abi) {
    if (item.type !== 'function') continue
    const names = item.inputs.map((input) => input.name ?? '').filter((name) => name !== '' && name !== FOR_HOOKS)
    if (names.length >= (methods.get(toSnakeCase(item.name))?.length ?? 0))
      methods.set(toSnakeCase(item.name), names.map(toSnakeCase))
  }
  return methods
}

describe('methods', () => {
  it('have Solidity’s names on NEAR, but for the differences that are listed', () => {
    const solidity = [...solidityMethods().keys()]

    expect(without(solidity, exported)).toEqual(namesIn(differences.methodsOfSolidity))
    expect(without(exported, solidity)).toEqual(namesIn(differences.methodsOfNear))
  })

  it('that people call are where protocol says', async () => {
    const contracts = Object.keys(userMethods) as (keyof typeof userMethods)[]
    const inSolidity = contracts.flatMap((contract) => {
      const functions: readonly { readonly type: string; readonly name?: string }[] = userAbis[contract]
      const names = functions.flatMap(({ type, name }) => (type === 'function' ? [name] : []))
      return userMethods[contract].filter((method) => !names.includes(method))
    })
    const onNear = { agents: await exportsOf('agents'), parley: await exportsOf('parley') }
    const lost = contracts.flatMap((contract) =>
      userMethods[contract].filter((method) => !onNear[nearContractOf(contract, method)].includes(toSnakeCase(method))),
    )

    expect([...inSolidity, ...lost]).toEqual([])
    expect(onNear.agents).toEqual(expect.arrayContaining([...nearUserMethods.agents]))
    expect(onNear.parley).toEqual(expect.arrayContaining([...nearUserMethods.parley]))
    expect([...onNear.agents, ...onNear.parley]).toEqual(expect.arrayContaining([...oneYoctoMethods]))
  })

  it('that the sources declare are those that the built contracts export', () => {
    expect(without([...near.methods.keys()], exported)).toEqual([])
    expect(without(exported, [...near.methods.keys()])).toEqual([])
  })

  it('of both have the same parameters in the same order, but for the differences that are listed', () => {
    const different: Record<string, unknown> = {}
    for (const [name, parameters] of solidityMethods()) {
      const own = near.methods.get(name)
      if (own !== undefined && own.join() !== parameters.join()) different[name] = own
    }

    const listed = Object.entries(differences.parameters).map(([name, { near }]) => [name, near])
    expect(different).toEqual(Object.fromEntries(listed))
  })
})

describe('events', () => {
  it('of protocol are all emitted, but for the differences that are listed', () => {
    const emitted = near.events.map(({ name }) => name)
    const declared = Object.keys(events).map(toSnakeCase)

    expect(without(declared, emitted)).toEqual(namesIn(differences.events))
    expect(without(emitted, declared)).toEqual([])
  })

  it('have protocol’s fields in its order wherever they are emitted, but for the differences that are listed', () => {
    for (const { name, fields } of near.events) {
      const event = (Object.keys(events) as EventName[]).find((known) => toSnakeCase(known) === name)
      const declared = event === undefined ? [] : Object.keys(events[event]).map(toSnakeCase)
      const left = differences.fields[name as keyof typeof differences.fields]

      expect(left === undefined ? fields : [...fields, left.field].sort(), name).toEqual(
        left === undefined ? declared : [...declared].sort(),
      )
    }
    const emitted = near.events.map(({ name }) => name)
    for (const name of Object.keys(differences.fields)) expect(emitted).toContain(name)
  })
})

describe('errors', () => {
  it('have Solidity’s names on NEAR, but for the differences that are listed', () => {
    const inAbi = abi.flatMap((item) => (item.type === 'error' ? [item.name] : []))
    const solidity = [...inAbi, ...Object.values(erc8004Errors)]
    const own = [...near.errors]

    expect(without(solidity, own)).toEqual(namesIn(differences.errorsOfSolidity))
    expect(without(own, solidity)).toEqual(namesIn(differences.errorsOfNear))
  })
})

it('every difference says why', () => {
  const reasons = Object.values(differences).flatMap((list) =>
    Object.values(list).map((entry: string | { readonly why: string }) =>
      typeof entry === 'string' ? entry : entry.why,
    ),
  )

  for (const reason of reasons) expect(reason.length).toBeGreaterThan(20)
})

it('a job’s status is the number that Solidity stores', () => {
  expect(jobStatuses).toEqual(['Open', 'Funded', 'Submitted', 'Completed', 'Rejected', 'Expired'])
})

/** Sorted, each once. */
function without(names: readonly string[], others: readonly string[]): string[] {
  return [...new Set(names)].filter((name) => !others.includes(name)).sort()
}

function namesIn(list: object): string[] {
  return Object.keys(list).sort()
}
