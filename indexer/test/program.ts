import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The program itself, in a process that can be killed. */
export interface Program {
  readonly process: ChildProcess
  /** All that it wrote so far, to standard output and standard error. */
  readonly output: () => string
  /** Resolves with its exit code; null when it was killed. */
  readonly exited: Promise<number | null>
}

export interface Source {
  readonly url: string
  /** As a file of this content. */
  readonly deployment: object
}

export interface ProgramOptions {
  readonly databaseUrl: string
  readonly evm?: Source
  readonly near?: Source
}

/** Starts programs, with files of their own. */
export function createPrograms() {
  const directory = mkdtempSync(join(tmpdir(), 'parley-indexer-test-'))
  const programs: Program[] = []
  let files = 0

  const settingsOf = (kind: 'EVM' | 'NEAR', source: Source | undefined) => {
    if (!source) return {}
    const path = join(directory, `deployment-${++files}.json`)
    writeFileSync(path, JSON.stringify(source.deployment))
    return { [`${kind}_RPC_URL`]: source.url, [`${kind}_DEPLOYMENT`]: path }
  }

  return {
    run({ databaseUrl, evm, near }: ProgramOptions): Program {
      const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
      const settings = { ...settingsOf('EVM', evm), ...settingsOf('NEAR', near), DATABASE_URL: databaseUrl }
      const env = { ...process.env, ...settings }
      const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'pipe'] })
      let output = ''
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text))
      const exited = new Promise<number | null>((resolve) => child.on('exit', resolve))
      const program = { process: child, output: () => output, exited }
      programs.push(program)
      return program
    },
    async killAll(): Promise<void> {
      for (const program of programs.splice(0)) {
        program.process.kill('SIGKILL')
        await program.exited
      }
    },
    removeFiles: () => rmSync(directory, { recursive: true }),
  }
}
