/** What the sources of NEAR's contracts say: methods with their parameters, events with their fields, errors. */
import { readdir, readFile } from 'node:fs/promises'
import { parseAst } from 'rolldown/parseAst'

const FOLDER = new URL('../contracts/', import.meta.url)

/** The demo's token speaks NEP-141's words, not Parley's. */
const NOT_PARLEYS = ['token.ts']

export interface NearNames {
  /** Parameter names of each method that a contract's class or a part of it declares, in order. */
  readonly methods: ReadonlyMap<string, readonly string[]>
  /** Those that are no views. */
  readonly calls: ReadonlySet<string>
  /** Those that a pause stops. */
  readonly paused: ReadonlySet<string>
  /** Fields of each event wherever it is emitted. */
  readonly events: readonly { readonly name: string; readonly fields: readonly string[] }[]
  readonly errors: ReadonlySet<string>
}

interface Node {
  readonly type: string
  readonly [field: string]: unknown
}

export async function readNearNames(): Promise<NearNames> {
  const files = (await readdir(FOLDER, { recursive: true })).filter(
    (file) => file.endsWith('.ts') && !NOT_PARLEYS.includes(file),
  )
  const methods = new Map<string, readonly string[]>()
  const events: { name: string; fields: readonly string[] }[] = []
  const errors = new Set<string>()
  const calls = new Set<string>()
  const paused = new Set<string>()
  for (const file of files) {
    const source = await readFile(new URL(file, FOLDER), 'utf8')
    const program = parseAst(source, { lang: 'ts' }, file) as unknown as Node
    const interfaces = new Map<string, readonly string[]>()
    for (const node of nodesIn(program)) {
      if (node.type === 'TSInterfaceDeclaration') interfaces.set(nameOf(node.id), keysOf((node.body as Node).body))
    }
    for (const node of nodesIn(program)) {
      if (node.type === 'MethodDefinition') methods.set(nameOf(node.key), parametersOf(node, interfaces))
      if (node.type === 'MethodDefinition' && isCallable(node)) calls.add(nameOf(node.key))
      if (node.type === 'MethodDefinition' && isPausable(node)) paused.add(nameOf(node.key))
      if (isCallOf(node, 'emit')) events.push(eventOf(node))
      const error = errorIn(node)
      if (error !== undefined) errors.add(error)
    }
  }
  // A constructor of ContractError is no method of a contract.
  methods.delete('constructor')
  return { methods, calls, paused, events, errors }
}

function* nodesIn(value: unknown): Generator<Node> {
  if (Array.isArray(value)) for (const item of value) yield* nodesIn(item)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return
  if ('type' in value) yield value as Node
  for (const field of Object.values(value)) yield* nodesIn(field)
}

/** `method({ a, b }: { a: X; b: Y })`, or with an interface of the same file: a and b. */
function parametersOf(method: Node, interfaces: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const [parameter] = (method.value as Node).params as Node[]
  const type = (parameter?.typeAnnotation as Node | undefined)?.typeAnnotation as Node | undefined
  if (type?.type === 'TSTypeLiteral') return keysOf(type.members)
  if (type?.type === 'TSTypeReference') return interfaces.get(nameOf(type.typeName)) ?? []
  return []
}

function isCallable({ decorators }: Node): boolean {
  const kinds = (decorators as Node[]).map(({ expression }) => nameOf((expression as Node).callee))
  return kinds.includes('call') || kinds.includes('initialize')
}

function isPausable({ value }: Node): boolean {
  return [...nodesIn(value)].some((node) => isCallOf(node, 'requireUnpaused'))
}

function keysOf(members: unknown): string[] {
  return (members as Node[]).flatMap(({ key, type }) => (type === 'TSPropertySignature' ? [nameOf(key)] : []))
}

function eventOf(call: Node): { name: string; fields: readonly string[] } {
  const [name, data] = call.arguments as Node[]
  const properties = (data?.properties ?? []) as Node[]
  return { name: String(name?.value), fields: properties.map(({ key }) => nameOf(key)) }
}

/** The name in `require(…, 'Name', …)` and `new ContractError('Name', …)`. */
function errorIn(node: Node): string | undefined {
  const named = isCallOf(node, 'require')
    ? 1
    : node.type === 'NewExpression' && isCallee(node, 'ContractError')
      ? 0
      : -1
  const argument = named < 0 ? undefined : (node.arguments as Node[])[named]
  return argument?.type === 'Literal' ? String(argument.value) : undefined
}

function isCallOf(node: Node, name: string): boolean {
  return node.type === 'CallExpression' && isCallee(node, name)
}

function isCallee({ callee }: Node, name: string): boolean {
  return nameOf(callee) === name
}

function nameOf(node: unknown): string {
  return String((node as Node | undefined)?.name ?? '')
}
