import type { StakeProposal } from '../apply/action-result.ts'
import { getAccount, setAccount } from '../state/accounts.ts'
import type { StateUpdate } from '../state/state-update.ts'

/** An account's stake by name. */
type Stakes = ReadonlyMap<string, bigint>

/**
 * Who has staked how much. What is proposed in an epoch holds from the next but one, and tokens stay locked as long as one
 * of the last three epochs needs them, as in nearcore; but this chain has one producer, which never changes, no rewards and
 * no kickouts.
 */
export interface StakingState {
  /** The epoch now, the next, and the next but one, with what was proposed so far. */
  readonly current: Stakes
  readonly next: Stakes
  readonly proposed: Stakes
  /** The two epochs before this one. */
  readonly past: readonly Stakes[]
}

export function initialStaking(stakes: Stakes): StakingState {
  return { current: stakes, next: stakes, proposed: stakes, past: [] }
}

export function withProposals(staking: StakingState, proposals: readonly StakeProposal[]): StakingState {
  if (proposals.length === 0) return staking
  const proposed = new Map(staking.proposed)
  for (const { accountId, stake } of proposals) proposed.set(accountId, stake)
  return { ...staking, proposed }
}

/** Begins an epoch, and unlocks what no epoch needs any more. nearcore: `update_validator_accounts` in lib.rs. */
export function beginEpoch(staking: StakingState, state: StateUpdate): StakingState {
  const { current, next, proposed, past } = staking
  const started: StakingState = { current: next, next: proposed, proposed, past: [current, ...past].slice(0, 2) }
  const relevant = [started.current, started.next, started.proposed, ...started.past]
  const accountIds = new Set(relevant.flatMap((stakes) => [...stakes.keys()]))
  for (const accountId of accountIds) unlock(state, accountId, largest(relevant, accountId))
  state.commit()
  return started
}

/** An account may stake no less than a tenth of the smallest stake. nearcore: `minimum_stake_divisor`, 10. */
export function minimumStake({ current }: StakingState): bigint {
  const stakes = [...current.values()].filter((stake) => stake > 0n)
  return stakes.reduce((smallest, stake) => (stake < smallest ? stake : smallest), stakes[0] ?? 0n) / 10n
}

function unlock(state: StateUpdate, accountId: string, needed: bigint): void {
  const account = getAccount(state, accountId)
  if (!account || account.locked <= needed) return
  const freed = account.locked - needed
  setAccount(state, accountId, { ...account, amount: account.amount + freed, locked: needed })
}

function largest(epochs: readonly Stakes[], accountId: string): bigint {
  return epochs.reduce((max, stakes) => {
    const stake = stakes.get(accountId) ?? 0n
    return stake > max ? stake : max
  }, 0n)
}
