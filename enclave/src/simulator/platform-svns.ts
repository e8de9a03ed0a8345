/** The security versions of the simulated machine; its TCB info calls exactly these up to date. */
export const SIMULATED_SGX_SVNS: readonly number[] = [3, 3, 2, 2, 4, 1, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0]

/** TEE_TCB_SVN: TDX module SVN 6 of module version 1, microcode SVN 3. */
export const SIMULATED_TDX_SVNS: readonly number[] = [6, 1, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]

export const SIMULATED_PCE_SVN = 11
export const SIMULATED_PCE_ID = '0000'

/** "PARLEY" in ASCII: no family of Intel's. */
export const SIMULATED_FMSPC = '5041524C4559'

/** MRSIGNER, ISVPRODID and ISVSVN of the simulated quoting enclave. */
export const SIMULATED_QE = { mrSigner: '5151'.repeat(16), isvProdId: 2, isvSvn: 4 } as const
