export interface Loader<Key, Value> {
  load(key: Key): Promise<Value | undefined>
}

/**
 * Turns the lookups of all resolvers that run at the same time into one: `read` gets their keys, each once, and answers
 * by `name(key)`. It remembers nothing afterwards: a subscription's context lives for hours and must not see old rows.
 */
export function createLoader<Key, Value>(
  name: (key: Key) => string,
  read: (keys: readonly Key[]) => Promise<ReadonlyMap<string, Value>>,
): Loader<Key, Value> {
  let batch: { keys: Map<string, Key>; values: Promise<ReadonlyMap<string, Value>> } | undefined

  const openBatch = () => {
    const keys = new Map<string, Key>()
    // Immediates come after all promises that are settled: every resolver of this level has asked by then.
    const values = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      batch = undefined
      return read([...keys.values()])
    })
    return { keys, values }
  }

  return {
    async load(key) {
      batch ??= openBatch()
      batch.keys.set(name(key), key)
      return (await batch.values).get(name(key))
    },
  }
}
