import type { SignedRequest } from '@parley/sdk'

/** Of an ed25519 signature, at the end of a signed delegate action. */
const SIGNATURE_BYTES = 64

/** A request with the signature of another one, which is where each chain's body has it. */
export function withSignatureOf(signed: SignedRequest, other: SignedRequest): SignedRequest {
  if (typeof other.signature === 'string') return { ...signed, signature: other.signature }
  return withEnd(signed, delegateOf(other).subarray(-SIGNATURE_BYTES))
}

/** A request with something of the right length in place of its signature. */
export function withoutSignature(signed: SignedRequest): SignedRequest {
  if (typeof signed.signature === 'string') return { ...signed, signature: `0x${'11'.repeat(65)}` }
  return withEnd(signed, Buffer.alloc(SIGNATURE_BYTES, 0x11))
}

function withEnd(signed: SignedRequest, end: Buffer): SignedRequest {
  const delegate = Buffer.concat([delegateOf(signed).subarray(0, -end.length), end])
  return { ...signed, delegate: delegate.toString('base64') }
}

function delegateOf({ delegate }: SignedRequest): Buffer {
  return Buffer.from(String(delegate), 'base64')
}
