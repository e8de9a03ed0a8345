import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { readArguments } from '@parley/service'

const HELP = `npm run check [-- OPTIONS]

Checks format and lint, types, and that no code is unused.

  --fix    let Biome write what it can put right itself
  --help   this text`

const { fix } = readArguments(HELP, { fix: { type: 'boolean' } }).values

const STEPS = [
  { name: 'format and lint', tool: 'biome', args: ['check', '--error-on-warnings', ...(fix ? ['--write'] : [])] },
  { name: 'types', tool: 'tsc', args: [] },
  { name: 'types of NEAR contracts', tool: 'tsc', args: ['-p', 'contracts/near/contracts'] },
  { name: 'unused code', tool: 'knip', args: ['--no-config-hints'] },
]

const ROOT = join(import.meta.dirname, '..')
// The tools see a pipe; people see their words all the same.
const env = process.stdout.isTTY ? { ...process.env, FORCE_COLOR: '1' } : process.env

for (const { name, tool, args } of STEPS) {
  const started = performance.now()
  const bin = join(ROOT, 'node_modules/.bin', tool)
  const { status, stdout, stderr, error } = spawnSync(bin, args, {
    cwd: ROOT,
    env,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  })
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${tool}, ${seconds} s)`)
  if (status === 0) continue
  console.log(error ? error.message : `${stdout}${stderr}`)
  process.exitCode = 1
}
