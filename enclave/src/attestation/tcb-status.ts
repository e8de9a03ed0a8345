/** Intel's words for how current a platform is, best first. */
export const tcbStatuses = [
  'UpToDate',
  'SWHardeningNeeded',
  'ConfigurationNeeded',
  'ConfigurationAndSWHardeningNeeded',
  'OutOfDate',
  'OutOfDateConfigurationNeeded',
  'Revoked',
] as const

export type TcbStatus = (typeof tcbStatuses)[number]

const HARDENING = 1
const CONFIGURATION = 2
const OUT_OF_DATE = 4
const REVOKED = 8

/** What each status complains about, so that two of them can be added up. */
const complaints: Record<TcbStatus, number> = {
  UpToDate: 0,
  SWHardeningNeeded: HARDENING,
  ConfigurationNeeded: CONFIGURATION,
  ConfigurationAndSWHardeningNeeded: CONFIGURATION | HARDENING,
  OutOfDate: OUT_OF_DATE,
  OutOfDateConfigurationNeeded: OUT_OF_DATE | CONFIGURATION,
  Revoked: REVOKED,
}

/**
 * The status of a platform whose parts have these: it carries every complaint that any part has. Taking the worst word
 * alone would lose one: OutOfDate with ConfigurationNeeded is OutOfDateConfigurationNeeded.
 */
export function combineTcbStatuses(statuses: readonly TcbStatus[]): TcbStatus {
  const all = statuses.reduce((sum, status) => sum | complaints[status], 0)
  if (all & REVOKED) return 'Revoked'
  if (all & OUT_OF_DATE) return all & CONFIGURATION ? 'OutOfDateConfigurationNeeded' : 'OutOfDate'
  if (all & CONFIGURATION) return all & HARDENING ? 'ConfigurationAndSWHardeningNeeded' : 'ConfigurationNeeded'
  return all & HARDENING ? 'SWHardeningNeeded' : 'UpToDate'
}
