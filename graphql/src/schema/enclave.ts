import { enclaves } from '@parley/database'
import { and, eq, gt, lte, or } from 'drizzle-orm'
import { chainId, given, keyAddress } from '../filters.ts'
import type { EnclaveRow } from '../rows.ts'
import { readTablePage } from '../table-page.ts'
import { builder } from './builder.ts'
import { connectionOf } from './connection.ts'
import { created, MomentType, toDate, updated } from './moment.ts'
import { pageArguments } from './page-arguments.ts'

export const Enclave = builder.objectRef<EnclaveRow>('Enclave')
const EnclaveConnection = connectionOf('Enclave', Enclave)

Enclave.implement({
  description: 'An attested program: its key is known to be held by what `workload` measures.',
  fields: (t) => ({
    id: t.id({ resolve: ({ chain, enclave }) => `enclave/${chain}/${enclave}` }),
    chain: t.exposeString('chain', { description: 'CAIP-2: `eip155:1`, `near:mainnet`.' }),
    address: t.expose('enclave', { type: 'Address', description: 'Of the key that signs its results.' }),
    operator: t.expose('operator', { type: 'Address', description: 'An account of this chain.' }),
    workload: t.expose('workload', { type: 'Hex', description: 'Hash of what was measured.' }),
    encryptionKey: t.expose('encryptionKey', { type: 'Hex', description: 'Encrypt requests to this.' }),
    quoteId: t.expose('quoteId', { type: 'Hex' }),
    expiresAt: t.field({ type: 'DateTime', resolve: ({ expiresAt }) => toDate(expiresAt) }),
    isRevoked: t.exposeBoolean('isRevoked'),
    isActive: t.boolean({
      description: 'Neither revoked nor expired at this moment.',
      resolve: ({ isRevoked, expiresAt }, _, { clock }) => !isRevoked && expiresAt > secondsOf(clock),
    }),
    created: t.field({ type: MomentType, resolve: created }),
    updated: t.field({ type: MomentType, resolve: updated }),
  }),
})

const EnclaveFilter = builder.inputType('EnclaveFilter', {
  description: 'All that is given must hold.',
  fields: (t) => ({
    chain: t.string(),
    workload: t.field({ type: 'Hex' }),
    operator: t.field({ type: 'Address' }),
    isActive: t.boolean({ description: 'Neither revoked nor expired at this moment.' }),
  }),
})

builder.queryFields((t) => ({
  enclave: t.field({
    type: Enclave,
    nullable: true,
    args: { chain: t.arg.string({ required: true }), address: t.arg({ type: 'Address', required: true }) },
    resolve: (_, { chain, address }, { loaders }) =>
      loaders.enclave.load({ chain: chainId(chain, 'chain'), id: keyAddress(address, 'address') }),
  }),
  enclaves: t.field({
    type: EnclaveConnection,
    args: { filter: t.arg({ type: EnclaveFilter }), ...pageArguments },
    resolve: (_, { filter, ...page }, { db, clock }) =>
      readTablePage(
        db,
        {
          table: enclaves,
          type: 'enclave',
          where: and(
            given(filter?.chain, (chain) => eq(enclaves.chain, chainId(chain, 'filter.chain'))),
            given(filter?.workload, (workload) => eq(enclaves.workload, workload)),
            given(filter?.operator, (operator) => eq(enclaves.operator, operator)),
            given(filter?.isActive, (isActive) => whereActive(isActive, secondsOf(clock))),
          ),
        },
        page,
      ),
  }),
}))

function whereActive(isActive: boolean, nowSeconds: number) {
  if (isActive) return and(eq(enclaves.isRevoked, false), gt(enclaves.expiresAt, nowSeconds))
  return or(eq(enclaves.isRevoked, true), lte(enclaves.expiresAt, nowSeconds))
}

function secondsOf(clock: () => number): number {
  return Math.floor(clock() / 1000)
}
