import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ProtocolVersion } from '../src/parameters/index.ts'

/** A program and the calls made to it, in order, on one state, with what nearcore's own VM runner did. */
export interface Vector {
  name: string
  protocol: ProtocolVersion
  /** The module in base64, or */
  wasm?: string
  /** a file, relative to the vectors. */
  wasm_file?: string
  /** Hex to hex. */
  state?: Record<string, string>
  calls: VectorCall[]
}

export interface VectorCall {
  method: string
  input?: string
  input_base64?: string
  context?: VectorContext
  expect: Expectation
}

/** Amounts in decimal; bytes in hex, but promise results in base64, or null for a failed promise. */
interface VectorContext {
  currentAccountId?: string
  signerAccountId?: string
  signerAccountPk?: string
  predecessorAccountId?: string
  refundToAccountId?: string
  promiseResults?: (string | null)[]
  blockHeight?: number | string
  blockTimestamp?: number | string
  epochHeight?: number | string
  accountBalance?: string
  accountLockedBalance?: string
  storageUsage?: number | string
  attachedDeposit?: string
  prepaidGas?: string
  randomSeed?: string
  view?: boolean
  outputDataReceivers?: string[]
  validators?: Record<string, string>
}

export interface Expectation {
  gasBurnt: string
  gasUsed: string
  error?: { kind: string; message: string; debug: string }
  return?: { value: string } | { receipt: number } | null
  balance?: string
  storageUsage?: number
  logs: string[]
  profile: Record<string, string>
  receipts?: unknown[]
  state?: Record<string, string>
}

/** Vectors of one subject. */
export interface VectorGroup {
  name: string
  vectors: Vector[]
}

const FOLDER = fileURLToPath(new URL('../../../shared/vectors/near-gas/', import.meta.url))

/** All groups, or `undefined` where the vectors are not at hand. */
export function readVectorGroups(): VectorGroup[] | undefined {
  if (!existsSync(FOLDER)) return undefined
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.json'))
  return files.sort().map((file) => ({ name: basename(file, '.json'), vectors: readVectors(join(FOLDER, file)) }))
}

function readVectors(path: string): Vector[] {
  return JSON.parse(readFileSync(path, 'utf8'))
}

export function readCode(vector: Vector): Uint8Array {
  if (vector.wasm_file !== undefined) return new Uint8Array(readFileSync(join(FOLDER, vector.wasm_file)))
  return new Uint8Array(Buffer.from(vector.wasm ?? '', 'base64'))
}
