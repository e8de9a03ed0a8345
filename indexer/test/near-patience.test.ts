import { createLog } from '@parley/service'
import { expect, test } from 'vitest'
import type { StoredBlock } from '../src/chain.ts'
import { createNearChain } from '../src/near/near-chain.ts'
import { createNearRpc } from '../src/near/near-rpc.ts'
import { nearDeeds } from './near-activity.ts'
import { CAROL, STRANGER, startNearNode, TERA } from './near-node.ts'

test('what is left of transactions from long before the deployment holds nothing up for ever', async () => {
  const near = await startNearNode()
  near.call(CAROL, STRANGER, 'register_later', { agent_uri: 'older' }, { gas: 200n * TERA })
  near.settle()
  for (let count = 0; count < 30; count++) near.node.produceBlock()
  const { number: fromBlock } = await near.head()
  for (let count = 0; count < 200; count++) near.node.produceBlock()
  nearDeeds.registerAgent(near, 0)
  near.settle()
  const { number: head } = await near.head()

  const warnings: string[] = []
  const write = (line: string) => warnings.push(JSON.parse(line).msg)
  const log = createLog('indexer', { level: 'warn', destination: { write } })
  const stopping = new AbortController()
  // Half a minute each time that somebody looks.
  let now = 0
  const clock = () => {
    now += 30_000
    return now
  }
  const rpc = createNearRpc(near.url, stopping.signal)
  const deployment = { ...near.deployment, fromBlock }
  const chain = createNearChain({ rpc, deployment, pollMilliseconds: 1, log, clock })
  const stored: StoredBlock[] = []
  const names: string[] = []
  for await (const step of chain.follow(async () => stored, stopping.signal)) {
    if (step.kind === 'fork') throw new Error('this chain does not fork')
    stored.unshift(step.upTo)
    names.push(
      ...step.events.map(({ name, args }) => ('agentURI' in args ? `${name} ${args.agentURI.slice(0, 8)}` : name)),
    )
    if (step.upTo.number === head) stopping.abort()
  }
  await near.stop()

  expect(warnings).toEqual([
    'reading the chain fails; trying again until it works',
    'the node does not tell everything that happened: going on without',
  ])
  expect(names).toContain('Registered ipfs://0')
})
