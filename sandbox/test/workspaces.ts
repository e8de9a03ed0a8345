import { utils } from 'near-api-js'
import { type NearAccount, type TransactionResult, Worker } from 'near-workspaces'

export const NEAR = 10n ** 24n
export const TGAS = 10n ** 12n

// Both print every log and failure otherwise, and here most failures are meant.
process.env.NEAR_WORKSPACES_NO_LOGS = 'true'
utils.Logger.overrideLogger(undefined)

/** A worker as near-workspaces makes it, on this repository's node. */
export function startWorker(): Promise<Worker> {
  return Worker.init()
}

/** `<name>.test.near` with a contract and its initialisation. */
export async function deployed(root: NearAccount, name: string, wasm: string): Promise<NearAccount> {
  const account = await root.createSubAccount(name, { initialBalance: 20n * NEAR })
  await succeeded(account.deploy(wasm))
  return account
}

/** The result of a call that must not fail. */
export async function succeeded(call: Promise<TransactionResult>): Promise<TransactionResult> {
  const result = await call
  if (result.failed) throw new Error(JSON.stringify(result.Failure))
  return result
}

/** The value that a view answers, parsed. */
export function view<T>(account: NearAccount, method: string, args: Record<string, unknown> = {}): Promise<T> {
  return account.view<T>(method, args)
}

/** Liquid tokens and nothing else. */
export async function liquid(account: NearAccount): Promise<bigint> {
  return BigInt((await account.accountView()).amount)
}

/** The header of the last block. */
export async function latestHeader({ provider }: Worker) {
  // The types of near-workspaces have lost those of near-api-js, which its provider extends.
  const { header } = await (provider as unknown as BlockProvider).block({ finality: 'final' })
  return header
}

type BlockProvider = {
  block(query: object): Promise<{ header: { height: number; timestamp: number; epoch_id: string } }>
}

/** What the call cost its signer in all, in yoctoNEAR, beyond deposits. */
export function feeOf({ outcomes }: TransactionResult): bigint {
  return outcomes.reduce((sum, { tokens_burnt }) => sum + BigInt(tokens_burnt), 0n)
}
