import { SourceMap, type SourceMapPayload } from 'node:module'
import { dirname, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface SourcePosition {
  /** Short, and the same wherever the repository lies. */
  readonly file: string
  /** From 1. */
  readonly line: number
  readonly column: number
}

/** Undefined for what the bundler made; 'builder' for what runs around every method. */
export type PositionOf = (line: number, column: number) => SourcePosition | 'builder' | undefined

const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url))
const RUN_METHOD = fileURLToPath(new URL('./runtime/run-method.ts', import.meta.url))
const PACKAGES = `node_modules${sep}`

/** Looks places of a bundle up in its source map, whose file names are relative to the entry's folder. */
export function sourcePositions(map: SourceMapPayload, entry: string): PositionOf {
  const sourceMap = new SourceMap(map)
  const folder = dirname(entry)
  return (line, column) => {
    const found = sourceMap.findEntry(line - 1, column - 1)
    if (!('originalSource' in found) || found.originalSource.startsWith('\0')) return undefined
    const file = resolve(folder, found.originalSource)
    if (file === RUN_METHOD) return 'builder'
    return { file: shortName(file, folder), line: found.originalLine + 1, column: found.originalColumn + 1 }
  }
}

/** From the contract's folder, or the package's, or the repository: a byte of a panic's text costs 0.3 Ggas. */
function shortName(file: string, folder: string): string {
  const inPackages = file.lastIndexOf(PACKAGES)
  if (inPackages >= 0) return file.slice(inPackages + PACKAGES.length)
  const base = file.startsWith(folder + sep) || !file.startsWith(REPOSITORY) ? folder : REPOSITORY
  return relative(base, file).replaceAll(sep, '/')
}
