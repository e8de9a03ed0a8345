import { ConfigurationError } from './configuration.ts'
import { portInUse } from './listen.ts'
import { createLog, type Log } from './log.ts'
import { watchParent } from './parent.ts'

export interface RunningProgram {
  stop(): Promise<void>
  /** When it resolves the program stops with exit code 0, when it rejects with 1. Without it, only others stop it. */
  readonly ended?: Promise<unknown>
}

/** Registers how to stop a part that runs already, so that it is stopped also when a later part fails to start. */
export type OnStop = (stop: () => Promise<unknown>) => void

export interface ProgramOptions {
  readonly log?: Log
  /** A part that hangs must not keep the terminal or the orchestrator waiting: the process exits without it. */
  readonly stopMilliseconds?: number
}

const EXIT_ENDED = 0
const EXIT_FAILED = 1
const EXIT_CONFIGURATION = 2

/**
 * Starts a program and sees to its end: a signal, an error that nobody caught, the end of its parent, or its own.
 * Its parts stop one after the other, the last one first, each once; then the process exits.
 */
export async function runProgram(
  name: string,
  start: (onStop: OnStop) => Promise<RunningProgram>,
  { log = createLog(name, { level: 'info' }), stopMilliseconds = 10_000 }: ProgramOptions = {},
): Promise<void> {
  const parts: (() => Promise<unknown>)[] = []
  let isStopping = false

  const stop = async (reason: string, exitCode: number) => {
    if (isStopping) return
    isStopping = true
    log.info({ reason }, 'stopping')
    setTimeout(() => {
      log.error({ stopMilliseconds }, 'did not stop in time')
      process.exit(exitCode || EXIT_FAILED)
    }, stopMilliseconds)

    for (let part = parts.pop(); part; part = parts.pop()) {
      try {
        await part()
      } catch (error) {
        log.error({ error }, 'a part failed to stop')
        exitCode ||= EXIT_FAILED
      }
    }
    process.exit(exitCode)
  }

  const fail = async (error: unknown) => {
    // Parts that wait for parts which have just been stopped fail: that is how it ends, not why.
    if (isStopping) return
    const mistake = error instanceof ConfigurationError ? error : portInUse(error)
    if (mistake) process.stderr.write(`${name} cannot run.\n${mistake.message}\n`)
    else log.fatal({ error }, 'failed')
    return stop('failed', mistake ? EXIT_CONFIGURATION : EXIT_FAILED)
  }

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(signal, EXIT_ENDED))
  process.on('uncaughtException', fail).on('unhandledRejection', fail)
  watchParent(() => stop('the parent is gone', EXIT_FAILED))

  try {
    const running = await start((part) => parts.push(part))
    parts.push(() => running.stop())
    running.ended?.then(() => stop('ended', EXIT_ENDED), fail)
  } catch (error) {
    await fail(error)
  }
}
