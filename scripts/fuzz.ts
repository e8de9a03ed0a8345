import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { basename, join } from 'node:path'
import { readArguments } from '@parley/service'

const HELP = `npm run fuzz [-- OPTIONS] [NAME]

Runs random sequences of actions on the EVM, on NEAR and on the reference model of protocol/src/model, and compares state and refusal after
every step. What it finds it makes smaller, and says as a test that failed.

  NAME        one fuzzer instead of all, for example job: the test files that are called NAME-fuzz
  --steps N   how many actions each fuzzer tries on each chain; what npm test tries when absent
  --seed S    the first random number; 1 when absent, so that two runs try the same
  --help      this text`

const ROOT = join(import.meta.dirname, '..')
const SUFFIX = '-fuzz.test.ts'

const options = { steps: { type: 'string' }, seed: { type: 'string', default: '1' } } as const
const { values, positionals } = readArguments(HELP, options, { takesWords: true })
const { steps, seed } = values
if (steps !== undefined && !/^[1-9][0-9]{0,8}$/.test(steps)) fail('--steps must be a number from 1 on')
if (!/^[0-9]{1,9}$/.test(seed)) fail('--seed must be a number from 0 on, of nine digits at most')
const files = filesOf(positionals)

const env = { ...process.env, FUZZ_SEED: seed, ...(steps === undefined ? {} : { FUZZ_STEPS: steps }) }
const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs')
const { status, error } = spawnSync(process.execPath, [vitest, 'run', ...files], { cwd: ROOT, env, stdio: 'inherit' })
if (error) throw error
process.exitCode = status ?? 1

function filesOf(names: readonly string[]): string[] {
  const files = globSync(`test/**/*${SUFFIX}`, { cwd: ROOT })
  const known = files.map((file) => basename(file, SUFFIX))
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined) fail(`no fuzzer is called ${unknown}, but there are: ${known.join(', ')}`)
  return files.filter((file) => names.length === 0 || names.includes(basename(file, SUFFIX)))
}

function fail(message: string): never {
  console.error(message)
  process.exit(2)
}
