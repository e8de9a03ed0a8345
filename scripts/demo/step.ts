import type { RelayedRequest } from '@parley/sdk'

/** The steps, in order. */
export const steps = ['register', 'attest', 'hire', 'work', 'submit', 'settle', 'read'] as const
export type Step = (typeof steps)[number]

/** What became of a step on one chain. */
export interface StepReport {
  /** CAIP-2. */
  readonly chain: string
  readonly told: string
  readonly milliseconds: number
  /** In the chain's unit; 0 for a step without a transaction. */
  readonly gasUsed: number
}

export interface StepListeners {
  /** Called before each step; it begins, on all chains, when this resolves. */
  readonly before?: ((step: Step) => Promise<void> | void) | undefined
  /** Called when it is done on all of them. */
  readonly after?: ((step: Step, reports: readonly StepReport[]) => void) | undefined
}

/** What is known so far of the job on one chain. */
export interface Scene {
  readonly chain: string
  readonly gasUsed: number
}

/** What a step adds to it. */
export interface Progress<Learnt> {
  readonly learnt: Learnt
  readonly told: string
  readonly request?: RelayedRequest
}

/** Takes a step on all chains at once. What it learns is added to what was known. */
export async function takeStep<Known extends Scene, Learnt extends object>(
  step: Step,
  scenes: readonly Known[],
  act: (scene: Known) => Promise<Progress<Learnt>>,
  { before, after }: StepListeners,
): Promise<(Known & Learnt)[]> {
  await before?.(step)
  const started = performance.now()
  const taken = await Promise.all(
    scenes.map(async (scene) => {
      const { learnt, told, request } = await act(scene)
      const gasUsed = request?.gasUsed ?? 0
      const report = { chain: scene.chain, told, milliseconds: performance.now() - started, gasUsed }
      return { report, scene: { ...scene, ...learnt, gasUsed: scene.gasUsed + gasUsed } }
    }),
  )
  after?.(
    step,
    taken.map(({ report }) => report),
  )
  return taken.map(({ scene }) => scene)
}
