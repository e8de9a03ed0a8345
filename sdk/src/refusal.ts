import { type ErrorBody, isErrorName, ParleyError } from '@parley/protocol'

/** A refusal's body as it comes: of unknown types, from whoever answered. */
type ReceivedError = { readonly [Field in keyof ErrorBody]?: unknown }

/** The error inside a refusal's JSON, by its name; the name and the words of `unknown` for what has none of ours. */
export function refusal(
  { code, message, field }: ReceivedError = {},
  unknown = new ParleyError('Internal', 'there was no reason in the answer'),
): ParleyError {
  const name = typeof code === 'string' && isErrorName(code) ? code : unknown.code
  return new ParleyError(name, String(message ?? unknown.message), typeof field === 'string' ? { field } : {})
}
