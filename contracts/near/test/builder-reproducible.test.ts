import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { fixturePath } from './builder-fixture.ts'

const COMMAND = fileURLToPath(new URL('../src/build-command.ts', import.meta.url))
const PACKAGES = fileURLToPath(new URL('../../../node_modules', import.meta.url))

/** Builds a copy of the counter in a folder of its own, in a process that runs elsewhere. */
function buildApart(prefix: string): { wasm: Buffer; output: string } {
  const folder = mkdtempSync(join(tmpdir(), prefix))
  try {
    copyFileSync(fixturePath('counter'), join(folder, 'counter.ts'))
    symlinkSync(PACKAGES, join(folder, 'node_modules'))
    const args = [COMMAND, '--source', folder, '--out', join(folder, 'out'), 'counter']
    const output = execFileSync(process.execPath, args, { cwd: prefix === 'a-' ? folder : '/', encoding: 'utf8' })
    return { wasm: readFileSync(join(folder, 'out/counter.wasm')), output }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test('the same contract gives the same bytes, in another folder and from another', () => {
  const first = buildApart('a-')
  const second = buildApart('another-folder-with-a-longer-name-')

  expect(first.wasm.equals(second.wasm)).toBe(true)
  expect(first.output).toMatch(/^counter\.wasm: \d+ bytes, 7 methods \(\d+\.\d s\)/)
}, 300_000)

test('the command explains itself and refuses what it does not know', () => {
  expect(execFileSync(process.execPath, [COMMAND, '--help'], { encoding: 'utf8' })).toContain('--whole')
  expect(() => execFileSync(process.execPath, [COMMAND, 'nowhere'], { stdio: 'pipe' })).toThrow(/no contract "nowhere"/)
  expect(() => execFileSync(process.execPath, [COMMAND, '--bogus'], { stdio: 'pipe' })).toThrow(
    /Unknown option '--bogus'[\s\S]*OPTIONS/,
  )
  expect(() => execFileSync(process.execPath, [COMMAND, '--source', '/nowhere'], { stdio: 'pipe' })).toThrow(
    /--source \/nowhere: there is no such folder/,
  )
})
