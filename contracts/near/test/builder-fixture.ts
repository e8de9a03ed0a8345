import { fileURLToPath } from 'node:url'
import { type BuildOptions, buildContract } from '../builder/build.ts'
import { DeployedContract } from './builder-vm.ts'

export function fixturePath(name: string): string {
  return fileURLToPath(new URL(`./fixtures/${name}.ts`, import.meta.url))
}

/** Builds a fixture and puts it on an empty account. */
export async function deployFixture(name: string, options: BuildOptions = {}): Promise<DeployedContract> {
  const { wasm } = await buildContract(fixturePath(name), options)
  return new DeployedContract(wasm)
}
