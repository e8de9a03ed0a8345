import { createHash } from 'node:crypto'
import { concat, type Hex, toHex, utf8 } from '@parley/protocol'
import { type FunctionCall, readFunctionCall } from './function-call.ts'
import type { ActionView } from './transaction-tree.ts'

/** What an account signed for others to send (NEP-366), when it consists of function calls only: Parley's requests do. */
export interface Delegate {
  readonly sender: string
  readonly receiver: string
  readonly calls: readonly FunctionCall[]
  readonly nonce: bigint
  readonly maxBlockHeight: bigint
  /** `ed25519:` or `secp256k1:` and base58. */
  readonly publicKey: string
}

interface DelegateView {
  readonly delegate_action: {
    readonly sender_id: string
    readonly receiver_id: string
    readonly actions: readonly ActionView[]
    readonly nonce: number | bigint
    readonly max_block_height: number | bigint
    readonly public_key: string
  }
}

/** Undefined for every other action, and for a delegate action with anything but function calls in it, or by a kind of key that makes no requests. */
export function readDelegate(action: ActionView): Delegate | undefined {
  if (typeof action === 'string' || !('Delegate' in action)) return undefined
  const { delegate_action: view } = action.Delegate as DelegateView
  const calls = view.actions.flatMap((inner) => readFunctionCall(inner) ?? [])
  const isRequest = calls.length === view.actions.length && typeOfKey(view.public_key) !== undefined
  if (!isRequest) return undefined
  return {
    sender: view.sender_id,
    receiver: view.receiver_id,
    calls,
    nonce: BigInt(view.nonce),
    maxBlockHeight: BigInt(view.max_block_height),
    publicKey: view.public_key,
  }
}

/** NEP-461: 2^30 and the NEP's number keep what is signed apart from transactions. */
const DELEGATE_ACTION = 2 ** 30 + 366

/** nearcore's enum of actions: FunctionCall is the third. */
const FUNCTION_CALL = 2

const KEY_TYPES = [
  { name: 'ed25519', tag: 0, length: 32 },
  { name: 'secp256k1', tag: 1, length: 64 },
]

/** What the sender signed: sha256(u32(2^30 + 366) ‖ borsh(DelegateAction)), numbers in little endian. */
export function delegateHash({ sender, receiver, calls, nonce, maxBlockHeight, publicKey }: Delegate): Hex {
  const bytes = concat([
    uint(DELEGATE_ACTION, 4),
    withLength(utf8(sender)),
    withLength(utf8(receiver)),
    uint(calls.length, 4),
    ...calls.map(encodeCall),
    uint(nonce, 8),
    uint(maxBlockHeight, 8),
    encodeKey(publicKey),
  ])
  return toHex(createHash('sha256').update(bytes).digest())
}

function encodeCall({ method, args, gas, deposit }: FunctionCall): Uint8Array {
  return concat([uint(FUNCTION_CALL, 1), withLength(utf8(method)), withLength(args), uint(gas, 8), uint(deposit, 16)])
}

function encodeKey(publicKey: string): Uint8Array {
  const type = typeOfKey(publicKey)
  if (!type) throw new RangeError(`${publicKey} is not of a kind of key that signs requests`)
  const value = fromBase58(publicKey.slice(type.name.length + 1))
  return concat([uint(type.tag, 1), uint(value, type.length).reverse()])
}

function typeOfKey(publicKey: string) {
  return KEY_TYPES.find(({ name }) => publicKey.startsWith(`${name}:`))
}

function withLength(bytes: Uint8Array): Uint8Array {
  return concat([uint(bytes.length, 4), bytes])
}

/** Little endian. */
function uint(value: number | bigint, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => Number((BigInt(value) >> BigInt(8 * at)) & 0xffn))
}

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'

function fromBase58(text: string): bigint {
  return [...text].reduce((value, digit) => value * 58n + BigInt(BASE58.indexOf(digit)), 0n)
}
