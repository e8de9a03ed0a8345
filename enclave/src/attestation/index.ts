export { type Collateral, collateralSchema } from './collateral.ts'
export { parseQuote, type Quote, type QuoteBody, type QuoteHeader, withoutPadding } from './quote.ts'
export { type TcbStatus, tcbStatuses } from './tcb-status.ts'
export {
  type AttestationPolicy,
  bindsKey,
  INTEL_SGX_ROOT_CA_SHA256,
  type QuoteToVerify,
  type VerifiedQuote,
  verifyQuote,
} from './verify.ts'
