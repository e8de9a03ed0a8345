import { concat, fromHex, type Hex, toHex, utf8, wordFromUint } from '@parley/protocol'
import { near } from 'near-sdk-js'
import { call, initialize, NearBindgen, view } from '../builder/runtime/contract.ts'
import { host } from '../builder/runtime/host.ts'
import { sendNear } from './calls.ts'
import { caller, now, requireSelf, self } from './context.ts'
import { ContractError, require } from './contract-error.ts'
import { logEvent } from './events.ts'
import { EXECUTION_CALLBACK_GAS } from './gas.ts'
import * as input from './input.ts'
import { readRecord, writeRecord } from './records.ts'

/** Listed with every view of them, and in the state that every call reads: a proposer gone bad must not make this contract too dear. */
const MAX_PENDING = 64

/** Logged when it is scheduled. */
const MAX_ARGS_LENGTH = 4096
const MAX_METHOD_LENGTH = 256

const NO_OPERATION: Hex = `0x${'00'.repeat(32)}`

const roles = ['proposer', 'executor', 'canceller'] as const
type Role = (typeof roles)[number]

/** TimelockController's, and one for the blocks in which nobody knows yet what came of the call. */
const OperationState = { Unset: 0, Waiting: 1, Ready: 2, Done: 3, Executing: 4 } as const

interface Operation {
  readonly target: string
  readonly method: string
  /** What the call gets, to the byte. */
  readonly args: string
  /** yoctoNEAR that the call gets from who executes it. */
  readonly deposit: string
  /** An operation that must have been done before; zero for none. */
  readonly predecessor: Hex
  /** Tells apart what is otherwise the same. */
  readonly salt: Hex
}

/** As it is stored while it is pending. `ready_at` is in seconds. */
interface PendingOperation extends Operation {
  readonly ready_at: string
  readonly is_executing: boolean
}

/**
 * An owner who waits: whatever it does was scheduled, for all to see, at least `min_delay` seconds before. The rules, roles and names of
 * OpenZeppelin's TimelockController, which is Parley's on EVM; what it calls a role of the zero address is one of `null`: everybody's.
 */
@NearBindgen({ requireInit: true })
export class Timelock {
  min_delay = 0
  /** Ids of what is scheduled and neither done nor cancelled. */
  pending: Hex[] = []
  proposer: (string | null)[] = []
  executor: (string | null)[] = []
  canceller: (string | null)[] = []

  /** `proposers` may cancel too; without `executors`, anybody may execute what is due. Nobody administers this contract but itself. */
  @initialize({})
  init(settings: { min_delay: string; proposers: string[]; executors?: string[] | null }): void {
    const proposers = input.list(settings.proposers, 'proposers').map((account) => input.account(account, 'proposers'))
    const executors = input.list(settings.executors ?? [null], 'executors')

    this.min_delay = delayOf(settings.min_delay, 'min_delay')
    this.proposer = proposers
    this.canceller = proposers
    this.executor = executors.map((account) => input.optionalAccount(account, 'executors'))
  }

  /** Answers the operation's id. `delay` is in seconds, and at least `get_min_delay`. Proposers only. */
  @call({})
  schedule(scheduled: {
    target: string
    method: string
    args: string
    deposit: string
    predecessor: Hex
    salt: Hex
    delay: string
  }): Hex {
    const operation = operationOf(scheduled)
    const seconds = delayOf(scheduled.delay, 'delay')
    const id = idOf(operation)

    requireRole(this, 'proposer')
    requireState(id, readOperation(id), OperationState.Unset)
    require(seconds >= this.min_delay, 'TimelockInsufficientDelay', seconds, this.min_delay)
    require(this.pending.length < MAX_PENDING, 'TimelockFull', MAX_PENDING)

    this.pending.push(id)
    writePending(id, { ...operation, ready_at: String(now() + BigInt(seconds)), is_executing: false })
    log('call_scheduled', { id, ...operation, delay: String(seconds) })
    return id
  }

