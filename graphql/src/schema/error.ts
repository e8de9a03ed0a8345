import { type ErrorName, errors } from '@parley/protocol'
import { builder } from './builder.ts'
import { ErrorNameEnum, errorNames } from './enums.ts'

const KnownError = builder.objectRef<ErrorName>('KnownError').implement({
  fields: (t) => ({
    name: t.field({ type: ErrorNameEnum, resolve: (name) => name }),
    isRetryable: t.boolean({
      description: 'Whether the same request, sent again unchanged, may succeed.',
      resolve: (name) => errors[name],
    }),
  }),
})

builder.queryFields((t) => ({
  errors: t.field({
    type: [KnownError],
    description: 'Every way in which Parley says no.',
    resolve: () => errorNames(),
  }),
}))
