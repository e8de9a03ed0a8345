import { readFileSync } from 'node:fs'
import { parse, validate } from 'graphql/index.js'
import { expect, test } from 'vitest'
import { EXAMPLES } from '../src/graphiql.ts'
import { printedSchema, schemaFile } from '../src/print-schema.ts'
import { schema } from '../src/schema/index.ts'

test('schema.graphql is what the code says: after a change, run node graphql/src/print-schema.ts', () => {
  expect(readFileSync(schemaFile, 'utf8')).toBe(printedSchema())
})

test('the examples that GraphiQL shows fit the schema', () => {
  expect(validate(schema, parse(EXAMPLES))).toEqual([])
})
