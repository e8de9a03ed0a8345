import { expect } from 'vitest'
import { Reverted } from './chain.ts'

/** The name and every argument, as `Name: arguments`. */
export async function expectRevert(
  sending: Promise<unknown>,
  name: string,
  ...args: readonly unknown[]
): Promise<void> {
  const error = await sending.then(
    () => new Error('was accepted'),
    (cause) => cause,
  )
  if (!(error instanceof Reverted)) throw error
  expect(error.message.toLowerCase()).toBe(reasonOf(name, ...args))
}

/** Addresses in lower case, as everywhere here. */
export function reasonOf(name: string, ...args: readonly unknown[]): string {
  return `${name}: ${args.map(String).join(' ')}`.trim().toLowerCase()
}
