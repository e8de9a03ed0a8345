import { z } from 'zod'

/** What is wrong with the settings, a sentence a line, for the person who starts the program. Not worth a stack. */
export class ConfigurationError extends Error {
  readonly code = 'ConfigurationInvalid'
  override readonly name = 'ConfigurationError'
}

/**
 * Reads the variables that the schema names, each described by `.meta()`: `description` completes "set it to …",
 * `example` is a value, and `secret: true` keeps what was given out of messages. An empty variable counts as absent.
 */
export function readConfiguration<Schema extends z.ZodObject>(
  schema: Schema,
  environment: NodeJS.ProcessEnv,
): z.output<Schema> {
  const given: NodeJS.ProcessEnv = {}
  for (const name of Object.keys(schema.shape)) {
    if (environment[name]?.trim()) given[name] = environment[name]
  }

  const result = schema.safeParse(given)
  if (result.success) return result.data

  const complaints = new Map<string, string>()
  for (const { path, message } of result.error.issues) {
    const name = String(path[0] ?? '')
    const field = schema.shape[name]
    // One sentence a variable: the first thing wrong with it is usually the cause of the rest.
    if (!complaints.has(name))
      complaints.set(name, field ? complain(name, given[name], message, metadata(field)) : message)
  }
  throw new ConfigurationError([...complaints.values()].join('\n'), { cause: result.error })
}

function complain(name: string, value: string | undefined, issue: string, meta: z.GlobalMeta): string {
  const { description = 'a value', example, secret } = meta
  const shown = secret ? 'has a value that does not fit' : `is ${JSON.stringify(value)}`
  const problem = value === undefined ? 'is not set' : `${shown} (${issue})`
  const hint = example === undefined ? '' : `, for example ${name}=${example}`
  return `${name} ${problem}: set it to ${description}${hint}.`
}

/** What is said about a schema stays on the part it was said to when `.default()`, `.optional()` or `.transform()` wrap it. */
function metadata(schema: z.core.$ZodType): z.GlobalMeta {
  const own = z.globalRegistry.get(schema)
  if (own) return own
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodOptional) return metadata(schema.def.innerType)
  if (schema instanceof z.ZodPipe) return metadata(schema.def.in)
  return {}
}
