import { decodeAbiParameters, type Hex, parseAbiParameters, toFunctionSelector } from 'viem'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readRevert } from '../src/revert.ts'
import { deployHostile } from './artifacts.ts'
import {
  ALICE,
  addressOf,
  BOB,
  CAROL,
  type Chain,
  type Contract,
  encodeCall,
  OWNER,
  openChain,
  RELAYER,
} from './chain.ts'
import { BUDGET, DAY, giveDollars, BODY_HASH as HASH, hiringOf, registerAgent } from './fixtures.ts'

const [LISTEN, REFUSE, BURN, BOMB, REENTER] = [0, 1, 2, 3, 4]
/** What a hook gets to watch an end: twice of it, and what the token gets. */
const HOOK_GAS = 200_000n
const carol = addressOf(CAROL)

let chain: Chain
let hook: Contract
let restore: () => Promise<void>

beforeAll(async () => {
  chain = await openChain()
  await registerAgent(chain)
  await giveDollars(chain)
  hook = await deployHostile(chain, 'Hook', [])
  await chain.send(OWNER, chain.escrow, 'setHookWhitelist', [hook.address, true])
  restore = await chain.snapshot()
})

beforeEach(() => restore())

const nextId = () => chain.read(chain.escrow, 'nextJobId', [addressOf(ALICE)])
const behave = (manner: number, call: Hex = '0x') => chain.send(ALICE, hook, 'behave', [manner, call])
const create = (hookAddress = hook.address) => {
  const args = [addressOf(BOB), carol, chain.now() + DAY, 'Translate', hookAddress, 0n] as const
  return chain.send(ALICE, chain.escrow, 'createJob', args)
}
const setBudget = (jobId: bigint) =>
  chain.send(ALICE, chain.escrow, 'setBudget', [jobId, chain.dollar.address, BUDGET, '0x01'])
const fund = (jobId: bigint) => chain.send(ALICE, chain.escrow, 'fund', [jobId, BUDGET, '0x02'])
const submit = (jobId: bigint) => chain.send(BOB, chain.escrow, 'submit', [jobId, HASH, '0x03'])
const complete = (jobId: bigint, gas?: bigint) =>
  chain.send(CAROL, chain.escrow, 'complete', [jobId, HASH, '0x04'], gas)
const reject = (jobId: bigint) => chain.send(CAROL, chain.escrow, 'reject', [jobId, HASH, '0x05'])
const statusOf = async (jobId: bigint) => (await chain.read(chain.escrow, 'getJob', [jobId])).status

async function createSubmitted(): Promise<bigint> {
  const jobId = await nextId()
  await chain.send(ALICE, chain.escrow, 'hire', [hiringOf(chain, { evaluator: carol, hook: hook.address })])
  await submit(jobId)
  return jobId
}

const SIGNATURES = {
  createJob: 'createJob(address,address,uint256,string,address,uint256)',
  setProvider: 'setProvider(uint256,address,uint256)',
  setBudget: 'setBudget(uint256,address,uint256,bytes)',
  fund: 'fund(uint256,uint256,bytes)',
  submit: 'submit(uint256,bytes32,bytes)',
  complete: 'complete(uint256,bytes32,bytes)',
  reject: 'reject(uint256,bytes32,bytes)',
}
const nameOf = (selector: unknown) =>
  Object.entries(SIGNATURES).find(([, signature]) => toFunctionSelector(signature) === selector)?.[0]
const heardIn = ({ events }: { readonly events: readonly { readonly name: string; readonly args: object }[] }) =>
  events.flatMap(({ name, args }) => {
    const { isAfter, selector } = args as { isAfter?: boolean; selector?: Hex }
    return name === 'Heard' ? [`${isAfter ? 'after' : 'before'} ${nameOf(selector)}`] : []
  })

