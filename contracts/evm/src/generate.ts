/** Writes `generated/contracts.ts`: ABI and creation code of each contract, `as const`, from Hardhat's artifacts. */
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { compile } from './compile.ts'

const CONTRACTS = [
  'Forwarder',
  'AgentRegistry',
  'EnclaveRegistry',
  'JobEscrow',
  'EnclaveEvaluator',
  'Ledger',
  'QuorumEvaluator',
  'DemoDollar',
] as const

export const GENERATED = fileURLToPath(new URL('../generated/contracts.ts', import.meta.url))

/** The text that `generated/contracts.ts` must have. Compiles first, which takes seconds. */
export async function generate(): Promise<string> {
  const hre = await compile()
  const parts = ['// Written by `npm run build:evm`; a test compares it with the sources.\n']
  for (const name of CONTRACTS) {
    const { abi, bytecode } = await hre.artifacts.readArtifact(name)
    const variable = `${name[0]?.toLowerCase()}${name.slice(1)}`
    parts.push(`export const ${variable}Abi = ${JSON.stringify(abi)} as const\n`)
    parts.push(`export const ${variable}Bytecode = '${bytecode}'\n`)
  }
  return parts.join('\n')
}

if (import.meta.main) {
  const text = await generate()
  const isSame = text === (await readFile(GENERATED, 'utf8').catch(() => ''))
  if (!isSame) await writeFile(GENERATED, text)
  console.log(isSame ? 'generated/contracts.ts is up to date' : 'generated/contracts.ts written')
}
