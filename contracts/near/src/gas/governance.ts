import { createHash } from 'node:crypto'
import { OWNER, RELAYER } from '../../test/actors.ts'
import { openChain, type Receipt, TERA } from '../../test/chain.ts'
import { DAY, operationOf, WORKLOAD } from '../../test/steps.ts'

/** On a chain of its own, whose contracts a timelock owns. */
export async function measureGovernance(
  note: (name: string, transaction: Pick<Receipt, 'status'>) => void,
): Promise<void> {
  const chain = await openChain({ timelockDelay: DAY })
  const { agents, owner, parley, node } = chain
  const code = node.query({ kind: 'latest' })?.viewCode(agents)?.code ?? new Uint8Array()
  const code_hash = `0x${createHash('sha256').update(code).digest('hex')}`
  const operations = [
    ['a policy', { target: parley, method: 'set_workload', args: { workload: WORKLOAD, is_allowed: true } }],
    ['an upgrade', { target: agents, method: 'approve_upgrade', args: { code_hash } }],
  ] as const
  for (const [name, operation] of operations) {
    const scheduled = await chain.send(OWNER, owner, 'schedule', { ...operationOf(operation), delay: DAY })
    note(`timelock: schedule ${name}`, scheduled)
    chain.warp(DAY)
    note(`timelock: execute ${name}`, await chain.send(RELAYER, owner, 'execute', { id: scheduled.value }))
  }
  const bringing = { code: Buffer.from(code).toString('base64') }
  note('upgrade of agents', await chain.send(RELAYER, agents, 'upgrade', bringing, { gas: 300n * TERA }))
}
