/** An enclave, and those who vouch for it, for tests on NEAR. */
import { keccak } from '@parley/evm'
import {
  type Hex,
  type Message,
  nearDomain,
  nearMessages,
  requestHash,
  typedDataDomain,
  typedDataTypes,
} from '@parley/protocol'
import { keccak256 } from 'viem'
import { mnemonicToAccount } from 'viem/accounts'

function accountAt(addressIndex: number) {
  return mnemonicToAccount('test test test test test test test test test test test junk', { addressIndex })
}

export const VERIFIERS = [accountAt(4)] as const
const ENCLAVE = accountAt(5)
export const WORKLOAD: Hex = `0x${'77'.repeat(32)}`

const ENCLAVE_ADDRESS = ENCLAVE.address.toLowerCase() as Hex

/** A report of ENCLAVE that answers this challenge, and the signatures of the verifiers. */
export async function signReport(parley: string, operator: string, challenge: Hex) {
  const report = {
    enclave: ENCLAVE_ADDRESS,
    encryptionKey: `0x${'ec'.repeat(32)}` as Hex,
    operator,
    workload: WORKLOAD,
    quoteId: keccak256(challenge),
    challenge,
    expiresAt: 2n ** 33n,
  }
  const signatures = VERIFIERS.map((verifier) => sign(verifier, parley, nearMessages.EnclaveReport, report))
  return { report, signatures: await Promise.all(signatures) }
}

/** A result of ENCLAVE for a job, as the body of `POST /v1/results`. */
export async function signResult(
  parley: string,
  { jobId, provider, bodyHash }: { readonly jobId: Hex; readonly provider: string; readonly bodyHash: Hex },
  response: Hex = '0xc0ffee',
) {
  const result = {
    requestHash: requestHash({ jobId, provider, bodyHash }, keccak, 'near'),
    responseHash: keccak256(response),
    workload: WORKLOAD,
    observability: 2n,
    producedAt: 1n,
  }
  const signature = await sign(ENCLAVE, parley, nearMessages.EnclaveResult, result)
  const json = { ...result, observability: '2', producedAt: '1' }
  return { jobId, enclave: ENCLAVE_ADDRESS, result: json, signature, response }
}

function sign(signer: typeof ENCLAVE, parley: string, message: Message, value: object): Promise<Hex> {
  const domain = typedDataDomain(nearDomain('localnet', parley, keccak))
  return signer.signTypedData({
    domain,
    types: typedDataTypes(message),
    primaryType: message.name,
    message: { ...value },
  })
}
