import { ParleyError } from '@parley/protocol'
import {
  type ASTNode,
  coerceInputValue,
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getVariableValues,
  isInputType,
  Kind,
  type OperationDefinitionNode,
  typeFromAST,
  visit,
} from './graphql-js.ts'

/** GraphQL's own complaint about a document, with our code and, when it is about a value, the argument's path. */
export function nameInputError(document: DocumentNode, error: GraphQLError): GraphQLError {
  const [node] = error.nodes ?? []
  const root = error.originalError instanceof ParleyError ? error.originalError : error
  return inputError(root.message, node && argumentOf(document, node), node)
}

/** The variables as their types say. Throws every complaint, each with the path of the argument that it is about. */
export function coerceVariables(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  given: Record<string, unknown>,
): Record<string, unknown> {
  const errors: GraphQLError[] = []
  for (const definition of operation.variableDefinitions ?? []) {
    const name = definition.variable.name.value
    const argument = argumentOf(document, definition) ?? name
    const type = typeFromAST(schema, definition.type)
    if (!isInputType(type) || !Object.hasOwn(given, name)) continue
    coerceInputValue(given[name], type, (path, _, error) => {
      const root = error.originalError instanceof ParleyError ? error.originalError : error
      errors.push(inputError(root.message, [argument, ...path].join('.'), definition))
    })
  }
  if (errors.length > 0) throw new AggregateError(errors)

  const result = getVariableValues(schema, operation.variableDefinitions ?? [], given)
  if (result.coerced) return result.coerced
  throw new AggregateError(result.errors.map((error) => nameInputError(document, error)))
}

function inputError(message: string, field: string | undefined, node: ASTNode | undefined): GraphQLError {
  const extensions = { code: 'InputInvalid', isRetryable: false, ...(field && { field }) }
  return new GraphQLError(message, { nodes: node ?? null, extensions })
}

/** The argument that a value is in, or that a variable is for. */
function argumentOf(document: DocumentNode, node: ASTNode): string | undefined {
  if (node.kind !== Kind.VARIABLE_DEFINITION) return argumentPath(document, (candidate) => candidate === node)
  const name = node.variable.name.value
  return argumentPath(document, (candidate) => candidate.kind === Kind.VARIABLE && candidate.name.value === name)
}

/** Names from the argument down to the first node that is looked for: `filter.client`. */
function argumentPath(document: DocumentNode, isWanted: (node: ASTNode) => boolean): string | undefined {
  const names: string[] = []
  let found: string | undefined
  visit(document, {
    enter(node) {
      if (node.kind === Kind.ARGUMENT || node.kind === Kind.OBJECT_FIELD) names.push(node.name.value)
      if (names.length > 0 && isWanted(node)) found ??= names.join('.')
    },
    leave(node) {
      if (node.kind === Kind.ARGUMENT || node.kind === Kind.OBJECT_FIELD) names.pop()
    },
  })
  return found
}
