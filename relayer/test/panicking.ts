/** A contract whose `ft_transfer_call` panics with this text, of fewer than 64 characters so that every number is one byte of LEB128. */
export function panicking(text: string): Uint8Array {
  const main = [0, I64_CONST, text.length, I64_CONST, 0, CALL, 0, END]
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [2, FUNCTION, 2, I64, I64, 0, FUNCTION, 0, 0]),
    ...section(2, [1, ...name('env'), ...name('panic_utf8'), 0, 0]),
    ...section(3, [1, 1]),
    ...section(5, [1, 0, 1]),
    ...section(7, [1, ...name('ft_transfer_call'), 0, 1]),
    ...section(10, [1, ...sized(main)]),
    ...section(11, [1, 0, I32_CONST, 0, END, ...name(text)]),
  ])
}

const FUNCTION = 0x60
const I64 = 0x7e
const I32_CONST = 0x41
const I64_CONST = 0x42
const CALL = 0x10
const END = 0x0b

function section(id: number, content: readonly number[]): number[] {
  return [id, ...sized(content)]
}

function name(text: string): number[] {
  return sized([...Buffer.from(text)])
}

function sized(content: readonly number[]): number[] {
  return [content.length, ...content]
}
