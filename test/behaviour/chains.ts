import type { Driver, DriverOptions } from './driver.ts'
import { openEvm } from './evm-driver.ts'
import { openNear } from './near-driver.ts'

/** For `describe.each`: what is written once holds on each. */
export const CHAINS: readonly (readonly [name: string, open: (options?: DriverOptions) => Promise<Driver>])[] = [
  ['EVM', openEvm],
  ['NEAR', openNear],
]
