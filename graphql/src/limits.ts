import { ParleyError } from '@parley/protocol'
import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getArgumentValues,
  getNamedType,
  getNullableType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from './graphql-js.ts'
import { planPage } from './page.ts'

/** The deepest useful question (an agent's jobs, their payments, when) is ten deep. */
const MAX_DEPTH = 12

/** Five times a hundred jobs with everything about them. */
const MAX_COST = 10_000

/** A page is a statement of its own: worth about as much as reading ten rows. */
const PAGE_COST = 10

/** Lists without pages (a job's payments, metadata) are short. */
const ASSUMED_LIST_LENGTH = 10

/** A valid operation, with what it refers to. */
interface Operation {
  readonly schema: GraphQLSchema
  readonly operation: OperationDefinitionNode
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>
  /** Already coerced. */
  readonly variables: Record<string, unknown>
}

interface Measure {
  readonly depth: number
  /** Objects that the answer can have, and what else it costs to find them. */
  readonly cost: number
}

/** Throws InputInvalid when an operation asks for more than one answer should hold. */
export function checkLimits(operation: Operation): void {
  const { depth, cost } = measure(operation)
  if (depth > MAX_DEPTH) {
    throw new ParleyError('InputInvalid', `the query is ${depth} deep: ask for at most ${MAX_DEPTH}`, {
      field: 'query',
    })
  }
  if (cost > MAX_COST) {
    const message = `the query costs ${cost}, about one for each object it can give: ask for at most ${MAX_COST}`
    throw new ParleyError('InputInvalid', message, { field: 'query' })
  }
}

function measure({ schema, operation, fragments, variables }: Operation): Measure {
  /** Fragments in fragments can double with each level: each is measured once. */
  const measured = new Map<string, Measure>()

  const ofSelections = (set: SelectionSetNode, parent: GraphQLObjectType, listLength: number): Measure => {
    let [depth, cost] = [0, 0]
    for (const selection of set.selections) {
      const part =
        selection.kind === Kind.FIELD
          ? ofField(selection, parent, listLength)
          : selection.kind === Kind.INLINE_FRAGMENT
            ? ofSelections(selection.selectionSet, parent, listLength)
            : ofFragment(selection.name.value, parent, listLength)
      depth = Math.max(depth, part.depth)
      cost += part.cost
    }
    return { depth, cost }
  }

  const ofFragment = (name: string, parent: GraphQLObjectType, listLength: number): Measure => {
    const key = `${name} ${listLength}`
    const fragment = fragments.get(name)
    const known = measured.get(key)
    if (known || !fragment) return known ?? { depth: 0, cost: 0 }
    const measure = ofSelections(fragment.selectionSet, parent, listLength)
    measured.set(key, measure)
    return measure
  }

  const ofField = (node: FieldNode, parent: GraphQLObjectType, listLength: number): Measure => {
    const field = parent.getFields()[node.name.value]
    // Introspection has its own limit among GraphQL's rules.
    if (!field) return { depth: 1, cost: 0 }
    const own = weightOf(field)
    const type = getNamedType(field.type)
    if (!isObjectType(type) || !node.selectionSet) return { depth: 1, cost: own }

    if (field.args.some(({ name }) => name === 'first')) {
      const { size } = planPage(getArgumentValues(field, node, variables))
      const inside = ofSelections(node.selectionSet, type, size)
      return { depth: 1 + inside.depth, cost: own + PAGE_COST + inside.cost }
    }
    const inside = ofSelections(node.selectionSet, type, ASSUMED_LIST_LENGTH)
    const length = isListType(getNullableType(field.type)) ? listLength : 1
    return { depth: 1 + inside.depth, cost: own + length * (1 + inside.cost) }
  }

  const root = schema.getRootType(operation.operation)
  return root ? ofSelections(operation.selectionSet, root, ASSUMED_LIST_LENGTH) : { depth: 0, cost: 0 }
}

function weightOf(field: GraphQLField<unknown, unknown>): number {
  return typeof field.extensions.weight === 'number' ? field.extensions.weight : 0
}
