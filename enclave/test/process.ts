import { spawn } from 'node:child_process'

export interface Started {
  /** Everything it wrote to standard output and standard error so far. */
  readonly output: () => string
  /** Resolves with the first line of JSON whose message is this, and that is meant; rejects when the process ends without. */
  readonly logged: (message: string, isMeant?: (line: object) => boolean) => Promise<Record<string, unknown>>
  readonly exited: Promise<number | null>
  stop(): Promise<void>
}

/** A program of the enclave package as a process of its own: of this one's environment it has only what Node needs. */
export function start(program: 'main.ts' | 'verifier/main.ts', environment: Record<string, string>): Started {
  const path = new URL(`../src/${program}`, import.meta.url).pathname
  const { PATH, NODE_COMPILE_CACHE } = process.env
  const env = { PARENT_PID: String(process.pid), PATH, NODE_COMPILE_CACHE, ...environment }
  const child = spawn(process.execPath, [path], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const listeners = new Set<() => void>()
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => {
      output += part
      for (const listener of listeners) listener()
    })
  }
  // Not 'exit': what it wrote last may still be on the way.
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve))

  const logged = (message: string, isMeant: (line: object) => boolean = () => true) =>
    new Promise<Record<string, unknown>>((resolve, reject) => {
      const look = () => {
        const line = linesOf(output).find((each) => each.msg === message && isMeant(each))
        if (line) resolve(line)
      }
      listeners.add(look)
      exited.then(() => reject(new Error(`it ended without "${message}":\n${output}`)))
      look()
    })
  const stop = async () => {
    child.kill('SIGTERM')
    await exited
  }
  return { output: () => output, logged, exited, stop }
}

/** The lines that are JSON; what is written for people is not. */
export function linesOf(output: string): Record<string, unknown>[] {
  const whole = output.slice(0, output.lastIndexOf('\n') + 1)
  return whole
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
}
