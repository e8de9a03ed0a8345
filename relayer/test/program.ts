import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface Program {
  readonly process: ChildProcess
  /** Where it listens, as soon as it does. */
  readonly url: Promise<string>
  readonly exited: Promise<number | null>
  readonly output: () => string
}

/** The relayer as a process of its own, with these settings and no others. */
export function runRelayer(settings: Readonly<Record<string, string>>): Program {
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
  const { PATH, NODE_COMPILE_CACHE } = process.env
  const env = { PATH, NODE_COMPILE_CACHE, PARENT_PID: String(process.pid), RELAYER_PORT: '0', ...settings }
  const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  const listening = Promise.withResolvers<string>()
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => {
      output += `${line}\n`
      if (line.includes('"listening"')) listening.resolve(JSON.parse(line).url)
    })
  const exited = new Promise<number | null>((resolve) => child.on('exit', resolve))
  return { process: child, url: listening.promise, exited, output: () => output }
}
