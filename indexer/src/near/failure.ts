const PANIC = /^Smart contract panicked: /

/**
 * Why a receipt or a transaction failed, as a line that starts with the error's name. Of a panic it is the contract's message without its stack:
 * `JobUnknown: 0x07`. Of nearcore's own errors it is the innermost variant: `NotEnoughBalance`, `MethodResolveError: MethodNotFound`.
 */
export function reasonOf(failure: unknown): string {
  const [name, content] = variantOf(failure)
  switch (name) {
    case 'ActionError':
      return reasonOf(fieldOf(content, 'kind'))
    case 'FunctionCallError':
    case 'InvalidTxError':
    case 'ActionsValidation':
      return reasonOf(content)
    case 'ExecutionError':
      return panicOf(String(content))
    default:
      return typeof content === 'string' ? `${name}: ${content}` : name
  }
}

function panicOf(message: string): string {
  if (message.startsWith('Exceeded the prepaid gas')) return `GasTooLow: ${message}`
  const [line = ''] = message.replace(PANIC, '').split('\n', 1)
  return line || 'ExecutionError'
}

/** serde writes a variant as its name, or as an object with one field. */
function variantOf(value: unknown): [name: string, content: unknown] {
  if (typeof value === 'string') return [value, undefined]
  const [variant] = Object.entries(value ?? {})
  return variant ?? ['UnknownFailure', undefined]
}

function fieldOf(value: unknown, field: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([name]) => name === field)?.[1]
    : undefined
}