describe('a hook', () => {
  it('hears of each action as ERC-8183 has it', async () => {
    const jobId = await nextId()

    expect(heardIn(await create())).toEqual(['after createJob'])
    expect(heardIn(await setBudget(jobId))).toEqual(['before setBudget', 'after setBudget'])
    expect(heardIn(await fund(jobId))).toEqual(['before fund', 'after fund'])
    expect(heardIn(await submit(jobId))).toEqual(['before submit', 'after submit'])
    expect(heardIn(await complete(jobId))).toEqual(['before complete', 'after complete'])
    expect(await chain.read(chain.escrow, 'hookOf', [jobId])).toBe(hook.address)
  })

  it('hears of a hiring as of its steps', async () => {
    const sending = chain.send(ALICE, chain.escrow, 'hire', [hiringOf(chain, { evaluator: carol, hook: hook.address })])

    const steps = ['after createJob', 'before setBudget', 'after setBudget', 'before fund', 'after fund']
    expect(heardIn(await sending)).toEqual(steps)
  })

  it('gets who acts, the arguments, and the bytes that are for it', async () => {
    const jobId = await nextId()
    await create()
    const { events } = await setBudget(jobId)

    const [heard] = events.filter(({ name }) => name === 'Heard')
    const types = parseAbiParameters('address, address, uint256, bytes')
    const [caller, token, amount, optParams] = decodeAbiParameters(types, heard?.args.data as Hex)
    const said = [caller.toLowerCase(), token.toLowerCase(), amount, optParams]
    expect(said).toEqual([addressOf(ALICE), chain.dollar.address, BUDGET, '0x01'])
  })

  it('never hears of a refund by time, which nothing may hinder', async () => {
    const jobId = await createSubmitted()
    await behave(REFUSE)
    chain.warp(2n * DAY)

    const refund = await chain.send(RELAYER, chain.escrow, 'claimRefund', [jobId])

    expect(refund.events.map(({ name }) => name)).toEqual(['JobExpired', 'Transfer', 'Refunded'])
  })
})

describe('a hook that refuses', () => {
  it('vetoes what comes before the work is judged', async () => {
    const jobId = await nextId()
    await create()
    const veto = async (sending: Promise<unknown>, signature: string) => {
      await expect(sending).rejects.toThrow(toFunctionSelector(signature).slice(2))
    }

    await behave(REFUSE)
    await veto(setBudget(jobId), SIGNATURES.setBudget)
    await behave(LISTEN)
    await setBudget(jobId)
    await behave(REFUSE)
    await veto(fund(jobId), SIGNATURES.fund)
    await behave(LISTEN)
    await fund(jobId)
    await behave(REFUSE)
    await veto(submit(jobId), SIGNATURES.submit)
    expect(await statusOf(jobId)).toBe(1)
  })

  it.each([
    ['refuses', REFUSE],
    ['burns all its gas', BURN],
    ['answers at length', BOMB],
  ])('or %s cannot keep a job from its end, nor make it dear', async (_, manner) => {
    const [paid, refunded] = [await createSubmitted(), await createSubmitted()]
    await behave(manner)

    const completed = await complete(paid)
    const rejected = await reject(refunded)

    const failed = ['HookFailed', 'JobCompleted', 'Transfer', 'PaymentReleased', 'HookFailed']
    expect(completed.events.map(({ name }) => name)).toEqual(failed)
    expect(rejected.events.map(({ name }) => name)).toContain('Refunded')
    expect(completed.gasUsed).toBeLessThan(2n * HOOK_GAS + 120_000n)
    expect([await statusOf(paid), await statusOf(refunded)]).toEqual([3, 4])
  })
})

describe('a hook that calls back', () => {
  it.each(['complete', 'reject', 'claimRefund', 'release', 'redo'] as const)(
    'cannot %s while its job is completed',
    async (name) => {
      const args = { complete: [HASH, '0x'], reject: [HASH, '0x'], claimRefund: [], release: [1n, HASH], redo: [HASH] }
      const jobId = await createSubmitted()
      chain.warp(2n * DAY)
      const call = encodeCall(chain.escrow.abi, name, [jobId, ...args[name]])
      await behave(REENTER, call)

      const { events } = await complete(jobId)

      expect(readRevert((await chain.read(hook, 'answer', [])) as Hex).reason).toBe('ReentrancyGuardReentrantCall:')
      expect(events.filter(({ name: event }) => event === 'PaymentReleased')).toHaveLength(1)
    },
  )
})

describe('gas', () => {
  it('that does not cover the hook, or the token, ends the call: at any limit both are heard, or nothing happens', async () => {
    const jobId = await createSubmitted()
    const again = await chain.snapshot()
    const outcomes = new Set<string>()

    for (let gas = 40_000n; gas < 560_000n; gas += 20_000n) {
      await again()
      const outcome = await complete(jobId, gas).then(
        (receipt) => heardIn(receipt).join(),
        ({ message }: Error) => message.split(':')[0] ?? '',
      )
      outcomes.add(outcome)
      expect(await statusOf(jobId)).toBe(outcome.startsWith('before') ? 3 : 2)
    }

    expect([...outcomes].sort()).toEqual(['GasTooLow', 'before complete,after complete'])
  })
})
