import SchemaBuilder from '@pothos/core'
import type { Context } from '../context.ts'

export const builder = new SchemaBuilder<{
  Context: Context
  DefaultFieldNullability: false
  Scalars: {
    ID: { Input: string; Output: string }
    BigInt: { Input: bigint; Output: bigint }
    /** Never asked for. */
    SignedBigInt: { Input: never; Output: bigint }
    Hex: { Input: string; Output: string }
    Address: { Input: string; Output: string }
    DateTime: { Input: Date; Output: Date }
  }
}>({ defaultFieldNullability: false })

builder.queryType({ description: 'What the chains say and what the relayer was asked. Nothing here can be changed.' })
builder.subscriptionType({ description: 'Over Server-Sent Events: ask with `Accept: text/event-stream`.' })
