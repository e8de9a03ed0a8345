/** Writes `generated/contracts.ts`: ABI and creation code of each contract, `as const`, from Hardhat's artifacts. */
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { compile } from './compile.ts'

const CONTRACTS = [
  'Forwarder',
  'AgentRegistry',
  'ReputationRegistry',
  'ValidationRegistry',
  'EnclaveRegistry',
  'JobEscrow',
  'EnclaveEvaluator',
  'Ledger',
  'Guardrails',
  'QuorumEvaluator',
  'MilestoneEvaluator',
  'TimelockController',
  'ArbitratedEvaluator',
  'CrowdPayout',
  'DemoDollar',
  'ERC1967Proxy',
] as const

export const GENERATED = fileURLToPath(new URL('../generated/contracts.ts', import.meta.url))

/** The text that `generated/contracts.ts` must have. Compiles first, which takes seconds. */
export async function generate(): Promise<string> {
  const hre = await compile()
  const parts = ['// Written by `npm run build:evm`; a test compares it with the sources.\n']
  for (const name of CONTRACTS) {
    const { abi, bytecode } = await hre.artifacts.readArtifact(name)
    const variable = variableOf(name)
    parts.push(`export const ${variable}Abi = ${JSON.stringify(abi)} as const\n`)
    parts.push(`export const ${variable}Bytecode = '${bytecode}'\n`)
  }
  return parts.join('\n')
}

/** `agentRegistry` for AgentRegistry, `erc1967Proxy` for ERC1967Proxy. */
function variableOf(name: string): string {
  return name.replace(/^[A-Z]+?(?=[A-Z][a-z]|[^A-Z]|$)/, (start) => start.toLowerCase())
}

if (import.meta.main) {
  const text = await generate()
  const isSame = text === (await readFile(GENERATED, 'utf8').catch(() => ''))
  if (!isSame) await writeFile(GENERATED, text)
  console.log(isSame ? 'generated/contracts.ts is up to date' : 'generated/contracts.ts written')
}
