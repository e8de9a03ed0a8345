/** In place of functions of near-sdk-js/lib/api.js, with the same results. */
import { host } from './host.ts'
import { native } from './native.ts'

export function signerAccountId(): string {
  host.signer_account_id(0)
  return native.register_latin1()
}

/** Asked for once: a call has one of each. */
let predecessor: string | undefined
let current: string | undefined

export function predecessorAccountId(): string {
  if (predecessor === undefined) {
    host.predecessor_account_id(0)
    predecessor = native.register_latin1()
  }
  return predecessor
}

export function currentAccountId(): string {
  if (current === undefined) {
    host.current_account_id(0)
    current = native.register_latin1()
  }
  return current
}

export function storageReadRaw(key: Uint8Array): Uint8Array | null {
  return native.storage_read(key) ? host.read_register(0) : null
}

export function storageRead(key: string): string | null {
  return native.storage_read(key) ? native.register_utf8() : null
}

export const storageHasKeyRaw: (key: Uint8Array) => boolean = native.storage_has_key
export const storageHasKey: (key: string) => boolean = native.storage_has_key
export const storageWriteRaw: (key: Uint8Array, value: Uint8Array) => boolean = native.storage_write
export const storageWrite: (key: string, value: string) => boolean = native.storage_write
export const storageRemoveRaw: (key: Uint8Array) => boolean = native.storage_remove
export const storageRemove: (key: string) => boolean = native.storage_remove

export function input(): string {
  host.input(0)
  return native.register_utf8()
}

export const valueReturnRaw: (value: Uint8Array) => void = native.value_return
export const valueReturn: (value: string) => void = native.value_return

/** The texts one after another with a space between; an object as JSON. */
export function log(...parameters: unknown[]): void {
  host.log(parameters.map(logged).join(' '))
}

function logged(parameter: unknown): string {
  return typeof parameter === 'object' ? JSON.stringify(parameter) : `${parameter}`
}
