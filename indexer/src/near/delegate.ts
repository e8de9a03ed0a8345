import { createHash } from 'node:crypto'
import { concat, type Hex, toHex, utf8 } from '@parley/protocol'
import { type FunctionCall, readFunctionCall } from './function-call.ts'
import type { ActionView } from './transaction-tree.ts'

/** What an account signed for others to send (NEP-366, or NEP-611 for version 2), when it consists of function calls only: Parley's requests do. */
export interface Delegate {
  readonly version: 1 | 2
  readonly sender: string
  readonly receiver: string
  readonly calls: readonly FunctionCall[]
  readonly nonce: bigint
  readonly maxBlockHeight: bigint
  /** `ed25519:` or `secp256k1:` and base58. */
  readonly publicKey: string
}

interface DelegateView {
  readonly sender_id: string
  readonly receiver_id: string
  readonly actions: readonly ActionView[]
  readonly nonce: number | bigint | NonceView
  readonly max_block_height: number | bigint
  readonly public_key: string
}

/** Of version 2. The other kind, a gas key's, is refused by every protocol version that has it. */
interface NonceView {
  readonly Nonce?: { readonly nonce: number | bigint }
}

/** Undefined for every other action, and for a delegate action with anything but function calls in it, or by a kind of key that makes no requests. */
export function readDelegate(action: ActionView): Delegate | undefined {
  const [version, view] = viewOf(action)
  if (!view) return undefined
  const calls = view.actions.flatMap((inner) => readFunctionCall(inner) ?? [])
  const nonce = typeof view.nonce === 'object' ? view.nonce.Nonce?.nonce : view.nonce
  const isRequest = calls.length === view.actions.length && typeOfKey(view.public_key) !== undefined
  if (!isRequest || nonce === undefined) return undefined
  return {
    version,
    sender: view.sender_id,
    receiver: view.receiver_id,
    calls,
    nonce: BigInt(nonce),
    maxBlockHeight: BigInt(view.max_block_height),
    publicKey: view.public_key,
  }
}

/** Protocol versions 85 and 86 take both. */
function viewOf(action: ActionView): [version: 1 | 2, view: DelegateView | undefined] {
  if (typeof action === 'string') return [1, undefined]
  const { Delegate, DelegateV2 } = action as {
    readonly Delegate?: { readonly delegate_action: DelegateView }
    readonly DelegateV2?: { readonly delegate_action: { readonly V2?: DelegateView } }
  }
  return DelegateV2 ? [2, DelegateV2.delegate_action.V2] : [1, Delegate?.delegate_action]
}

/** NEP-461: 2^30 and the number of the NEP keep what is signed apart from transactions. */
const ON_CHAIN_MESSAGE = 2 ** 30
const NEP = { 1: 366, 2: 611 } as const

/** nearcore's enum of actions: FunctionCall is the third. */
const FUNCTION_CALL = 2

const KEY_TYPES = [
  { name: 'ed25519', tag: 0, length: 32 },
  { name: 'secp256k1', tag: 1, length: 64 },
]

/**
 * What the sender signed: sha256(u32(2^30 + 366) ‖ borsh(DelegateAction)), numbers in little endian. In version 2 the NEP is 611, and the action and its
 * nonce are the first variants of enums.
 */
export function delegateHash({ version, sender, receiver, calls, nonce, maxBlockHeight, publicKey }: Delegate): Hex {
  const variant = version === 2 ? uint(0, 1) : uint(0, 0)
  const bytes = concat([
    uint(ON_CHAIN_MESSAGE + NEP[version], 4),
    variant,
    withLength(utf8(sender)),
    withLength(utf8(receiver)),
    uint(calls.length, 4),
    ...calls.map(encodeCall),
    variant,
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
