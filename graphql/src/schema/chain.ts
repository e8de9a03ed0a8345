import { blocks, type Database } from '@parley/database'
import { sql } from 'drizzle-orm'
import type { BlockRow } from '../rows.ts'
import { builder } from './builder.ts'

const Chain = builder.objectRef<BlockRow>('Chain').implement({
  description: 'A chain that is indexed, and how far.',
  fields: (t) => ({
    chain: t.exposeString('chain', { description: 'CAIP-2: `eip155:1`, `near:mainnet`.' }),
    block: t.field({
      type: 'BigInt',
      description: 'What is shown here is the state after this block.',
      resolve: ({ number }) => BigInt(number),
    }),
    hash: t.exposeString('hash', {
      description: "As the chain's explorers show it: in hexadecimal on EVM chains, in base58 on NEAR.",
    }),
  }),
})

builder.queryFields((t) => ({
  chains: t.field({ type: [Chain], resolve: (_, __, { db }) => readChains(db) }),
}))

/** Jumps from chain to chain in the primary key: `distinct on` would read every block there is. */
async function readChains(db: Database): Promise<BlockRow[]> {
  const rows = await db.execute<{ chain: string; number: string; hash: string }>(sql`
    with recursive chains(chain) as (
      select min(chain) from ${blocks}
      union all
      select (select min(next.chain) from ${blocks} next where next.chain > chains.chain)
      from chains where chains.chain is not null
    )
    select head.chain, head.number, head.hash
    from chains cross join lateral (
      select * from ${blocks} block where block.chain = chains.chain order by block.number desc limit 1
    ) head
    order by head.chain`)
  return rows.map(({ chain, number, hash }) => ({ chain, number: Number(number), hash }))
}
