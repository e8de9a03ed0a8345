import type { CompilationError, FunctionCallError } from '../../vm/types.ts'

/** The VM's error as Rust's `{:?}` prints nearcore's: that is what RPC answers to a view call that failed. */
export function debugText(error: FunctionCallError): string {
  switch (error.kind) {
    case 'CompilationError':
      return `CompilationError(${compilationErrorText(error.error)})`
    case 'LinkError':
      return `LinkError${fieldsText({ msg: error.msg })}`
    case 'MethodResolveError':
      return `MethodResolveError(${error.error})`
    case 'WasmTrap':
      return `WasmTrap(${error.error})`
    case 'HostError':
      return `HostError(${error.error}${fieldsText(error.fields)})`
  }
}

function compilationErrorText(error: CompilationError): string {
  switch (error.kind) {
    case 'CodeDoesNotExist':
      return `CodeDoesNotExist${fieldsText({ account_id: error.accountId })}`
    case 'PrepareError':
      return `PrepareError(${error.error})`
    case 'WasmtimeCompileError':
      return `WasmtimeCompileError${fieldsText({ msg: error.msg })}`
  }
}

function fieldsText(fields: Record<string, string | bigint>): string {
  const entries = Object.entries(fields).map(([name, value]) => `${name}: ${valueText(value)}`)
  return entries.length === 0 ? '' : ` { ${entries.join(', ')} }`
}

function valueText(value: string | bigint): string {
  return typeof value === 'bigint' ? String(value) : quoted(value)
}

/** Rust writes control characters as `\u{1b}`, and leaves every other character as it is. */
function quoted(text: string): string {
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t')
    .replaceAll('\0', '\\0')
    .replace(/\p{Cc}/gu, (character) => `\\u{${character.charCodeAt(0).toString(16)}}`)
  return `"${escaped}"`
}
