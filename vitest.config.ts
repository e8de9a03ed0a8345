import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    globalSetup: ['./contracts/evm/test/compile-first.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Two cores: more workers than that only make chains and databases wait for each other.
    maxWorkers: 2,
    reporters: ['default', './test/tally.ts'],
  },
})
