/** A contract's module, as far as gas, stack and imports need it. The bytes of a section are copied where they stay. */
export interface Module {
  bytes: Uint8Array
  types: FunctionType[]
  imports: ImportedFunction[]
  /** Index into `types`, of the imported functions first, then of the module's own. */
  functionTypes: number[]
  tableCount: number
  globalTypes: ValueType[]
  exports: Export[]
  startFunction?: number
  bodies: FunctionBody[]
  /** By section id; where its content is. */
  sections: Map<number, Range>
}

export interface FunctionType {
  params: ValueType[]
  results: ValueType[]
}

interface ImportedFunction {
  /** Within `env`: nothing else may be imported. */
  name: string
  type: FunctionType
}

export interface Export {
  name: string
  kind: number
  index: number
}

export interface FunctionBody {
  locals: { count: number; type: ValueType }[]
  /** Of the instructions. */
  code: Range
}

/** Half open. */
export interface Range {
  start: number
  end: number
}

export const Section = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  start: 8,
  element: 9,
  code: 10,
  data: 11,
  dataCount: 12,
} as const

export const ExternalKind = { function: 0, table: 1, memory: 2, global: 3 } as const

/** Their codes in the binary format. nearcore refuses `externref`. */
export const ValueType = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, funcref: 0x70 } as const

export type ValueType = (typeof ValueType)[keyof typeof ValueType]

/** Bytes that a value takes on nearcore's stack. */
export function sizeOfValue(type: ValueType): number {
  return type === ValueType.i32 || type === ValueType.f32 ? 4 : 8
}

export function isValueType(code: number): code is ValueType {
  return (code >= ValueType.f64 && code <= ValueType.i32) || code === ValueType.funcref
}
