import { ParleyError } from '@parley/protocol'

/** Readers must not build cursors: the version lets old ones be refused, not misread, when their content changes. */
const VERSION = '1'

/** Longer than any key; what is longer is not worth decoding. */
const MAX_LENGTH = 400

/** Where a row stands in the order of its `type`, as opaque text. `key` is the row's and never changes. */
export function encodeCursor(type: string, key: string): string {
  return Buffer.from(`${VERSION}:${type}:${key}`).toString('base64url')
}

/** Gives the key back. Throws InputInvalid on what is no cursor of this type; `field` is the argument it came in. */
export function decodeCursor(type: string, cursor: string, field: string): string {
  const text = cursor.length > MAX_LENGTH ? '' : Buffer.from(cursor, 'base64url').toString()
  const [version, cursorType, ...key] = text.split(':')
  // The second half: other spellings of the same bytes, and bytes that are no text.
  const isOurs = version === VERSION && cursorType === type && encodeCursor(type, key.join(':')) === cursor
  if (isOurs && !text.includes('\0')) return key.join(':')
  throw new ParleyError(
    'InputInvalid',
    `"${cursor.slice(0, 60)}" is not a cursor of this list: pass one that it gave`,
    { field },
  )
}
