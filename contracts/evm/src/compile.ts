import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createHardhatRuntimeEnvironment } from 'hardhat/hre'
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre'
import config from '../hardhat.config.ts'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** Hardhat's runtime for this folder, wherever the process was started. */
export function hardhat(): Promise<HardhatRuntimeEnvironment> {
  return createHardhatRuntimeEnvironment(config, {}, root)
}

/** Compiles what has changed since the last time, and gives the runtime that did it. */
export async function compile(): Promise<HardhatRuntimeEnvironment> {
  const hre = await hardhat()
  await hre.tasks.getTask('build').run({ quiet: true, noTests: true })
  return hre
}
