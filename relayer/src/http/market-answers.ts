import type { marketBids, marketRequests } from '@parley/database'
import type { Hex } from '@parley/protocol'
import type { viewRequest } from '../market/read.ts'
import type { Awarded } from '../market/take.ts'

interface Proof {
  readonly signature: string
  readonly publicKey: string | null
}

/** A request as it is told; anybody can check its signature. */
export function requestBody(row: { readonly request: typeof marketRequests.$inferSelect; readonly proof: Proof }) {
  const { place: _, id, budget, deadline, nonce, createdAt, ...request } = row.request
  return {
    ...request,
    id: id as Hex,
    budget: String(budget),
    deadline: String(deadline),
    nonce: String(nonce),
    createdAt: createdAt.toISOString(),
    ...proofBody(row.proof),
  }
}

export function bidBody(row: { readonly bid: typeof marketBids.$inferSelect; readonly proof: Proof }) {
  const { place: _, id, requestId, agentId, price, deadline, validUntil, createdAt, ...bid } = row.bid
  return {
    ...bid,
    id: id as Hex,
    requestId: requestId as Hex,
    agentId: String(agentId),
    price: String(price),
    deadline: String(deadline),
    validUntil: String(validUntil),
    createdAt: createdAt.toISOString(),
    ...proofBody(row.proof),
  }
}

export function awardedBody({ id, job }: Awarded) {
  const { agentId, budget, expiredAt, ...terms } = job
  return { id, job: { ...terms, agentId: String(agentId), budget: String(budget), expiredAt: String(expiredAt) } }
}

export function viewedBody({ bidCount, award, ...signed }: Awaited<ReturnType<typeof viewRequest>>) {
  const request = { ...requestBody(signed), bidCount }
  if (!award) return request
  const { awarded, bidId, proof, job } = award
  const { id, job: terms } = awardedBody(awarded)
  return { ...request, award: { id, bidId: bidId as Hex, ...proofBody(proof), terms, ...(job ? { job } : {}) } }
}

function proofBody({ signature, publicKey }: Proof) {
  return { signature, ...(publicKey === null ? {} : { publicKey }) }
}
