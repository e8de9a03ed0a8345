import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream, type WriteStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { ConfigurationError } from '@parley/service'

export interface ChildOptions {
  readonly name: string
  /** The program, relative to the repository. */
  readonly program: string
  readonly environment: Readonly<Record<string, string>>
  /** The variable that holds its port: after a restart it listens where it did before. */
  readonly portVariable?: string
  readonly logFile: string
  /** Given how to stop it as soon as it runs, before it works. */
  readonly onLaunch: (stop: () => Promise<void>) => void
  /** Told of restarts and of an end that restarts cannot mend. */
  readonly onTrouble: (message: string, isFatal: boolean) => void
}

export interface Child {
  readonly name: string
  /** Where it listens; empty for one that does not. */
  readonly url: string
  /** Ends it as a crash would (SIGKILL). It is started again by itself. */
  readonly crash: () => Promise<void>
  /** Resolves when it works, which it does not for a moment after a crash. */
  readonly whenReady: () => Promise<void>
  readonly stop: () => Promise<void>
}

const repository = fileURLToPath(new URL('../../', import.meta.url))

/** A program that ends this often within a minute will not work next time either. */
const MAX_RESTARTS_PER_MINUTE = 20

/** A program that says nothing for this long hangs; even a busy machine starts one in a few seconds. */
const START_MILLISECONDS = 60_000
const STOP_MILLISECONDS = 12_000

/** Exit code of our programs for settings that are wrong: starting them again changes nothing. */
const EXIT_CONFIGURATION = 2

/** Starts one of our programs as a process of its own, resolves when it says that it works, and starts it again when it ends. */
export async function startChild(options: ChildOptions): Promise<Child> {
  const { name, environment, portVariable } = options
  const log = createWriteStream(options.logFile)
  const restarts: number[] = []
  let url = ''
  let hasWorked = false
  let isStopping = false
  let running = launch()
  options.onLaunch(stop)
  await running.ready

  function launch(): Running {
    const port = portVariable && url ? { [portVariable]: new URL(url).port } : {}
    const launched = run(options.program, { ...environment, ...port }, log)
    launched.ready.then(
      (found) => {
        url = found
        hasWorked = true
      },
      () => {},
    )
    launched.ended.then((end) => onEnd(launched, end))
    return launched
  }

  function onEnd(ended: Running, { code, complaint }: End): void {
    if (isStopping || ended !== running) return
    const now = Date.now()
    restarts.push(now)
    const recent = restarts.filter((time) => time > now - 60_000).length
    const isHopeless = code === EXIT_CONFIGURATION || recent > MAX_RESTARTS_PER_MINUTE || !hasWorked
    if (isHopeless) {
      options.onTrouble(complaint || `${name} ended (${code}); its log is ${options.logFile}`, true)
    } else {
      options.onTrouble(`${name} ended (${code}) and is started again`, false)
      running = launch()
    }
  }

  async function stop(): Promise<void> {
    isStopping = true
    running.process.kill('SIGTERM')
    const timer = setTimeout(() => running.process.kill('SIGKILL'), STOP_MILLISECONDS)
    await running.ended
    clearTimeout(timer)
    log.end()
  }

  async function whenReady(): Promise<void> {
    for (let asked = running; ; asked = running) {
      const isReady = await asked.ready.then(
        () => true,
        () => false,
      )
      if (isReady && asked === running) return
      if (!isReady && (isStopping || asked === running)) await asked.ended
    }
  }

  return {
    name,
    get url() {
      return url
    },
    crash: async () => {
      running.process.kill('SIGKILL')
      await running.ended
    },
    whenReady,
    stop,
  }
}

interface End {
  readonly code: number | string
  /** What it wrote to standard error: sentences for whoever started it. */
  readonly complaint: string
}

interface Running {
  readonly process: ChildProcess
  /** Its URL, when it says so. Rejects with its complaint when it ends before. */
  readonly ready: Promise<string>
  readonly ended: Promise<End>
}

/** Our programs say in their log that they work: `{"msg":"listening","url":…}` or `{"msg":"following"}`. */
function run(program: string, environment: Readonly<Record<string, string>>, log: WriteStream): Running {
  const child = spawn(process.execPath, [program], {
    cwd: repository,
    env: { ...process.env, ...environment, PARENT_PID: String(process.pid) },
    stdio: ['ignore', 'pipe', 'pipe'],
    // Ctrl-C goes to us; we end our children in order.
    detached: true,
  })
  let complaint = ''
  child.stderr.on('data', (text: Buffer) => {
    complaint = (complaint + text).slice(-4000)
    log.write(text)
  })
  const ended = new Promise<End>((resolve) => {
    child.on('error', (error) => resolve({ code: error.message, complaint }))
    child.on('close', (code, signal) => resolve({ code: code ?? signal ?? 'unknown', complaint: complaint.trim() }))
  })
  const ready = new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      log.write(`${line}\n`)
      const said = readySign(line)
      if (said !== undefined) resolve(said)
    })
    ended.then(({ code, complaint }) => {
      const message = complaint || `${program} ended (${code}) before it worked`
      // Its own sentences say what to do; where our stack is helps nobody.
      reject(code === EXIT_CONFIGURATION ? new ConfigurationError(message) : new Error(message))
    })
  })
  ready.catch(() => {})
  const impatient = setTimeout(() => child.kill('SIGKILL'), START_MILLISECONDS)
  ready.then(
    () => clearTimeout(impatient),
    () => clearTimeout(impatient),
  )
  return { process: child, ready, ended }
}

function readySign(line: string): string | undefined {
  try {
    const { msg, url = '' } = JSON.parse(line)
    return msg === 'listening' || msg === 'following' ? url : undefined
  } catch {
    return undefined
  }
}
