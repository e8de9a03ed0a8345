import { mkdir, rm, stat } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre'
import type { Abi, Hex } from 'viem'
import { compile } from '../src/compile.ts'
import type { Chain, Contract } from './chain.ts'

const LOCK = fileURLToPath(new URL('../cache/compiling', import.meta.url))
/** Longer than any compilation: a lock of that age is a killed process's. */
const STALE_MILLISECONDS = 180_000

/** Does what compiles while no other worker does: two would write the same artifacts at once. */
export async function compiling<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  await mkdir(new URL('../cache', import.meta.url), { recursive: true })
  while (!(await takeLock())) await setTimeout(100)
  try {
    return await work()
  } finally {
    await rm(LOCK, { recursive: true, force: true })
  }
}

/** Deploys one of `contracts/test`, by name. */
export async function deployHostile(chain: Chain, name: string, args: readonly unknown[]): Promise<Contract> {
  const { abi, bytecode } = await compiling(async () => artifactOf(await compile(), name))
  return chain.deployContract(abi, bytecode, args)
}

async function artifactOf(hre: HardhatRuntimeEnvironment, name: string): Promise<{ abi: Abi; bytecode: Hex }> {
  return (await hre.artifacts.readArtifact(name)) as unknown as { abi: Abi; bytecode: Hex }
}

async function takeLock(): Promise<boolean> {
  try {
    await mkdir(LOCK)
    return true
  } catch {
    const age = await stat(LOCK).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    )
    if (age > STALE_MILLISECONDS) await rm(LOCK, { recursive: true, force: true })
    return false
  }
}
