import { ByteWriter } from '../wasm/byte-writer.ts'
import { ExternalKind, type FunctionType, Section, ValueType } from '../wasm/module.ts'

const { i32, i64 } = ValueType

/** Instructions as bytes, by the names that tests use. Arguments stay below 64: they are one byte of LEB128. */
export const op = {
  unreachable: [0x00],
  block: [0x02, 0x40],
  loop: [0x03, 0x40],
  end: [0x0b],
  br: (depth: number) => [0x0c, depth],
  call: (index: number) => [0x10, index],
  callIndirect: (type: number) => [0x11, type, 0],
  drop: [0x1a],
  load: [0x28, 2, 0],
  i32: (value: number) => [0x41, value],
  i64: (value: number) => [0x42, value],
  divide: [0x6d],
  v128: [0xfd, 0x0c, ...new Array<number>(16).fill(0)],
}

export interface Assembly {
  /** From `env`. Functions are numbered: these first, then `main`, then the others. */
  imports?: { name: string; type: FunctionType }[]
  main: number[][]
  others?: number[][][]
  /** Texts at address 0. */
  text?: string
  /** A table of so many empty entries. */
  tableSize?: number
}

/** A contract with a method `main` and a memory. Type 0 is that of `main`: nothing to nothing. */
export function assemble({ imports = [], main, others = [], text, tableSize }: Assembly): Uint8Array {
  const module = new ByteWriter()
  module.raw(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0))
  const functions = [main, ...others]

  section(module, Section.type, [{ params: [], results: [] }, ...imports.map(({ type }) => type)], writeType)
  section(module, Section.import, imports, (out, { name }, i) => {
    out.name('env')
    out.name(name)
    out.byte(ExternalKind.function)
    out.u32(i + 1)
  })
  section(module, Section.function, functions, (out) => out.u32(0))
  section(module, Section.table, tableSize === undefined ? [] : [tableSize], (out, size) =>
    out.raw(Uint8Array.of(ValueType.funcref, 0, size)),
  )
  section(module, Section.memory, [1], (out, pages) => out.raw(Uint8Array.of(0, pages)))
  section(module, Section.export, ['main'], (out, name) => {
    out.name(name)
    out.byte(ExternalKind.function)
    out.u32(imports.length)
  })
  section(module, Section.code, functions, (out, code) => out.sized(Uint8Array.from([0, ...code.flat(), 0x0b])))
  section(module, Section.data, text === undefined ? [] : [text], (out, content) => {
    out.raw(Uint8Array.of(0, 0x41, 0, 0x0b))
    out.name(content)
  })
  return new Uint8Array(module.written())
}

export const hostTypes = {
  log_utf8: { params: [i64, i64], results: [] },
  value_return: { params: [i64, i64], results: [] },
  storage_write: { params: [i64, i64, i64, i64, i64], results: [i64] },
  abort: { params: [i32, i32, i32, i32], results: [] },
} satisfies Record<string, FunctionType>

/** The named host function, for `Assembly.imports`. */
export function hostFunction(name: keyof typeof hostTypes): { name: string; type: FunctionType } {
  return { name, type: hostTypes[name] }
}

function writeType(out: ByteWriter, { params, results }: FunctionType): void {
  out.byte(0x60)
  out.sized(Uint8Array.from(params))
  out.sized(Uint8Array.from(results))
}

function section<Entry>(
  module: ByteWriter,
  id: number,
  entries: Entry[],
  write: (out: ByteWriter, entry: Entry, index: number) => void,
): void {
  if (entries.length === 0) return
  const content = new ByteWriter()
  content.u32(entries.length)
  for (const [index, entry] of entries.entries()) write(content, entry, index)
  module.byte(id)
  module.sized(content.written())
}
