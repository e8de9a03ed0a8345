import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { ConfigurationError } from '@parley/service'
import { INTEL_SGX_ROOT_CA_SHA256 } from '../attestation/index.ts'

/** SHA-256 of the root that quotes must lead to: of the PEM file, or Intel's when there is none. */
export async function readRootSha256(path: string | undefined): Promise<string> {
  if (path === undefined) return INTEL_SGX_ROOT_CA_SHA256
  try {
    const { fingerprint256 } = new X509Certificate(await readFile(path))
    return fingerprint256.replaceAll(':', '').toLowerCase()
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new ConfigurationError(`ATTESTATION_ROOT: ${path} is not a certificate in PEM (${reason}).`, { cause })
  }
}
