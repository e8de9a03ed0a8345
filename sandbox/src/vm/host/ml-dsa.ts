import { createPublicKey, verify } from 'node:crypto'
import { HostAbort } from '../errors.ts'
import { type HostFunctions, returnsI64 } from './host-function.ts'

const SIGNATURE_BYTES = 3309

const KEY_BYTES = 1952

/** DER that stands before an ML-DSA-65 key in a SubjectPublicKeyInfo (RFC 9881). */
const KEY_PREFIX = Buffer.from('308207b2300b0609608648016503040312038207a100', 'hex')

/** Verification of post-quantum signatures (FIPS 204), from protocol 87 (NEP-645). */
export const mlDsaFunctions: HostFunctions = {
  ml_dsa_verify: returnsI64(
    (call, signatureLength, signatureAddress, messageLength, messageAddress, keyLength, keyAddress) => {
      call.gas.pay('ml_dsa_verify_base')
      const signature = call.bytes(signatureLength, signatureAddress)
      checkLength('signature', signature, SIGNATURE_BYTES)
      const message = call.bytes(messageLength, messageAddress)
      call.gas.pay('ml_dsa_verify_byte', message.length)
      const key = call.bytes(keyLength, keyAddress)
      checkLength('key', key, KEY_BYTES)

      const publicKey = createPublicKey({ key: Buffer.concat([KEY_PREFIX, key]), format: 'der', type: 'spki' })
      return verify(null, message, publicKey, signature) ? 1n : 0n
    },
  ),
}

function checkLength(name: string, bytes: Uint8Array, expected: number): void {
  if (bytes.length === expected) return
  const msg = `invalid ${name} length: expected the input of ${expected} bytes, but ${bytes.length} was given`
  throw new HostAbort('MlDsaVerifyInvalidInput', { msg })
}
