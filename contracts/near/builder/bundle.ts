import { dirname } from 'node:path'
import { type RolldownLog, rolldown } from 'rolldown'
import { BuildError } from './build-error.ts'
import { exportMethods } from './exports.ts'
import { includeBytes } from './include-bytes.ts'
import { collectKeptNames } from './keep.ts'
import { type PositionOf, sourcePositions } from './source-positions.ts'
import { substituteNatives } from './substitute.ts'

export interface Bundle {
  /** One ES module without imports. */
  readonly code: string
  /** Where a place in the code comes from, for stack traces; lines and columns from 1. */
  readonly positionOf: PositionOf
  /** Names of what the entry exports. */
  readonly exports: readonly string[]
  /** Names of built-ins that a comment asks to keep: `@keep copyWithin`. */
  readonly keep: readonly string[]
}

/**
 * Makes one module of a contract's TypeScript and everything that it imports. Decorators and class fields mean what
 * they mean under near-sdk-js's Babel: legacy decorators, [[Define]] for fields, and none for a field without a value.
 */
export async function bundleContract(entry: string): Promise<Bundle> {
  const keep = new Set<string>()
  try {
    const build = await rolldown({
      input: entry,
      platform: 'neutral',
      tsconfig: false,
      resolve: { mainFields: ['module', 'main'] },
      transform: {
        target: 'esnext',
        decorator: { legacy: true },
        typescript: { removeClassFieldsWithoutInitializer: true },
      },
      plugins: [collectKeptNames(keep), includeBytes(), substituteNatives(), exportMethods()],
      // Without it each module's path stands in a comment, from where the command was called: other bytes in another folder.
      experimental: { attachDebugInfo: 'none' },
      onLog: (_level, log) => refuseUnresolved(log),
    })
    const { output } = await build.generate({
      format: 'esm',
      codeSplitting: false,
      sourcemap: true,
      dir: dirname(entry),
    })
    const chunk = output[0]
    if (chunk.imports.length > 0)
      throw new BuildError(`${entry} imports ${chunk.imports.join(', ')}, which a contract cannot load`)
    if (chunk.map === null) throw new Error('the bundler gave no source map')
    const positionOf = sourcePositions({ ...chunk.map, sourceRoot: '' }, entry)
    return { code: chunk.code, positionOf, exports: chunk.exports, keep: [...keep].sort() }
  } catch (error) {
    throw asBuildError(error)
  }
}

function refuseUnresolved(log: RolldownLog): void {
  if (log.code === 'UNRESOLVED_IMPORT') throw new BuildError(log.message)
}

/** Rolldown's errors, each with file, line and column where it has them. */
function asBuildError(error: unknown): Error {
  if (!(error instanceof Error)) return new BuildError(String(error))
  const { errors } = error as { errors?: readonly RolldownLog[] }
  if (error instanceof BuildError || errors === undefined) return error
  const messages = errors.map(({ loc, id, message }) => {
    const at = loc ? `${loc.file ?? id}:${loc.line}:${loc.column + 1}: ` : ''
    return at + message
  })
  return new BuildError(messages.join('\n'), { cause: error })
}
