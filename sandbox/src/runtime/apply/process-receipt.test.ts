import { describe, expect, test } from 'vitest'
import { ZERO_HASH } from '../../primitives/hash.ts'
import { runtimeConfig } from '../config.ts'
import { getAccount, setAccount } from '../state/accounts.ts'
import { StateUpdate } from '../state/state-update.ts'
import { announceResume, announceYield, hasYield, takeExpiredYields } from '../state/yields.ts'
import { ALICE } from '../testing/test-chain.ts'
import type { ActionReceipt, Receipt, ReceiptEnum } from '../types.ts'
import type { BlockContext } from './context.ts'
import { processReceipt } from './process-receipt.ts'

const DATA_ID = new Uint8Array(32).fill(1)
const OTHER_ID = new Uint8Array(32).fill(2)
const ACCOUNT = 'a.near'

const BLOCK: BlockContext = {
  config: runtimeConfig(86),
  chainId: 'sandbox',
  height: 10n,
  timestampNanoseconds: 1n,
  epochHeight: 1n,
  gasPrice: 1n,
  randomSeed: ZERO_HASH,
  validators: new Map(),
  minimumStake: 0n,
}

/** A transfer of one yoctoNEAR that waits for data. */
function waitingFor(...inputDataIds: Uint8Array[]): ActionReceipt {
  return {
    version: 2,
    signerId: ACCOUNT,
    signerPublicKey: ALICE.secretKey.publicKey,
    refundTo: null,
    gasPrice: 1n,
    outputDataReceivers: [],
    inputDataIds,
    actions: [{ kind: 'Transfer', deposit: 1n }],
  }
}

function receiptOf(receipt: ReceiptEnum): Receipt {
  return { predecessorId: ACCOUNT, receiverId: ACCOUNT, receiptId: new Uint8Array(32).fill(9), receipt }
}

function stateWithAccount(): StateUpdate {
  const state = new StateUpdate(undefined)
  setAccount(state, ACCOUNT, { version: 1, amount: 0n, locked: 0n, storageUsage: 100n, contract: { kind: 'None' } })
  state.commit()
  return state
}

/** Processes a receipt and says whether an action receipt ran. */
function ran(state: StateUpdate, receipt: ReceiptEnum): boolean {
  return processReceipt(BLOCK, state, receiptOf(receipt)) !== undefined
}

const amount = (state: StateUpdate) => getAccount(state, ACCOUNT)?.amount

describe('a receipt that waits for data', () => {
  test('runs when the last of it is there', () => {
    const state = stateWithAccount()

    expect(ran(state, { kind: 'Action', action: waitingFor(DATA_ID, OTHER_ID) })).toBe(false)
    expect(ran(state, { kind: 'Data', data: { dataId: OTHER_ID, data: null } })).toBe(false)
    expect(ran(state, { kind: 'Data', data: { dataId: DATA_ID, data: Uint8Array.of(1) } })).toBe(true)

    expect(amount(state)).toBe(1n)
    expect(state.keys(new Uint8Array(0))).toHaveLength(1)
  })

  test('runs at once when the data came first', () => {
    const state = stateWithAccount()

    expect(ran(state, { kind: 'Data', data: { dataId: DATA_ID, data: null } })).toBe(false)
    expect(ran(state, { kind: 'Action', action: waitingFor(DATA_ID) })).toBe(true)

    expect(state.keys(new Uint8Array(0))).toHaveLength(1)
  })
})

describe('a yield', () => {
  const YIELD_ID = new Uint8Array(32).fill(5)
  const yielded = (): StateUpdate => {
    const state = stateWithAccount()
    announceYield(state, ACCOUNT, { dataId: DATA_ID, yieldId: YIELD_ID, expiresAt: 210n })
    ran(state, { kind: 'PromiseYield', action: waitingFor(DATA_ID) })
    return state
  }
  const answer = { kind: 'PromiseResume', data: { dataId: DATA_ID, data: Uint8Array.of(1) } } as const
  const timeout = { kind: 'PromiseResume', data: { dataId: DATA_ID, data: null } } as const

  test('runs with the first answer, and later ones find nothing', () => {
    const state = yielded()

    expect(ran(state, answer)).toBe(true)
    expect(ran(state, answer)).toBe(false)
    expect(ran(state, timeout)).toBe(false)

    expect(amount(state)).toBe(1n)
    expect(hasYield(state, ACCOUNT, DATA_ID)).toBe(false)
  })

  test('runs without an answer when its time is over', () => {
    expect(ran(yielded(), timeout)).toBe(true)
  })

  test('does not time out while an answer is on its way', () => {
    const state = yielded()
    announceResume(state, ACCOUNT, DATA_ID)

    expect(ran(state, timeout)).toBe(false)
    expect(ran(state, answer)).toBe(true)
  })

  test('expires at its height, and leaves nothing in the state but the queue’s end', () => {
    const state = yielded()

    expect(takeExpiredYields(state, 209n)).toEqual([])
    expect(takeExpiredYields(state, 210n)).toEqual([{ accountId: ACCOUNT, dataId: DATA_ID, expiresAt: 210n }])
    expect(takeExpiredYields(state, 211n)).toEqual([])

    ran(state, timeout)
    expect(state.keys(new Uint8Array(0))).toHaveLength(2)
  })

  test('that was answered does not expire', () => {
    const state = yielded()
    ran(state, answer)

    expect(takeExpiredYields(state, 210n)).toEqual([])
  })
})
