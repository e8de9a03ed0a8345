/** What several methods of the registries read alike. */
import * as input from '../input.ts'

const MAX_TAG_LENGTH = 256

export function tagOf(value: unknown, field: string): string {
  return input.loggedText(value, field, MAX_TAG_LENGTH)
}

export function accountsOf(value: unknown, field: string): string[] {
  return input.list(value, field).map((account) => input.account(account, field))
}
