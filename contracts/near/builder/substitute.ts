import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'rolldown'
import { parseAst } from 'rolldown/parseAst'

const SDK = dirname(createRequire(import.meta.url).resolve('near-sdk-js'))
const PROTOCOL = fileURLToPath(new URL('../../../protocol/src', import.meta.url))
const RUNTIME = fileURLToPath(new URL('./runtime', import.meta.url))

/** Modules of which some functions have a native double, and the module that has them under the same names. */
const DOUBLES = new Map([
  [join(SDK, 'utils.js'), join(RUNTIME, 'sdk-utils.ts')],
  [join(SDK, 'api.js'), join(RUNTIME, 'sdk-api.ts')],
  [join(SDK, 'near-bindgen.js'), join(RUNTIME, 'sdk-bindgen.ts')],
  [join(PROTOCOL, 'hex.ts'), join(RUNTIME, 'hex.ts')],
  [join(PROTOCOL, 'message.ts'), join(RUNTIME, 'message.ts')],
])

/**
 * Puts native functions in the place of interpreted ones: each exported function of the module that its double exports too is
 * replaced by an import of the double, for users in and outside of the module. No line moves.
 */
export function substituteNatives(): Plugin {
  return {
    name: 'substitute-natives',
    resolveId: {
      filter: { id: /^near-native\// },
      handler: (name) => join(RUNTIME, basename(name)),
    },
    transform: {
      filter: { id: /near-sdk-js|protocol/ },
      handler(code, id) {
        const double = DOUBLES.get(id)
        return double === undefined ? null : { code: replaceExports(code, id, double), map: null }
      },
    },
  }
}

function replaceExports(code: string, id: string, double: string): string {
  const originals = exportedRanges(code, id)
  const names = [...exportedRanges(readFileSync(double, 'utf8'), double).keys()]
  let replaced = code
  for (const name of names) {
    const range = originals.get(name)
    if (range === undefined) throw new Error(`${id} no longer exports ${name}, which ${double} replaces`)
    const blank = code.slice(range.start, range.end).replace(/[^\n]/g, ' ')
    replaced = replaced.slice(0, range.start) + blank + replaced.slice(range.end)
  }
  const list = names.join(', ')
  // By a short name: a path would be as long as the repository lies deep, and move the columns behind it.
  return `import { ${list} } from 'near-native/${basename(double)}'; export { ${list} }; ${replaced}`
}

interface Range {
  readonly start: number
  readonly end: number
}

/** Where a module exports a function or a constant, by name. */
function exportedRanges(code: string, id: string): Map<string, Range> {
  const ranges = new Map<string, Range>()
  for (const statement of parseAst(code, { lang: id.endsWith('.ts') ? 'ts' : 'js' }, id).body) {
    if (statement.type !== 'ExportNamedDeclaration') continue
    const { declaration } = statement
    const declared = declaration?.type === 'VariableDeclaration' ? declaration.declarations[0]?.id : undefined
    const identifier = declaration?.type === 'FunctionDeclaration' ? declaration.id : declared
    if (identifier?.type === 'Identifier') ranges.set(identifier.name, statement)
  }
  return ranges
}
