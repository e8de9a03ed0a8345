import { existsSync } from 'node:fs'
import { compile } from '../src/compile.ts'

/** Before any test: to compile everything takes a minute, which no test should wait for within its own time. */
export async function setup(): Promise<void> {
  if (!existsSync(new URL('../artifacts', import.meta.url)))
    console.log('compiling the Solidity contracts: about a minute')
  await compile()
}
