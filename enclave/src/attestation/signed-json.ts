import { verify } from 'node:crypto'
import { ParleyError } from '@parley/protocol'
import type { z } from 'zod'
import type { Certificate } from './certificate.ts'
import { parseJsonWith } from './collateral.ts'
import { checkWindow } from './window.ts'

interface Dated {
  readonly issueDate: string
  readonly nextUpdate: string
  readonly tcbEvaluationDataNumber: number
}

/** TCB info or QE identity: signed by `signer` as the exact text that travels, current, and not older than the policy's release. */
export function verifySignedJson<T extends Dated>(
  { what, json, signature, schema }: { what: string; json: string; signature: string; schema: z.ZodType<T> },
  signer: Certificate,
  { nowSeconds, minimumEvaluation }: { nowSeconds: number; minimumEvaluation: number },
): T {
  const key = { key: signer.publicKey, dsaEncoding: 'ieee-p1363' as const }
  if (!verify('sha256', Buffer.from(json), key, Buffer.from(signature, 'hex'))) {
    throw new ParleyError('CollateralInvalid', `${what} is not signed by "${signer.commonName}"`)
  }
  const value = parseJsonWith(schema, json, what)

  const window = { what, from: Date.parse(value.issueDate) / 1000, until: expirySeconds(value) }
  checkWindow(window, nowSeconds, 'CollateralExpired')
  if (value.tcbEvaluationDataNumber < minimumEvaluation) {
    const number = value.tcbEvaluationDataNumber
    throw new ParleyError(
      'CollateralExpired',
      `${what} has evaluation data number ${number}, below ${minimumEvaluation}`,
    )
  }
  return value
}

export function expirySeconds(value: Dated): number {
  return Date.parse(value.nextUpdate) / 1000
}
