/** One refusal, one name: in Solidity, in the relayer's answer, in GraphQL and in the relayer's log. */
import { enclaveEvaluatorAbi, forwarderAbi, readRevert, revertDataOf } from '@parley/evm'
import { EnclaveResult, type ErrorName, ForwardRequest, fromJson } from '@parley/protocol'
import {
  claimRefundCalls,
  query,
  registerCalls,
  type SignedForwardRequest,
  stepGas,
  type WorkResult,
} from '@parley/sdk'
import { encodeFunctionData } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Actors, castActors, passTime } from './actors.ts'
import { type Running, startRunning } from './running.ts'

let running: Running
let actors: Actors

beforeAll(async () => {
  running = await startRunning()
  actors = await castActors(running)
})
afterAll(() => running?.stop())

/** Asks Solidity, then the relayer, then GraphQL, then reads the log. */
async function expectEverywhere(
  name: ErrorName,
  kind: 'transactions' | 'results',
  body: SignedForwardRequest | WorkResult,
): Promise<void> {
  expect(await solidityName(body)).toBe(name)

  const response = await fetch(`${running.relayer.url}/v1/${kind}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const { error } = await response.json()
  expect(response.status).toBeGreaterThanOrEqual(400)
  expect(error.code).toBe(name)

  const { requests } = await query<{
    requests: { nodes: { error: { name: string }; status: string; kind: string }[] }
  }>(
    running.graphqlUrl,
    `query ($error: ErrorName!) { requests(filter: { error: $error }) { nodes { kind status error { name } } } }`,
    { error: name },
  )
  expect(requests.nodes).toContainEqual({ kind: kind.toUpperCase(), status: 'REFUSED', error: { name } })

  const lines = (await running.logOf('relayer')).split('\n').filter((line) => line.includes('"refused"'))
  expect(lines.some((line) => JSON.parse(line).code === name)).toBe(true)
}

/** What the contract itself says, asked directly. */
async function solidityName(body: SignedForwardRequest | WorkResult): Promise<string | undefined> {
  const { reader, deployment } = running.evm
  try {
    if ('request' in body) {
      const request = fromJson(ForwardRequest, body.request)
      const data = encodeFunctionData({ abi: forwarderAbi, functionName: 'execute', args: [request, body.signature] })
      await reader.call({ to: deployment.forwarder, data })
      const calls = encodeFunctionData({
        abi: forwarderAbi,
        functionName: 'executeCalls',
        args: [request.from, request.calls],
      })
      await reader.call({ account: deployment.forwarder, to: deployment.forwarder, data: calls })
    } else {
      const { observability, ...result } = fromJson(EnclaveResult, body.result)
      const signed = { ...result, observability: Number(observability) }
      const args = [BigInt(body.jobId), signed, body.enclave, body.signature, body.response] as const
      await reader.call({
        to: deployment.enclaveEvaluator,
        data: encodeFunctionData({ abi: enclaveEvaluatorAbi, functionName: 'acceptResult', args }),
      })
    }
    return undefined
  } catch (error) {
    return readRevert(revertDataOf(error) ?? '0x').name
  }
}

test('a request with a wrong signature is SignatureInvalid', async () => {
  const signed = await actors.agent.sign(registerCalls(running.evm.deployment, ''), stepGas.register)
  const stranger = await actors.client.sign(registerCalls(running.evm.deployment, ''), stepGas.register)

  await expectEverywhere('SignatureInvalid', 'transactions', { ...signed, signature: stranger.signature })
})

test('a result with a wrong signature is SignatureInvalid', async () => {
  const work = await actors.submittedJob()
  const other = await actors.submittedJob()

  await expectEverywhere('SignatureInvalid', 'results', { ...work, signature: other.signature })
})

test('a request that was used is RequestReplayed', async () => {
  const signed = await actors.agent.sign(registerCalls(running.evm.deployment, ''), stepGas.register)
  await actors.relayer.perform('transactions', signed)

  await expectEverywhere('RequestReplayed', 'transactions', signed)
})

test('a result for another job is ResultForAnotherJob', async () => {
  const work = await actors.submittedJob()
  const other = await actors.submittedJob()

  await expectEverywhere('ResultForAnotherJob', 'results', { ...work, jobId: other.jobId })
})

test('a second completion is JobAlreadyCompleted', async () => {
  const work = await actors.submittedJob()
  await actors.relayer.perform('results', work)

  await expectEverywhere('JobAlreadyCompleted', 'results', work)
})

test('a refund before expiry is JobNotExpired', async () => {
  const work = await actors.submittedJob()
  const signed = await actors.client.sign(claimRefundCalls(running.evm.deployment, work.jobId), stepGas.claimRefund)

  await expectEverywhere('JobNotExpired', 'transactions', signed)
})

test('an enclave whose attestation is too old is EnclaveExpired', async () => {
  const work = await actors.submittedJob(3n * 86_400n)
  await passTime(actors, 86_460)

  await expectEverywhere('EnclaveExpired', 'results', work)
})

test('a call that fails on chain is in GraphQL with its name and its reason', async () => {
  // Signed and sent by somebody else than the relayer, who would have refused it.
  const { evm } = running
  const signed = await actors.client.sign(claimRefundCalls(evm.deployment, `0x${'77'.repeat(32)}`), stepGas.claimRefund)
  await actors.sendDirectly(signed)

  const found = await actors.untilGraphql<{
    forwardedRequests: { nodes: { error: string; reason: string; hasSucceeded: boolean }[] }
  }>(
    `{ forwardedRequests(filter: { hasSucceeded: false }) { nodes { error reason hasSucceeded } } }`,
    (data) => data.forwardedRequests.nodes.length > 0,
  )
  expect(found.forwardedRequests.nodes[0]?.error).toBe('JobUnknown')
  expect(found.forwardedRequests.nodes[0]?.reason).toMatch(/^JobUnknown: [0-9]+$/)
})
