/** Money comes by a token's `ft_transfer_call`, whose `msg` says what it is for. What is refused here the token gives back (NEP-141). */
import { caller } from './context.ts'
import { ContractError, require } from './contract-error.ts'
import { deposit } from './deposits.ts'
import { hire } from './hiring.ts'
import * as input from './input.ts'
import type { Escrow } from './job.ts'
import { fund } from './jobs.ts'
import { readRecord, writeRecord } from './records.ts'

/** Tokens that are believed when they say who sends: what they bring acts in the client's name. */
export function writeTrustedTokens(tokens: readonly string[]): void {
  writeRecord(TRUSTED_TOKENS, tokens)
}

export function setToken(token: string, isTrusted: boolean): void {
  const others = trustedTokens().filter((other) => other !== token)
  writeTrustedTokens(isTrusted ? [...others, token] : others)
}

export function isTokenTrusted(token: string): boolean {
  return trustedTokens().includes(token)
}

/**
 * `msg` is JSON, `{"fund": {…}}` or `{"hire": {…}}`; empty, or `{"deposit": {"receiver_id"}}`, it is a deposit into the ledger. The token is
 * who calls: one that the owner trusts, if it hires or funds, for anybody can call this and name any client. Answers how much is not
 * needed; a hiring answers when the agent registry has. `requireUnpaused` is for what takes new risk: a deposit may be a bond for an exit.
 */
export function onTransfer(
  escrow: Escrow,
  { client, amount, msg }: { readonly client: string; readonly amount: bigint; readonly msg: unknown },
  requireUnpaused: () => void,
): string | undefined {
  const purpose = msg === '' ? { deposit: {} } : input.jsonObject(msg, 'msg')
  if (purpose.deposit !== undefined) {
    const { receiver_id } = input.object(purpose.deposit, 'msg.deposit')
    const receiver = input.optionalAccount(receiver_id, 'msg.deposit.receiver_id') ?? client
    deposit({ token: caller(), sender: client, receiver, amount }, isTokenTrusted(caller()))
    return '0'
  }
  if (purpose.fund !== undefined) {
    const { job_id, expected_budget } = input.object(purpose.fund, 'msg.fund')
    const jobId = input.bytes32(job_id, 'msg.fund.job_id')
    const expectedBudget = input.uint(expected_budget, 'msg.fund.expected_budget')
    requireUnpaused()
    requireTrustedCaller()
    return String(fund(jobId, expectedBudget, { client, token: caller(), received: amount }))
  }
  if (purpose.hire === undefined)
    throw new ContractError('InputInvalid', 'msg is neither to deposit nor to fund nor to hire')
  const hiring = input.object(purpose.hire, 'msg.hire')
  requireUnpaused()
  requireTrustedCaller()
  hire(escrow, hiring, 'msg.hire', { client, token: caller(), amount, isInLedger: false })
  return undefined
}

const TRUSTED_TOKENS = 'tokens'

function requireTrustedCaller(): void {
  require(isTokenTrusted(caller()), 'ClientOnly', caller())
}

function trustedTokens(): readonly string[] {
  return readRecord<readonly string[]>(TRUSTED_TOKENS) ?? []
}
