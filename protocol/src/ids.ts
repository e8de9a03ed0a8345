import { concat, fromHex, type Hex, toHex } from './hex.ts'
import { hashStruct, type Keccak256, wordFromUint } from './message.ts'
import { JobRequest } from './messages.ts'

/**
 * keccak256(escrow's domain separator ‖ client as a word ‖ index as a word). A client knows the id of its next job before it
 * exists, whatever others do at the same time, and can sign everything about it at once. `index` counts the client's jobs from 0.
 */
export function jobId(escrowDomain: Uint8Array, client: Hex, index: bigint, keccak256: Keccak256): Hex {
  return toHex(keccak256(concat([escrowDomain, new Uint8Array(12), fromHex(client), wordFromUint(index)])))
}

/** hashStruct(JobRequest): binds a result to one job, its provider and its encrypted body. */
export function requestHash(request: JobRequest, keccak256: Keccak256): Hex {
  return toHex(hashStruct(JobRequest, request, keccak256))
}
