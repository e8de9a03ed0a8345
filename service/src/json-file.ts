import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { ConfigurationError } from './configuration.ts'

/** Reads the JSON file that a variable of the environment names. Throws a ConfigurationError that names variable and path. */
export async function readJsonFile<Schema extends z.ZodType>(
  variable: string,
  path: string,
  schema: Schema,
): Promise<z.output<Schema>> {
  const parsed = schema.safeParse(await readJson(variable, path))
  if (parsed.success) return parsed.data
  const problem = z.prettifyError(parsed.error)
  throw new ConfigurationError(`${variable}: ${path} is another kind of file:\n${problem}`, { cause: parsed.error })
}

async function readJson(variable: string, path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new ConfigurationError(`${variable}: ${path} cannot be read as JSON (${reason}).`, { cause })
  }
}
