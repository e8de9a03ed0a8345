import { type CallState, decodeUtf8 } from '../call-state.ts'
import { HostAbort } from '../errors.ts'
import { sendFee } from '../gas-counter.ts'
import { littleEndian } from '../guest-memory.ts'
import { type HostFunctions, returnsNothing, takesI32s } from './host-function.ts'

const MAX_U64 = 2n ** 64n - 1n

/** As a length it says that the text ends before a zero. */
const UNTIL_ZERO = MAX_U64

const utf16 = new TextDecoder('utf-16le', { fatal: true, ignoreBOM: true })

/** What the contract leaves behind for people: its result, its log, its panic. */
export const outputFunctions: HostFunctions = {
  value_return: returnsNothing((call, length, address) => {
    call.gas.pay('base')
    const value = call.bytes(length, address)
    const limit = call.parameters.limits.max_length_returned_data
    if (value.length > limit) throw lengthError('ReturnedValueLengthExceeded', BigInt(value.length), limit)

    // Whoever waits for the result gets it as a data receipt, which is paid for here.
    const fee = call.parameters.actionFees.new_data_receipt_byte
    const burn = call.context.outputDataReceivers.reduce((sum, receiver) => {
      const perByte = sendFee(fee, receiver === call.context.currentAccountId) + fee.execution
      return sum + perByte * BigInt(value.length)
    }, 0n)
    call.gas.payAction('new_data_receipt_byte', { burn, use: burn })
    call.returnData = { kind: 'value', value }
  }),

  panic: returnsNothing((call) => {
    call.gas.pay('base')
    throw new HostAbort('GuestPanic', { panic_msg: 'explicit guest panic' })
  }),

  panic_utf8: returnsNothing((call, length, address) => {
    call.gas.pay('base')
    throw new HostAbort('GuestPanic', { panic_msg: readUtf8(call, length, address) })
  }),

  log_utf8: returnsNothing((call, length, address) => {
    call.gas.pay('base')
    checkLogCount(call)
    log(call, readUtf8(call, length, address))
  }),

  log_utf16: returnsNothing((call, length, address) => {
    call.gas.pay('base')
    checkLogCount(call)
    log(call, readUtf16(call, length, address))
  }),

  /** AssemblyScript's: its strings have their length in bytes before them. */
  abort: takesI32s(
    returnsNothing((call, messageAddress, fileAddress, line, column) => {
      call.gas.pay('base')
      if (messageAddress < 4n || fileAddress < 4n) throw new HostAbort('BadUTF16')
      checkLogCount(call)
      const messageLength = littleEndian(call.memory.read(messageAddress - 4n, 4n))
      const fileLength = littleEndian(call.memory.read(fileAddress - 4n, 4n))
      const text = readUtf16(call, messageLength, messageAddress)
      const file = readUtf16(call, fileLength, fileAddress)

      const message = `${text}, filename: "${file}" line: ${line} col: ${column}`
      payLog(call, message)
      pushLog(call, `ABORT: ${message}`)
      throw new HostAbort('GuestPanic', { panic_msg: message })
    }),
  ),
}

function checkLogCount(call: CallState): void {
  const limit = call.parameters.limits.max_number_logs
  if (call.logs.length >= limit) throw new HostAbort('NumberOfLogsExceeded', { limit: BigInt(limit) })
}

function log(call: CallState, message: string): void {
  payLog(call, message)
  pushLog(call, message)
}

function payLog(call: CallState, message: string): void {
  call.gas.pay('log_base')
  call.gas.pay('log_byte', Buffer.byteLength(message))
}

function pushLog(call: CallState, message: string): void {
  const bytes = Buffer.byteLength(message)
  call.logBytes += bytes
  if (call.logBytes > call.parameters.limits.max_total_log_length) throw logTooLong(call, BigInt(bytes))
  call.logs.push(message)
}

function readUtf8(call: CallState, length: bigint, address: bigint): string {
  call.gas.pay('utf8_decoding_base')
  const most = logBytesLeft(call)
  if (length !== UNTIL_ZERO && length > most) throw logTooLong(call, length)

  const bytes = length === UNTIL_ZERO ? readUntilZero(call, address, most) : call.memory.read(address, length)
  call.gas.pay('utf8_decoding_byte', bytes.length)
  return decodeUtf8(bytes)
}

function readUntilZero(call: CallState, address: bigint, most: bigint): Uint8Array {
  const bytes: number[] = []
  for (let i = 0n; ; i++) {
    const [byte] = call.memory.read(address + i, 1n)
    if (byte === undefined || byte === 0) return Uint8Array.from(bytes)
    if (i === most) throw logTooLong(call, most + 1n)
    bytes.push(byte)
  }
}

function readUtf16(call: CallState, length: bigint, address: bigint): string {
  call.gas.pay('utf16_decoding_base')
  const most = logBytesLeft(call)
  const bytes =
    length === UNTIL_ZERO
      ? call.memory.readFree(address, utf16LengthUntilZero(call, address, most))
      : call.memory.read(address, length)
  if (bytes.length % 2 !== 0) throw new HostAbort('BadUTF16')
  if (BigInt(bytes.length) > most) throw logTooLong(call, BigInt(bytes.length))

  call.gas.pay('utf16_decoding_byte', bytes.length)
  try {
    return utf16.decode(bytes)
  } catch {
    throw new HostAbort('BadUTF16')
  }
}

function utf16LengthUntilZero(call: CallState, address: bigint, most: bigint): bigint {
  for (let length = 0n; ; ) {
    if (littleEndian(call.memory.read(address + length, 2n)) === 0n) return length
    length += 2n
    if (length > most) throw logTooLong(call, length)
  }
}

function logBytesLeft(call: CallState): bigint {
  return BigInt(Math.max(0, call.parameters.limits.max_total_log_length - call.logBytes))
}

function logTooLong(call: CallState, bytes: bigint): HostAbort {
  const length = BigInt(call.logBytes) + bytes
  const saturated = length > MAX_U64 ? MAX_U64 : length
  return lengthError('TotalLogLengthExceeded', saturated, call.parameters.limits.max_total_log_length)
}

function lengthError(
  name: 'TotalLogLengthExceeded' | 'ReturnedValueLengthExceeded',
  length: bigint,
  limit: number,
): HostAbort {
  return new HostAbort(name, { length, limit: BigInt(limit) })
}
