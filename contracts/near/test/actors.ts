import { type SecretKey, secretKeyFromSeed } from '@parley/sandbox'

/** An account of the tests. Its key follows from its name, so every run has the same transactions. */
export interface Actor {
  readonly accountId: string
  readonly secretKey: SecretKey
}

export const ROOT = actor('test.near')
export const OWNER = actor('owner.test.near')
export const ALICE = actor('alice.test.near')
export const BOB = actor('bob.test.near')
export const CAROL = actor('carol.test.near')
export const RELAYER = actor('relayer.test.near')
export const OPERATOR = actor('operator.test.near')
export const GUARDIAN = actor('guardian.test.near')

export const PEOPLE = [OWNER, ALICE, BOB, CAROL, RELAYER, OPERATOR, GUARDIAN]

export function actor(accountId: string): Actor {
  const seed = Buffer.alloc(32)
  seed.write(accountId)
  return { accountId, secretKey: secretKeyFromSeed(seed) }
}
