import { near, str } from 'near-sdk-js'
import { host } from '../builder/runtime/host.ts'
import { require } from './contract-error.ts'

/** Block times are in nanoseconds, everything that Parley signs and stores is in seconds. */
const NANOSECONDS = 1_000_000_000n

/** Who calls: Solidity's `msg.sender`. In a delegate action (NEP-366) it is who signed it. */
export function caller(): string {
  return near.predecessorAccountId()
}

/** Solidity's `address(this)`. */
export function self(): string {
  return near.currentAccountId()
}

/** The chain's name, for example `mainnet`: Solidity's `block.chainid`. */
export function chainId(): string {
  host.chain_id(0n)
  return str(host.read_register(0n))
}

/** The block's time in seconds. */
export function now(): bigint {
  return near.blockTimestamp() / NANOSECONDS
}

/** Callbacks are exported like any method, but only this contract may call them. */
export function requireSelf(): void {
  require(caller() === self(), 'SelfOnly', caller())
}

/** What wallets ask a full-access key for: proof that no function-call key signs alone (NEP-141, NEP-145, NEP-171). */
export function requireOneYocto(): void {
  require(near.attachedDeposit() === 1n, 'InputInvalid', 'attached_deposit must be 1 yoctoNEAR')
}
