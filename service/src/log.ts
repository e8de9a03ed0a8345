import { pino } from 'pino'

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]
export type Log = pino.Logger

export interface LogOptions {
  readonly level: LogLevel
  readonly destination?: pino.DestinationStream
}

/**
 * JSON lines on standard output. Pass an error as `error`: its name goes to `code`, where one can search for it, and
 * its stack is kept. Amounts may be bigint; they are written as strings, which no reader rounds.
 */
export function createLog(name: string, { level, destination }: LogOptions): Log {
  const options: pino.LoggerOptions = {
    level,
    base: { name },
    timestamp: pino.stdTimeFunctions.isoTime,
    errorKey: 'error',
    // Pino's own would change once more what `describe` has made of the error.
    serializers: { error: (described) => described },
    formatters: {
      level: (label) => ({ level: label }),
      log: (fields) => writable(fields.error instanceof Error ? { code: nameOf(fields.error), ...fields } : fields),
    },
  }
  return pino(options, destination ?? standardOutput())
}

/**
 * Node's own stream, which writes at once to pipes and files alike. Pino's would try for ever, with the whole process, to write
 * to a reader that is gone, and so outlive a parent that was killed.
 */
function standardOutput(): pino.DestinationStream {
  if (process.stdout.listenerCount('error') === 0) process.stdout.on('error', () => {})
  return process.stdout
}

/** The error's name for programs: `code` where it has one, as ours and those of the system do. */
function nameOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}

/** The same fields, with what JSON cannot say said in strings. */
function writable(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, writableValue(value)]))
}

function writableValue(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (value instanceof Error) return describe(value)
  if (Array.isArray(value)) return value.map(writableValue)
  if (isPlain(value)) return writable(value)
  return value
}

function describe(error: Error): Record<string, unknown> {
  const { message, stack, cause } = error
  const field = 'field' in error && error.field ? { field: error.field } : {}
  const because = cause === undefined ? {} : { cause: writableValue(cause) }
  return { code: nameOf(error), message, ...field, stack, ...because }
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}
