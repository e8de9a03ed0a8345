import type { Database } from '@parley/database'
import type { JobChanges } from './job-changes.ts'
import { createLoaders, type Loaders } from './loaders.ts'

export interface Sources {
  readonly db: Database
  readonly jobChanges: JobChanges
  /** Milliseconds since 1970. */
  readonly clock: () => number
}

/** What resolvers get: the same for all requests, but for the loaders. */
export interface Context extends Sources {
  readonly loaders: Loaders
}

export function createContext(sources: Sources): Context {
  return { ...sources, loaders: createLoaders(sources.db) }
}
