import { fileURLToPath } from 'node:url'
import type { Plugin } from 'rolldown'
import { parseAst } from 'rolldown/parseAst'
import { BuildError } from './build-error.ts'

/** near-sdk-js's decorators that make a method callable from outside. */
const METHOD_KINDS = ['call', 'view', 'initialize', 'migrate'] as const
type MethodKind = (typeof METHOD_KINDS)[number]

interface ExportedMethod {
  readonly className: string
  readonly name: string
  readonly kind: MethodKind
}

type Program = ReturnType<typeof parseAst>
type Statement = Program['body'][number]
type Class = Extract<Statement, { body: { type: 'ClassBody' } }>
type Member = Class['body']['body'][number]
type Decorator = Class['decorators'][number]

const RUN_METHOD = fileURLToPath(new URL('./runtime/run-method.ts', import.meta.url))

/** What contracts import it by: a path would be as long as the repository lies deep, and move the columns behind it. */
const RUN_METHOD_NAME = 'near-run-method'

/**
 * Exports each decorated method of each `@NearBindgen` class, and of its parts, as near-sdk-js's Babel plugin
 * (lib/cli/build-tools/near-bindgen-exporter.js) does: not as a function of its own, which would take 300 bytes, but as what to call with what. Added behind the last line: no line moves.
 */
export function exportMethods(): Plugin {
  const classOfMethod = new Map<string, string>()
  return {
    name: 'export-methods',
    resolveId: {
      filter: { id: /^near-run-method$/ },
      handler: () => RUN_METHOD,
    },
    transform: {
      filter: { id: /\.[jt]s$/, code: /@Near(Bindgen|Part)\b/ },
      handler(code, id) {
        const methods = exportedMethods(code, id)
        for (const { name, className } of methods) {
          const other = classOfMethod.get(name)
          if (other !== undefined)
            throw new BuildError(`${id}: ${className} and ${other} both export a method ${name}: rename one of them`)
          classOfMethod.set(name, className)
        }
        return methods.length === 0 ? null : { code: code + exportStatements(methods), map: null }
      },
    },
  }
}

function exportStatements(methods: readonly ExportedMethod[]): string {
  const kinds = [...new Set(methods.map(({ kind }) => kind))].map((kind) => `run_${kind} as near_run_${kind}`)
  const entries = methods.map(
    ({ className, name, kind }) =>
      `const near_${name} = near_entry(near_run_${kind}, ${className}, ${JSON.stringify(name)}); export { near_${name} as ${name} };`,
  )
  return `\nimport { entry as near_entry, ${kinds.join(', ')} } from '${RUN_METHOD_NAME}'; ${entries.join(' ')}`
}

function exportedMethods(code: string, id: string): ExportedMethod[] {
  const { body } = parseAst(code, { lang: id.endsWith('.ts') ? 'ts' : 'js' }, id)
  return body.map(declaredClass).flatMap((declared) => (declared ? methodsOfClass(declared, code, id) : []))
}

/** The class that a statement declares, exported or not. */
function declaredClass(statement: Statement): Class | undefined {
  const declaration =
    statement.type === 'ExportNamedDeclaration' || statement.type === 'ExportDefaultDeclaration'
      ? statement.declaration
      : statement
  return declaration?.type === 'ClassDeclaration' ? declaration : undefined
}

function methodsOfClass(declared: Class, code: string, id: string): ExportedMethod[] {
  const mark = declared.decorators.map(calledName).find((name) => name === 'NearBindgen' || name === 'NearPart')
  if (mark === undefined) return []
  const className = declared.id?.name
  if (className === undefined) throw new BuildError(`${id}: a class with @${mark} needs a name`)

  return declared.body.body.flatMap((member) => {
    const kind = methodKind(member)
    if (kind === undefined) return []
    const line = code.slice(0, member.start).split('\n').length
    return [{ className, kind, name: methodName(member, `${id}:${line}: ${className}`) }]
  })
}

function methodKind(member: Member): MethodKind | undefined {
  if (!('decorators' in member)) return undefined
  return METHOD_KINDS.find((kind) => member.decorators.some((decorator) => calledName(decorator) === kind))
}

function methodName(member: Member, where: string): string {
  if (member.type !== 'MethodDefinition' || member.kind !== 'method' || member.static)
    throw new BuildError(`${where}: only a plain method can be called from outside, not a field, an accessor or static`)
  if (member.computed || member.key.type !== 'Identifier')
    throw new BuildError(`${where}: a method that is called from outside needs a plain name, not # or a computed one`)
  return member.key.name
}

/** `call` of `@call({})`. */
function calledName({ expression }: Decorator): string | undefined {
  if (expression.type !== 'CallExpression' || expression.callee.type !== 'Identifier') return undefined
  return expression.callee.name
}
