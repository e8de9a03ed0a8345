import {
  agentMetadata,
  agents,
  arbitrations,
  counterparties,
  crowds,
  type Database,
  enclaves,
  feedbackResponses,
  jobs,
  ledgerTransfers,
  milestones,
  payments,
  policies,
  spendConfirmations,
  spendLimits,
  votes,
} from '@parley/database'
import { and, eq, type SQL, sql } from 'drizzle-orm'
import { createLoader } from './loader.ts'
import { createMarketLoaders } from './market-loaders.ts'
import { isOneOf, listLoader, nameOf, rowLoader } from './row-loaders.ts'

export type Loaders = ReturnType<typeof createLoaders>

/** keccak256('agentWallet'), ERC-8004's key. By hash: text of another key may have lost what made it another. */
export const WALLET_KEY_HASH = '0x2ac6109326e720d1435c0db66f7e35eda7839f52b6f1f5520a60788e132b4e39'

/** Lookups of one request; each kind takes one statement per level of the query, however many rows ask. */
export function createLoaders(db: Database) {
  return {
    ...createMarketLoaders(db),
    agent: rowLoader(db, agents, agents.agentId),
    // The wallet comes first: no amount of other metadata can push it out.
    metadataOfAgent: listLoader(db, agentMetadata, [agentMetadata.agentId], {
      order: [sql`${agentMetadata.keyHash} <> ${WALLET_KEY_HASH}`, agentMetadata.key],
    }),
    responsesOfFeedback: listLoader(db, feedbackResponses, [
      feedbackResponses.agentId,
      feedbackResponses.client,
      feedbackResponses.feedbackIndex,
    ]),
    enclave: rowLoader(db, enclaves, enclaves.enclave),
    job: rowLoader(db, jobs, jobs.jobId),
    isInLedger: fundedFromLedger(db),
    paymentsOfJob: listLoader(db, payments, [payments.jobId]),
    votesOfJob: listLoader(db, votes, [votes.jobId]),
    milestonesOfJob: listLoader(db, milestones, [milestones.jobId], { order: [milestones.milestone] }),
    arbitrationOfJob: rowLoader(db, arbitrations, arbitrations.jobId),
    crowdOfJob: rowLoader(db, crowds, crowds.jobId),
    ledgerTransfer: rowLoader(db, ledgerTransfers, ledgerTransfers.blockNumber, ledgerTransfers.logIndex),
    policy: rowLoader(db, policies, policies.account, policies.key),
    limitsOfPolicy: partsOfPolicy(db, spendLimits),
    counterpartiesOfPolicy: partsOfPolicy(db, counterparties, eq(counterparties.isAllowed, true)),
    confirmationsOfPolicy: partsOfPolicy(db, spendConfirmations),
  }
}

/**
 * Jobs whose money came from the ledger: their funding stands beside a transfer of the client to the escrow, which the contracts tell right
 * after it on EVM chains, and right before it on NEAR.
 */
function fundedFromLedger(db: Database) {
  const { blockNumber, logIndex, from, to, amount } = ledgerTransfers
  const beside = sql`${payments.logIndex} + case when ${payments.chain} like 'near:%' then -1 else 1 end`
  const isTaken = and(
    ...[eq(ledgerTransfers.chain, payments.chain), eq(blockNumber, payments.blockNumber), eq(logIndex, beside)],
    ...[eq(from, payments.account), eq(to, payments.contract), eq(amount, payments.amount)],
  )
  return createLoader(nameOf, async (keys) => {
    const rows = await db
      .select({ chain: payments.chain, id: payments.jobId })
      .from(payments)
      .innerJoin(ledgerTransfers, isTaken)
      .where(and(eq(payments.kind, 'Funded'), isOneOf(keys, payments.chain, [payments.jobId])))
    return new Map(rows.map((row) => [nameOf(row), true]))
  })
}

/** What belongs to a policy and was set since it was revoked last. */
function partsOfPolicy<Table extends typeof spendLimits | typeof counterparties | typeof spendConfirmations>(
  db: Database,
  table: Table,
  where?: SQL,
) {
  const { chain, account, key, revokedPosition } = policies
  const isTheirs = and(eq(chain, table.chain), eq(account, table.account), eq(key, table.key))
  const revoked = sql`coalesce((select ${revokedPosition} from ${policies} where ${isTheirs}), '')`
  const isLive = sql`${table.setPosition} > ${revoked}`
  return listLoader(db, table, [table.account, table.key], { where: and(isLive, where) as SQL })
}
