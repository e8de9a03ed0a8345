import { expect } from 'vitest'
import { type Driver, Refused } from './driver.ts'

/** The name and every detail, in order. */
export async function expectRefusal(
  chain: Driver,
  asking: Promise<unknown>,
  name: string,
  ...details: readonly unknown[]
): Promise<void> {
  const error = await asking.then(
    () => new Error('was accepted'),
    (cause) => cause,
  )
  if (!(error instanceof Refused)) throw error
  expect(error.message.trim()).toBe([`${name}:`, ...details.map(chain.detail)].join(' '))
}
