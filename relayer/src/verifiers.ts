import { checkEnclave, type EnclaveRegistration } from '@parley/enclave/report'
import { readRootSha256 } from '@parley/enclave/root'
import type { Verifiers } from './requests/enclaves.ts'

/** The verifiers at these URLs, and their check, made here first under the same root: what they would refuse is not sent to them. */
export async function createVerifiers(urls: readonly string[], rootPath: string | undefined): Promise<Verifiers> {
  const rootSha256 = await readRootSha256(rootPath)
  return {
    urls,
    check: (body) =>
      checkEnclave(body as EnclaveRegistration, { rootSha256, nowSeconds: Math.floor(Date.now() / 1000) }),
  }
}
