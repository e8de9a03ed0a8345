/** Bytes as a string, one character each: a key for Maps, which compare arrays by identity. */
export function bytesKey(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}
