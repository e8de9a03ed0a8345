/** Tokens that do not do what they should, as WebAssembly text: each is a few instructions. */
import type { Action } from '@parley/sandbox'
import binaryen from 'binaryen'
import { type Actor, actor, ROOT } from './actors.ts'
import { type Chain, NEAR } from './chain.ts'
import { transact } from './transactions.ts'

/** The token's account is a person's too: it signs what it says to the escrow, true or not. */
export const TOKEN: Actor = actor('hostile.test.near')

const IMPORTS = `
  (import "env" "value_return" (func $value_return (param i64 i64)))
  (import "env" "promise_create" (func $promise_create (param i64 i64 i64 i64 i64 i64 i64 i64) (result i64)))
  (memory 16)`

/** A transfer that fails. */
export const REFUSING = '(func (export "ft_transfer") unreachable)'

/** A transfer that succeeds, whatever has moved. */
export const ACCEPTING = '(func (export "ft_transfer"))'

/** A transfer that spends all its gas. */
export const SPENDING = '(func (export "ft_transfer") (loop $again (br $again)))'

/** A transfer that succeeds and answers with this many bytes: 20 Tgas pay for 290,000. */
export function talkative(bytes: number): string {
  return `(func (export "ft_transfer") (call $value_return (i64.const ${bytes}) (i64.const 0)))`
}

/** A method that answers with this text. */
export function answering(method: string, text: string): string {
  return `(data (i32.const 0) "${text.replaceAll('"', '\\22')}")
  (func (export "${method}") (call $value_return (i64.const ${text.length}) (i64.const 0)))`
}

/** A transfer that calls a method of the escrow with these arguments. */
export function callingBack(escrow: string, method: string, args: object): string {
  const texts = [escrow, method, JSON.stringify(args)]
  const at = [0, 200, 400]
  const data = texts.map((text, n) => `(data (i32.const ${at[n]}) "${text.replaceAll('"', '\\22')}")`).join('\n')
  const ranges = texts.map((text, n) => `(i64.const ${text.length}) (i64.const ${at[n]})`).join(' ')
  return `${data}
  (func (export "ft_transfer")
    (drop (call $promise_create ${ranges} (i64.const 600) (i64.const 10000000000000))))`
}

/** Makes the token's account, or gives it other code. */
export function deployToken(chain: Chain, body: string): void {
  const code = compile(body)
  const isThere = chain.node.query({ kind: 'latest' })?.viewAccount(TOKEN.accountId) !== null
  if (!isThere) createAccount(chain, TOKEN)
  transact(chain.node, { signer: TOKEN, receiverId: TOKEN.accountId, actions: [{ kind: 'DeployContract', code }] })
}

export function createAccount(chain: Chain, { accountId, secretKey: { publicKey } }: Actor): void {
  const actions: Action[] = [
    { kind: 'CreateAccount' },
    { kind: 'Transfer', deposit: 10n * NEAR },
    { kind: 'AddKey', publicKey, accessKey: { nonce: 0n, permission: { kind: 'FullAccess' } } },
  ]
  transact(chain.node, { signer: ROOT, receiverId: accountId, actions })
}

function compile(body: string): Uint8Array {
  const module = binaryen.parseText(`(module ${IMPORTS} ${body})`)
  try {
    return module.emitBinary()
  } finally {
    module.dispose()
  }
}
