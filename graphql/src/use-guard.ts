import { ParleyError } from '@parley/protocol'
import type { Plugin } from 'graphql-yoga'
import { type DocumentNode, type GraphQLSchema, getOperationAST, Kind, parse } from './graphql-js.ts'
import { coerceVariables, nameInputError } from './input-errors.ts'
import { checkLimits } from './limits.ts'

/** GraphiQL's introspection has about 300; the rules that validate a query take time that grows with the square. */
const MAX_TOKENS = 2_000

/** Refuses what costs too much before it costs anything, names what is wrong with input, ends what takes too long. */
export function useGuard({ timeoutMilliseconds }: { timeoutMilliseconds: number }): Plugin {
  return {
    onParse({ setParseFn }) {
      setParseFn((source: string) => parse(source, { maxTokens: MAX_TOKENS }))
    },
    onValidate({ params }) {
      return ({ result, setResult }) => setResult(result.map((error) => nameInputError(params.documentAST, error)))
    },
    onExecute({ args }) {
      checkOperation(args)
      const timeout = new AbortController()
      const timer = setTimeout(() => {
        timeout.abort(
          new ParleyError('Unavailable', `no answer within ${timeoutMilliseconds / 1000} seconds: ask for less`),
        )
      }, timeoutMilliseconds)
      const { signal } = args.contextValue.request
      // The executor knows it, its types do not.
      Object.assign(args, { signal: AbortSignal.any([signal, timeout.signal]) })
      return { onExecuteDone: () => clearTimeout(timer) }
    },
    onSubscribe({ args }) {
      checkOperation(args)
    },
  }
}

interface ExecutionArguments {
  readonly schema: GraphQLSchema
  readonly document: DocumentNode
  readonly operationName?: string | null | undefined
  readonly variableValues?: Record<string, unknown> | null | undefined
}

function checkOperation({ schema, document, operationName, variableValues }: ExecutionArguments): void {
  const operation = getOperationAST(document, operationName)
  if (!operation) {
    throw new ParleyError('InputInvalid', 'there is no operation of this name', { field: 'operationName' })
  }
  const variables = coerceVariables(schema, document, operation, variableValues ?? {})
  const fragments = document.definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
  checkLimits({
    schema,
    operation,
    variables,
    fragments: new Map(fragments.map((fragment) => [fragment.name.value, fragment])),
  })
}
