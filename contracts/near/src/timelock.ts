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

/** A timelock as `governor`, who has its roles, uses it. `view` asks it. */
export function openTimelock(
  governor: Deployer,
  timelock: string,
  view: (contract: string, method: string, args: object) => Promise<unknown>,
) {
  const send = async (method: string, args: object, { deposit = 0n, gas = 20n * TERA } = {}) => {
    const actions = [transactions.functionCall(method, args, gas, deposit)]
    await governor.signAndSendTransaction({ receiverId: timelock, actions })
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
    execute: (id: Hex, deposit = 0n) => send('execute', { id }, { deposit, gas: 300n * TERA }),
    cancel: (id: Hex) => send('cancel', { id }),
  }
}
