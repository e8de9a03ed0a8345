/** What NEAR names accounts: 2 to 64 characters, lower-case letters and digits with single separators in between (NEAR's crate near-account-id). */
export const ACCOUNT_ID = /^(?=.{2,64}$)[a-z0-9]+([-_.][a-z0-9]+)*$/