  /** Forgets what is pending; it can be scheduled again. Cancellers only. */
  @call({})
  cancel({ id }: { id: Hex }): void {
    const operationId = idIn(id)

    requireRole(this, 'canceller')
    pendingOperation(operationId, OperationState.Waiting, OperationState.Ready)

    near.storageRemove(operationRecord(operationId))
    this.pending = this.pending.filter((other) => other !== operationId)
    log('cancelled', { id: operationId })
  }

  /** Makes the call with all the gas that is left; attach the operation's deposit. Answers whether it happened: if not, it is ready again. */
  @call({ payableFunction: true })
  execute({ id }: { id: Hex }): void {
    const operationId = idIn(id)

    if (!this.executor.includes(null)) requireRole(this, 'executor')
    const operation = pendingOperation(operationId, OperationState.Ready)
    const { deposit, predecessor } = operation
    const isItsTurn = predecessor === NO_OPERATION || readOperation(predecessor) === 'done'
    require(isItsTurn, 'TimelockUnexecutedPredecessor', predecessor)
    require(near.attachedDeposit() === BigInt(deposit), 'InputInvalid', `attached_deposit must be ${deposit} yoctoNEAR`)

    writePending(operationId, { ...operation, is_executing: true })

    callAsScheduled(operation, { id: operationId, executor: caller() })
  }

  @call({})
  on_execute({ id, executor }: { id: Hex; executor: string }): boolean {
    requireSelf()
    const operation = pendingOperation(id, OperationState.Executing)
    // Without the answer: one that is too long to be read would leave the operation executing for ever.
    const hasSucceeded = host.promise_result(0n, 0n) === 1n

    if (hasSucceeded) {
      writeRecord(operationRecord(id), 'done')
      this.pending = this.pending.filter((other) => other !== id)
    } else {
      writePending(id, { ...operation, is_executing: false })
      // What a failed call was given comes back to this contract.
      if (operation.deposit !== '0') sendNear(executor, BigInt(operation.deposit))
    }
    log(hasSucceeded ? 'call_executed' : 'call_failed', { id })
    return hasSucceeded
  }

  /** Seconds. By an operation of this contract's own only. */
  @call({})
  update_delay({ new_delay }: { new_delay: string }): void {
    const newDelay = delayOf(new_delay, 'new_delay')
    require(caller() === self(), 'TimelockUnauthorizedCaller', caller())

    log('min_delay_change', { old_duration: String(this.min_delay), new_duration: String(newDelay) })
    this.min_delay = newDelay
  }

  /** By an operation of this contract's own only. */
  @call({})
  grant_role({ role, account }: { role: Role; account: string | null }): void {
    const member = input.optionalAccount(account, 'account')
    const members = this[roleOf(role)]
    requireAdmin()

    if (!members.includes(member)) members.push(member)
    log('role_granted', { role, account: member })
  }

  /** By an operation of this contract's own, or by who has the role and gives it up. */
  @call({})
  revoke_role({ role, account }: { role: Role; account: string | null }): void {
    const member = input.optionalAccount(account, 'account')
    const name = roleOf(role)
    if (member !== caller()) requireAdmin()

    this[name] = this[name].filter((other) => other !== member)
    log('role_revoked', { role: name, account: member })
  }

  /** Seconds. */
  @view({})
  get_min_delay(): string {
    return String(this.min_delay)
  }

  @view({})
  has_role({ role, account }: { role: Role; account: string | null }): boolean {
    return this[roleOf(role)].includes(input.optionalAccount(account, 'account'))
  }

  /** When the operation is ready, in seconds: "0" for an unknown one, "1" for one that is done. */
  @view({})
  get_timestamp({ id }: { id: Hex }): string {
    const operation = readOperation(idIn(id))
    return operation === null ? '0' : operation === 'done' ? '1' : operation.ready_at
  }

  /** 0 unset, 1 waiting, 2 ready, 3 done, 4 executing. */
  @view({})
  get_operation_state({ id }: { id: Hex }): number {
    return stateOf(readOperation(idIn(id)))
  }

  /** All that is scheduled and neither done nor cancelled, the oldest first. */
  @view({})
  get_operations(): (PendingOperation & { id: Hex })[] {
    return this.pending.flatMap((id) => {
      const operation = readOperation(id)
      return operation === null || operation === 'done' ? [] : [{ id, ...operation }]
    })
  }

