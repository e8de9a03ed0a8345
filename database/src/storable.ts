/** A text of strangers as PostgreSQL takes it: anybody can put a NUL into a string, and it takes none in text or JSON. */
export function storable(text: string): string {
  return text.replaceAll('\0', '\uFFFD')
}
