/** Runs random sequences on a chain and on its model, and compares the two after every step. */
import fc from 'fast-check'
import { expect } from 'vitest'
import { Refused } from './driver.ts'

export interface Machine<State, Action extends { readonly name: string }, Step> {
  /** Brings the chain back to where `start` is. */
  readonly restore: () => Promise<void>
  readonly start: State
  /** What a random step means here: some actions, one after another. */
  readonly actionsOf: (step: Step, state: State) => Promise<readonly Action[]>
  readonly decide: (
    state: State,
    action: Action,
  ) => { readonly status: 'accepted'; readonly state: State } | { readonly status: 'refused'; readonly error: string }
  /** Throws Refused. `state` is before the action. */
  readonly perform: (action: Action, state: State) => Promise<unknown>
  /** Compares all that is not the same in `before`, which is nothing when a sequence has ended: then all is. */
  readonly expectSameState: (state: State, before: State | undefined) => Promise<void>
  /** What must hold when a sequence ends, for example that all money finds a way out. */
  readonly leave: (state: State) => Promise<void>
}

/**
 * Runs `steps` steps, or as many as FUZZ_STEPS says, in sequences of 60. `reached` are the actions that must have been accepted at least
 * once: a sequence that is refused all along shows nothing.
 */
export async function expectLikeModel<State, Action extends { readonly name: string }, Step>(
  machine: Machine<State, Action, Step>,
  {
    step,
    steps,
    reached,
  }: { readonly step: fc.Arbitrary<Step>; readonly steps: number; readonly reached: readonly string[] },
): Promise<void> {
  const wanted = process.env.FUZZ_STEPS || undefined
  const seen = new Map<string, Map<string, number>>()
  let done = 0
  const run = async (chosen: readonly Chosen<Step>[]) => {
    await machine.restore()
    let state = machine.start
    for (const [at, { step, again }] of chosen.entries()) {
      const before = state
      for (const action of withOneAgain(await machine.actionsOf(step, state), again)) {
        const decision = machine.decide(state, action)
        const expected = decision.status === 'refused' ? decision.error : 'accepted'
        expect(await outcomeOf(machine.perform(action, state)), `step ${at}: ${describe(action)}`).toBe(expected)

        const outcomes = seen.get(action.name) ?? new Map<string, number>()
        seen.set(action.name, outcomes.set(expected, (outcomes.get(expected) ?? 0) + 1))
        if (decision.status === 'accepted') state = decision.state
      }
      await machine.expectSameState(state, before)
      done++
    }
    await machine.expectSameState(state, undefined)
    await machine.leave(state)
  }

  const numRuns = Math.ceil(Number(wanted ?? steps) / STEPS_PER_RUN)
  const seed = Number(process.env.FUZZ_SEED ?? 1)
  // Without bias: fast-check's favours the ends of ranges, and most sequences would stay shallow.
  const chosen = fc.record({ step, again: fc.integer({ min: -12, max: 3 }) })
  const sequence = fc.array(fc.noBias(chosen), { minLength: STEPS_PER_RUN, maxLength: STEPS_PER_RUN })
  // Shrinking takes minutes: only who asks for many steps waits for it.
  try {
    await fc.assert(fc.asyncProperty(sequence, run), { numRuns, seed, endOnFailure: wanted === undefined })
  } finally {
    const lines = [...seen].sort().map(([name, outcomes]) => `  ${name}: ${sayCounts(outcomes)}`)
    const test = expect.getState().currentTestName ?? ''
    console.log([`${test}: ${done} steps in sequences of ${STEPS_PER_RUN}, seed ${seed}`, ...lines].join('\n'))
  }
  const outcomes = [...seen].flatMap(([name, counts]) => [...counts.keys()].map((outcome) => `${name} ${outcome}`))
  if (Number(wanted ?? steps) >= steps) expect(outcomes).toEqual(expect.arrayContaining([...reached]))
}

function sayCounts(outcomes: ReadonlyMap<string, number>): string {
  const byCount = [...outcomes].sort(([, one], [, other]) => other - one)
  return byCount.map(([outcome, count]) => `${count} ${outcome}`).join(', ')
}

export function pick<Item>(items: readonly Item[], number: number): Item {
  const item = items[number % items.length]
  if (item === undefined) throw new RangeError('nothing to pick from')
  return item
}

/** The entries of a map that another does not have, or has otherwise. */
export function changed<Value>(
  now: ReadonlyMap<string, Value>,
  before: ReadonlyMap<string, Value> | undefined,
): (readonly [string, Value])[] {
  return [...now].filter(([key, value]) => before?.get(key) !== value)
}

const STEPS_PER_RUN = 60

interface Chosen<Step> {
  readonly step: Step
  /** Which of its actions is tried twice, if there is one. */
  readonly again: number
}

/** Whatever may happen once only is tried again at once, but for what makes something new under a name of its own. */
function withOneAgain<Action extends { readonly name: string }>(actions: readonly Action[], again: number): Action[] {
  const isNew = ({ name }: Action) => ['createJob', 'hire', 'spendHire'].includes(name)
  return actions.flatMap((action, at) => (at === again && !isNew(action) ? [action, action] : [action]))
}

async function outcomeOf(performing: Promise<unknown>): Promise<string> {
  try {
    await performing
    return 'accepted'
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return error.message.split(':')[0] ?? ''
  }
}

function describe(action: object): string {
  return JSON.stringify(action, (_, value) => (typeof value === 'bigint' ? value.toString() : value))
}