  /** keccak256 of six words: the hashes of target, method and args, deposit, predecessor and salt. */
  @view({})
  hash_operation(operation: Operation): Hex {
    return idOf(operationOf(operation))
  }
}

function operationOf({ target, method, args, deposit, predecessor, salt }: Operation): Operation {
  const operation = {
    target: input.account(target, 'target'),
    method: input.loggedText(method, 'method', MAX_METHOD_LENGTH),
    args: input.loggedText(args, 'args', MAX_ARGS_LENGTH),
    deposit: String(input.uint(deposit, 'deposit', 128n)),
    predecessor: input.bytes32(predecessor, 'predecessor'),
    salt: input.bytes32(salt, 'salt'),
  }
  // Out of its turn it would end, or begin again, an operation that is under way.
  require(operation.target !== self() || method !== 'on_execute', 'InputInvalid', 'method is this contract’s callback')
  return operation
}

function idOf({ target, method, args, deposit, predecessor, salt }: Operation): Hex {
  const texts = [target, method, args].map((text) => near.keccak256(utf8(text)))
  const words = [...texts, wordFromUint(BigInt(deposit)), fromHex(predecessor), fromHex(salt)]
  return toHex(near.keccak256(concat(words)))
}

function callAsScheduled({ target, method, args, deposit }: Operation, outcome: { id: Hex; executor: string }): void {
  const promise = near.promiseBatchCreate(target)
  near.promiseBatchActionFunctionCallWeight(promise, method, args, BigInt(deposit), 0n, 1n)
  const answer = near.promiseBatchThen(promise, self())
  near.promiseBatchActionFunctionCall(answer, 'on_execute', JSON.stringify(outcome), 0n, EXECUTION_CALLBACK_GAS)
  near.promiseReturn(answer)
}

type StoredOperation = PendingOperation | 'done' | null

function stateOf(operation: StoredOperation): number {
  if (operation === null) return OperationState.Unset
  if (operation === 'done') return OperationState.Done
  if (operation.is_executing) return OperationState.Executing
  return BigInt(operation.ready_at) > now() ? OperationState.Waiting : OperationState.Ready
}

/** What is pending, in one of these states. */
function pendingOperation(id: Hex, ...states: readonly number[]): PendingOperation {
  const operation = readOperation(id)
  requireState(id, operation, ...states)
  // Checked by its state: neither unset nor done.
  return operation as PendingOperation
}

/** The error's detail has a bit for each state that would do, as OpenZeppelin's. */
function requireState(id: Hex, operation: StoredOperation, ...states: readonly number[]): void {
  const bits = states.reduce((sum, state) => sum | (1n << BigInt(state)), 0n)
  const isExpected = states.includes(stateOf(operation))
  require(isExpected, 'TimelockUnexpectedOperationState', id, toHex(wordFromUint(bits)))
}

function requireRole(timelock: Timelock, role: Role): void {
  require(timelock[role].includes(caller()), 'AccessControlUnauthorizedAccount', caller(), role)
}

/** As on EVM, where nobody but the timelock has the admin's role. */
function requireAdmin(): void {
  require(caller() === self(), 'AccessControlUnauthorizedAccount', caller(), 'admin')
}

function roleOf(value: unknown): Role {
  const role = roles.find((known) => known === value)
  if (role === undefined) throw new ContractError('InputInvalid', `role is none of ${roles.join(', ')}`)
  return role
}

function delayOf(value: unknown, field: string): number {
  return Number(input.uint(value, field, 48n))
}

function idIn(value: unknown): Hex {
  return input.bytes32(value, 'id')
}

function readOperation(id: Hex): StoredOperation {
  return readRecord<PendingOperation | 'done'>(operationRecord(id))
}

function writePending(id: Hex, operation: PendingOperation): void {
  writeRecord(operationRecord(id), operation)
}

function operationRecord(id: Hex): string {
  return `operation:${id}`
}

/** A standard of its own: indexers of Parley's need not know it. */
function log(event: string, fields: object): void {
  logEvent('timelock', '1.0.0', event, fields)
}
