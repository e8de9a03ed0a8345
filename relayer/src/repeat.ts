export interface Loop {
  /** Starts the next round now. */
  readonly wake: () => void
  /** Resolves when the round that is under way has ended. */
  readonly stop: () => Promise<void>
}

const MAX_PAUSE_MILLISECONDS = 2_000

/** Runs rounds one after another, `pause` apart and longer after failures. An outage is logged when it begins and when it ends. */
export function repeat(
  round: () => Promise<void>,
  pauseMilliseconds: number,
  log: { warn(fields: object, text: string): void; info(fields: object, text: string): void },
): Loop {
  let isStopping = false
  let failures = 0
  let isWoken = false
  let interrupt = () => {}

  async function run(): Promise<void> {
    while (!isStopping) {
      isWoken = false
      try {
        await round()
        if (failures > 0) log.info({ failures }, 'works again')
        failures = 0
      } catch (error) {
        if (failures === 0) log.warn({ error }, 'does not work; trying on')
        failures++
      }
      const pause = Math.min(pauseMilliseconds * 2 ** failures, Math.max(pauseMilliseconds, MAX_PAUSE_MILLISECONDS))
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pause)
        interrupt = () => {
          clearTimeout(timer)
          resolve()
        }
        if (isStopping || isWoken) interrupt()
      })
    }
  }

  const running = run()
  const wake = () => {
    isWoken = true
    interrupt()
  }
  const stop = () => {
    isStopping = true
    interrupt()
    return running
  }
  return { wake, stop }
}
