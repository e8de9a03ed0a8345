import { accountWord, type ChainKind } from './account.ts'
import { concat, fromHex, type Hex, toHex } from './hex.ts'
import { hashStruct, type Keccak256, wordFromUint } from './message.ts'
import { JobRequest, nearMessages } from './messages.ts'

/**
 * keccak256(escrow's domain separator ‖ client as a word ‖ index as a word). A client knows the id of its next job before it
 * exists, whatever others do at the same time, and can sign everything about it at once. `index` counts the client's jobs from 0.
 */
export function jobId(
  escrowDomain: Uint8Array,
  client: string,
  index: bigint,
  keccak256: Keccak256,
  kind: ChainKind = 'evm',
): Hex {
  return toHex(keccak256(concat([escrowDomain, accountWord(client, kind, keccak256), wordFromUint(index)])))
}

/** hashStruct(JobRequest): binds a result to one job, its provider and its encrypted body. */
export function requestHash(request: RequestToHash, keccak256: Keccak256, kind: ChainKind = 'evm'): Hex {
  const { jobId, provider, bodyHash } = request
  if (kind === 'near') return toHex(hashStruct(nearMessages.JobRequest, { jobId, provider, bodyHash }, keccak256))
  return toHex(hashStruct(JobRequest, { jobId, provider: provider as Hex, bodyHash }, keccak256))
}

/**
 * The id of a request for validation: keccak256(requester as a word ‖ validator as a word ‖ agent id as a word ‖ digest). Who asks is in it, so
 * nobody else can take it.
 */
export function validationId(
  {
    requester,
    validator,
    agentId,
    digest,
  }: { readonly requester: string; readonly validator: string; readonly agentId: bigint; readonly digest: Hex },
  keccak256: Keccak256,
  kind: ChainKind = 'evm',
): Hex {
  const words = [accountWord(requester, kind, keccak256), accountWord(validator, kind, keccak256)]
  return toHex(keccak256(concat([...words, wordFromUint(agentId), fromHex(digest)])))
}

/** A JobRequest of either chain: `provider` is an address or an account id. */
export interface RequestToHash {
  readonly jobId: Hex
  readonly provider: string
  readonly bodyHash: Hex
}
