import { type Hex, toHex } from '@parley/protocol'
import { parseEventLogs } from 'viem'
import { timelockControllerAbi as abi } from '../generated/contracts.ts'
import { type Deployer, readerOf } from './deployment.ts'

/** A call that the timelock makes when it is due: without ether, and one by itself. */
export interface TimelockCall {
  readonly target: Hex
  readonly data: Hex
  /** The id of an operation that must have been done before; zero for none. */
  readonly predecessor: Hex
  /** Tells apart what is otherwise the same. */
  readonly salt: Hex
}

export interface PendingOperation extends TimelockCall {
  readonly id: Hex
  /** Seconds. */
  readonly readyAt: bigint
}

const NO_OPERATION: Hex = `0x${'00'.repeat(32)}`

/** A timelock as `governor`, who has its roles, uses it. What the timelock refuses throws viem's error, before anything is sent. */
export function openTimelock(governor: Deployer, timelock: Hex) {
  const contract = { address: timelock, abi, account: governor.account } as const
  const reader = readerOf(governor)
  const send = async ({ request }: { readonly request: unknown }) => {
    const hash = await governor.writeContract(request as never)
    const { status } = await reader.waitForTransactionReceipt({ hash })
    if (status !== 'success') throw new Error(`transaction ${hash} failed`)
  }
  const wordsOf = ({ target, data, predecessor, salt }: TimelockCall) => [target, 0n, data, predecessor, salt] as const

  return {
    /** Schedules the call for as soon as the timelock allows, and answers it with its salt and its id. */
    async schedule(target: Hex, data: Hex, predecessor = NO_OPERATION): Promise<TimelockCall & { readonly id: Hex }> {
      const call = { target, data, predecessor, salt: toHex(crypto.getRandomValues(new Uint8Array(32))) }
      const delay = await reader.readContract({ ...contract, functionName: 'getMinDelay' })
      const args = [...wordsOf(call), delay] as const
      await send(await reader.simulateContract({ ...contract, functionName: 'schedule', args }))
      const id = await reader.readContract({ ...contract, functionName: 'hashOperation', args: wordsOf(call) })
      return { id, ...call }
    },
    async execute(call: TimelockCall): Promise<void> {
      await send(await reader.simulateContract({ ...contract, functionName: 'execute', args: wordsOf(call) }))
    },
    async cancel(id: Hex): Promise<void> {
      await send(await reader.simulateContract({ ...contract, functionName: 'cancel', args: [id] }))
    },
    /** What is scheduled and neither done nor cancelled, of that which was scheduled in `fromBlock` or later; the oldest first. */
    async pending(fromBlock: bigint): Promise<PendingOperation[]> {
      const logs = parseEventLogs({ abi, logs: await reader.getLogs({ address: timelock, fromBlock }) })
      const salts = new Map(
        logs.flatMap(({ eventName, args }) => (eventName === 'CallSalt' ? [[args.id, args.salt]] : [])),
      )
      const scheduled = new Map<Hex, TimelockCall>()
      for (const { eventName, args } of logs) {
        if (eventName !== 'CallScheduled') continue
        const { id, target, data, predecessor } = args
        scheduled.set(id, { target, data, predecessor, salt: salts.get(id) ?? NO_OPERATION })
      }
      const operations = await Promise.all(
        [...scheduled].map(async ([id, call]) => {
          const readyAt = await reader.readContract({ ...contract, functionName: 'getTimestamp', args: [id] })
          return { id, ...call, readyAt }
        }),
      )
      return operations.filter(({ readyAt }) => readyAt > DONE)
    },
  }
}

/** The timestamp of an operation that was done; one that was cancelled has none. */
const DONE = 1n
