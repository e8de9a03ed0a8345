const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'

const DIGITS = new Map(Array.from(ALPHABET, (character, digit) => [character, digit]))

/** Bytes in Bitcoin's base58, as NEAR writes hashes and keys. */
export function encodeBase58(bytes: Uint8Array): string {
  const digits: number[] = []
  for (const byte of bytes) {
    let carry = byte
    for (let index = 0; index < digits.length; index++) {
      carry += (digits[index] ?? 0) * 256
      digits[index] = carry % 58
      carry = Math.floor(carry / 58)
    }
    while (carry > 0) {
      digits.push(carry % 58)
      carry = Math.floor(carry / 58)
    }
  }

  let text = '1'.repeat(countLeading(bytes, 0))
  for (const digit of digits.reverse()) text += ALPHABET[digit]
  return text
}

/** The bytes of a base58 string. Throws an error that names the first wrong character. */
export function decodeBase58(text: string): Uint8Array<ArrayBuffer> {
  const bytes: number[] = []
  for (const character of text) {
    let carry = DIGITS.get(character) ?? -1
    if (carry < 0) throw new Error(`"${character}" is not a base58 character, in "${text.slice(0, 100)}"`)
    for (let index = 0; index < bytes.length; index++) {
      carry += (bytes[index] ?? 0) * 58
      bytes[index] = carry % 256
      carry = Math.floor(carry / 256)
    }
    while (carry > 0) {
      bytes.push(carry % 256)
      carry = Math.floor(carry / 256)
    }
  }

  const zeros = countLeading(text, '1')
  const decoded = new Uint8Array(zeros + bytes.length)
  decoded.set(bytes.reverse(), zeros)
  return decoded
}

function countLeading<T>(items: Iterable<T>, wanted: T): number {
  let count = 0
  for (const item of items) {
    if (item !== wanted) break
    count++
  }
  return count
}
