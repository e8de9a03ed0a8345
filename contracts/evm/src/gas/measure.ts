import type { Receipt } from '../../test/chain.ts'

export type Measure = (name: string, sending: Promise<Receipt>) => Promise<void>

/** For what is measured by another call of the same steps. */
export const ignore: Measure = async (_name, sending) => {
  await sending
}
