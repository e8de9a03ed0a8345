import { runVector } from './run-vector.ts'
import { readVectorGroups } from './vector.ts'

/**
 * `npm run vectors`: runs every program that nearcore's VM runner was recorded on, and says where the outcome differs in
 * anything at all: gas to the unit, profile, logs, error, receipts, state. `-- --all` prints each difference.
 */
const groups = readVectorGroups()
if (groups === undefined) {
  console.error(
    'vectors: nothing is compared. The recordings of nearcore are not part of this repository; they are looked for in ../shared/vectors/near-gas, beside it.',
  )
  process.exit(1)
}

const printsAll = process.argv.includes('--all')
let programCount = 0
let callCount = 0
let differCount = 0

for (const { name, vectors } of groups) {
  const differing = vectors.map((vector) => ({ vector, differences: runVector(vector) })).filter(isDifferent)
  const calls = vectors.reduce((sum, vector) => sum + vector.calls.length, 0)
  programCount += vectors.length
  callCount += calls
  differCount += differing.length
  console.log(`${name}: ${vectors.length} programs, ${calls} calls, ${differing.length} differ`)

  for (const { vector, differences } of differing) {
    console.log(`  ${vector.name}: ${differences.map(({ method, field }) => `${method}.${field}`).join(', ')}`)
    if (printsAll) console.dir(differences, { depth: null })
  }
}

console.log(`vectors: ${programCount} programs, ${callCount} calls, ${differCount} differ`)
process.exitCode = differCount > 0 ? 1 : 0

function isDifferent({ differences }: { differences: unknown[] }): boolean {
  return differences.length > 0
}
