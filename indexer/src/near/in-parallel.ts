/** Requests that are under way at once: enough to hide the way to the node, few enough for it to like. */
const IN_FLIGHT = 8

/** What `action` makes of each, in the items' order. Begins nothing more once one has failed. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  action: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  let next = 0
  const work = async () => {
    while (next < items.length) {
      const at = next++
      results[at] = await action(items[at] as Item)
    }
  }
  try {
    await Promise.all(Array.from({ length: IN_FLIGHT }, work))
  } finally {
    next = items.length
  }
  return results
}
