/**
 * A text of strangers as PostgreSQL takes it: anybody can put a NUL into a string, or half a surrogate pair into JSON, and it takes neither in text
 * or JSON.
 */
export function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD')
}
