/** What an answer is made of. A bigint is printed as a JSON number: nearcore's u64; its u128 are decimal strings. */
export type Json = null | boolean | number | bigint | string | object

// In V8 since Node 21 (TC39 proposal "JSON.parse source text access"), not yet in TypeScript's library.
const { rawJSON } = JSON as typeof JSON & { rawJSON(text: string): object }

/** JSON text, with every digit of a bigint. */
export function toJsonText(value: Json): string {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? rawJSON(part.toString()) : part))
}

export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}
