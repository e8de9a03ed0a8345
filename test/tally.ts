import type { Reporter, TestModule } from 'vitest/node'

/** Ends a run with one plain line, which people and machines can read alike, and says why tests were skipped. */
export default class Tally implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0, pending: 0 }
    for (const module of modules) {
      // A file that cannot be loaded has no tests, and did not pass.
      if (module.state() === 'failed' && module.children.size === 0) counts.failed++
      for (const test of module.children.allTests()) {
        const result = test.result()
        counts[result.state]++
        if (result.state === 'skipped') console.log(`skipped: ${test.fullName}${result.note ? `: ${result.note}` : ''}`)
      }
    }
    console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped + counts.pending} skipped`)
  }
}
