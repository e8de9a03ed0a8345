import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { printSchema } from './graphql-js.ts'
import { schema } from './schema/index.ts'

/** The committed schema; a test compares it with the code. */
export const schemaFile = fileURLToPath(new URL('../schema.graphql', import.meta.url))

export function printedSchema(): string {
  return `# biome-ignore-all format: written by graphql/src/print-schema.ts\n\n${printSchema(schema)}\n`
}

if (import.meta.main) writeFileSync(schemaFile, printedSchema())
