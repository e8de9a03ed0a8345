import { type Hex, toHex } from '@parley/protocol'
import { transactions } from 'near-api-js'
import type { Deployer } from './deployment.ts'

/** A call that the timelock makes when it is due, with all the gas that its executor left. */
export interface TimelockCall {
  readonly target: string
  readonly method: string
  readonly args: object
  /** yoctoNEAR, which its executor brings. */
  readonly deposit?: bigint
}

const TERA = 10n ** 12n
const NO_OPERATION: Hex = `0x${'00'.repeat(32)}`

const DONE = 3

/** A timelock as `governor`, who has its roles, uses it. `view` asks it. */
export function openTimelock(
  governor: Deployer,
  timelock: string,
  view: (contract: string, method: string, args: object) => Promise<unknown>,
) {
  const send = async (method: string, args: object, { deposit = 0n, gas = 20n * TERA } = {}) => {
    const actions = [transactions.functionCall(method, args, gas, deposit)]
    return governor.signAndSendTransaction({ receiverId: timelock, actions })
  }
  return {
    /** Schedules the call for as soon as the timelock allows, and answers the operation's id. */
    async schedule({ target, method, args, deposit = 0n }: TimelockCall, predecessor = NO_OPERATION): Promise<Hex> {
      const salt = toHex(crypto.getRandomValues(new Uint8Array(32)))
      const call = { target, method, args: JSON.stringify(args), deposit: String(deposit), predecessor, salt }
      const delay = await view(timelock, 'get_min_delay', {})
      await send('schedule', { ...call, delay })
      return (await view(timelock, 'hash_operation', call)) as Hex
    },
    /** Throws when the call was refused: it is ready again then. `deposit` is the operation's, in yoctoNEAR. */
    async execute(id: Hex, deposit = 0n): Promise<void> {
      const outcome = await send('execute', { id }, { deposit, gas: 300n * TERA })
      // For the chain an answer is a success, though it says no.
      if ((await view(timelock, 'get_operation_state', { id })) === DONE) return
      throw new Error(`${refusalIn(outcome)}, so that operation ${id} is ready again`)
    },
    async cancel(id: Hex): Promise<void> {
      await send('cancel', { id })
    },
  }
}

/** The first panic of a transaction's receipts. */
function refusalIn(outcome: unknown): string {
  const [, refusal = 'the call failed'] = /Smart contract panicked: ([^"\\]+)/.exec(JSON.stringify(outcome) ?? '') ?? []
  return refusal
}
