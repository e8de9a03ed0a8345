import { agentRegistryAbi, ledgerAbi } from '@parley/evm'
import { type Hex, NOBODY } from '@parley/protocol'
import { encodeAbiParameters, encodeEventTopics } from 'viem'
import { describe, expect, it } from 'vitest'
import { deploymentSchema } from '../../contracts/evm/src/deployment-file.ts'
import { createLogDecoder, type RpcLog } from '../src/evm/evm-log.ts'

const addressOf = (n: number): Hex => `0x${n.toString(16).padStart(2, '0').repeat(20)}`
const [AGENTS, LEDGER, ALICE, BOB, TOKEN] = [2, 6, 0xa1, 0xb0, 0x70].map(addressOf) as [Hex, Hex, Hex, Hex, Hex]

const others = Object.keys(deploymentSchema.unwrap().shape).map((name, n) => [name, addressOf(0x30 + n)])
const decoder = createLogDecoder(
  deploymentSchema.parse({
    ...Object.fromEntries(others),
    ...{ chainId: 1, fromBlock: 1, agentRegistry: AGENTS, ledger: LEDGER },
  }),
)

const logOf = (address: Hex, topics: unknown, data: Hex = '0x') =>
  ({
    ...{ address, topics, data, blockNumber: '0x1', blockHash: '0x01', transactionHash: '0x02', logIndex: '0x0' },
  }) as RpcLog

const ofAgent = encodeEventTopics({
  abi: agentRegistryAbi,
  eventName: 'Transfer',
  args: { from: ALICE, to: BOB, tokenId: BigInt(TOKEN) },
})
const ofLedger = encodeEventTopics({
  abi: ledgerAbi,
  eventName: 'Transfer',
  args: { sender: NOBODY, receiver: BOB, id: BigInt(TOKEN) },
})
const callerAndAmount = encodeAbiParameters([{ type: 'address' }, { type: 'uint256' }], [ALICE, 5n])

describe('two events that are called Transfer', () => {
  it('are told apart: an agent’s, and the ledger’s with a token’s id as its address', () => {
    const agent = decoder.decode(logOf(AGENTS, ofAgent), 0n)
    const ledger = decoder.decode(logOf(LEDGER, ofLedger, callerAndAmount), 0n)

    expect([agent.name, agent.args]).toEqual(['Transfer', { from: ALICE, to: BOB, tokenId: BigInt(TOKEN) }])
    const moved = { caller: ALICE, from: NOBODY, to: BOB, token: TOKEN, amount: 5n }
    expect([ledger.name, ledger.args]).toEqual(['LedgerTransfer', moved])
  })

  it('count each of its own contract only', () => {
    expect(() => decoder.decode(logOf(LEDGER, ofAgent), 0n)).toThrow(/has no event/)
    expect(() => decoder.decode(logOf(AGENTS, ofLedger, callerAndAmount), 0n)).toThrow(/has no event/)
    expect(() => decoder.decode(logOf(TOKEN, ofLedger, callerAndAmount), 0n)).toThrow(/has no event/)
  })
})
