/** Settings that more than one program has. */
import { z } from 'zod'
import { hexOf } from './hex-schema.ts'
import { logLevels } from './log.ts'

/** A port to listen on; `0` for any that is free. */
export function port(fallback: number) {
  return z.coerce
    .number()
    .int()
    .min(0)
    .max(65535)
    .default(fallback)
    .meta({ description: 'a port, 0 for any that is free', example: String(fallback) })
}

/** A private key, which messages never show. `purpose` completes "the private key that". */
export function privateKey(purpose: string) {
  const description = `the private key that ${purpose}: 0x and 64 hexadecimal digits`
  return hexOf(32).meta({ description, secret: true })
}

export const logLevel = z
  .enum(logLevels)
  .default('info')
  .meta({ description: `${logLevels.slice(0, -1).join(', ')} or ${logLevels.at(-1)}` })

/** Secret: it may hold a password. */
export const databaseUrl = z
  .string()
  .regex(/^postgres(ql)?:\/\/\S+$/, 'must be a postgres:// or postgresql:// URL')
  .meta({
    description: 'the URL of the Postgres that the programs share',
    example: 'postgres://127.0.0.1:5432/parley',
    secret: true,
  })

/** Optional, as everything of one chain is: see `servingChains`. */
export const evmDeploymentPath = z
  .string()
  .optional()
  .meta({ description: "the path of the JSON file with the contracts' addresses on an EVM chain" })

export const nearDeploymentPath = z
  .string()
  .optional()
  .meta({ description: "the path of the JSON file with the contracts' account ids on NEAR" })

/** The same settings, refused when they name no chain, or a chain without all of its variables. `chains` lists these, chain by chain. */
export function servingChains<Schema extends z.ZodObject>(
  schema: Schema,
  chains: readonly (readonly string[])[],
): Schema {
  const requireWhole = (settings: Readonly<Record<string, unknown>>, { addIssue }: z.RefinementCtx) => {
    const isSet = (name: string) => settings[name] !== undefined
    const named = chains.filter((variables) => variables.some(isSet))
    for (const name of named.flat().filter((variable) => !isSet(variable)))
      addIssue({ code: 'custom', path: [name], message: 'is missing' })
    if (named.length > 0) return
    const choices = chains.map((variables) => variables.join(' and ')).join(', or ')
    addIssue({
      code: 'custom',
      path: [],
      message: `No chain is named: set ${choices}, or all of them for both chains.`,
    })
  }
  // Also when something else is wrong: who starts a program wants to hear everything at once.
  return schema.superRefine(requireWhole, { when: () => true })
}

export const attestationRootPath = z
  .string()
  .optional()
  .meta({ description: "the path of a PEM file with the root that quotes must lead to, Intel's when absent" })
