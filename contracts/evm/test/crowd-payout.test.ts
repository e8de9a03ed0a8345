import { type Hex, type Payout, payoutTree } from '@parley/protocol'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { demoDollarAbi, demoDollarBytecode } from '../generated/contracts.ts'
import { keccak } from '../src/keccak.ts'
import { ALICE, addressOf, BOB, CAROL, type Chain, type Contract, NOBODY, OWNER, openChain, RELAYER } from './chain.ts'
import { expectRevert } from './expect-revert.ts'
import { BUDGET, createJob, BODY_HASH as HASH, registerAgent } from './fixtures.ts'
import { callOf, forward } from './signing.ts'

const HALF = BUDGET / 2n
const MAX_BALANCE = 2n ** 128n - 1n

let chain: Chain
/** Of which so much exists that balances can be filled. */
let token: Contract<typeof demoDollarAbi>
let restore: () => Promise<void>

beforeAll(async () => {
  chain = await openChain()
  await registerAgent(chain)
  token = await chain.deployContract(demoDollarAbi, demoDollarBytecode, [2n ** 130n])
  await chain.send(OWNER, token, 'transfer', [addressOf(ALICE), 2n ** 129n])
  for (const spender of [chain.ledger, chain.escrow])
    await chain.send(ALICE, token, 'approve', [spender.address, 2n ** 256n - 1n])
  await chain.send(ALICE, chain.ledger, 'deposit', [token.address, 10n * BUDGET, addressOf(ALICE)])
  await chain.send(ALICE, chain.ledger, 'setOperator', [chain.escrow.address, true])
  restore = await chain.snapshot()
})

beforeEach(() => restore())

const balanceOf = (account: Hex) => chain.read(chain.ledger, 'balanceOf', [account, BigInt(token.address)])

async function createPricedJob(): Promise<bigint> {
  const jobId = await createJob(chain, { evaluator: addressOf(CAROL) })
  await chain.send(ALICE, chain.escrow, 'setBudget', [jobId, token.address, BUDGET, '0x'])
  return jobId
}

async function submitAndComplete(jobId: bigint) {
  await chain.send(BOB, chain.escrow, 'submit', [jobId, HASH, '0x'])
  await chain.send(CAROL, chain.escrow, 'complete', [jobId, HASH, '0x'])
}

/** A paid job with a payee for each account, who share it equally. */
async function createPaidJob(accounts: readonly Hex[]) {
  const tree = payoutTree(
    accounts.map((account, at) => ({ index: BigInt(at), account, amount: BUDGET / BigInt(accounts.length) })),
    keccak,
    'evm',
  )
  const jobId = await createPricedJob()
  await chain.send(ALICE, chain.escrow, 'fundFromLedger', [jobId, BUDGET])
  await chain.send(BOB, chain.escrow, 'setPayee', [jobId, chain.crowd.address])
  await chain.send(BOB, chain.crowd, 'setPayees', [jobId, tree.root, tree.total])
  await submitAndComplete(jobId)
  return { jobId, tree }
}

type Tree = ReturnType<typeof payoutTree>

function push(jobId: bigint, tree: Tree, places: readonly number[]) {
  const { payouts, proof, proofFlags } = tree.push(places)
  return chain.send(RELAYER, chain.crowd, 'pushPayouts', [jobId, payouts.map(withAddress), proof, proofFlags])
}

const withAddress = (payout: Payout) => ({ ...payout, account: payout.account as Hex })

describe('a crowd', () => {
  it('is named and paid through the forwarder', async () => {
    const tree = payoutTree([{ index: 0n, account: addressOf(CAROL), amount: BUDGET }], keccak, 'evm')
    const jobId = await createPricedJob()
    await chain.send(ALICE, chain.escrow, 'fundFromLedger', [jobId, BUDGET])
    await forward(chain, RELAYER, BOB, [
      callOf(chain.escrow, 'setPayee', [jobId, chain.crowd.address]),
      callOf(chain.crowd, 'setPayees', [jobId, tree.root, tree.total]),
      callOf(chain.escrow, 'submit', [jobId, HASH, '0x']),
    ])
    await chain.send(CAROL, chain.escrow, 'complete', [jobId, HASH, '0x'])
    const { payout, proof } = tree.claim(0)

    await forward(chain, RELAYER, CAROL, [callOf(chain.crowd, 'claimPayout', [jobId, withAddress(payout), proof])])

    expect(await balanceOf(addressOf(CAROL))).toBe(BUDGET)
  })

  it('is paid whatever its accounts are: none of them is called', async () => {
    const accounts = [
      token.address,
      chain.escrow.address,
      chain.ledger.address,
      chain.crowd.address,
      chain.agents.address,
    ]
    const { jobId, tree } = await createPaidJob(accounts)

    await push(jobId, tree, [0, 1, 2, 3, 4])

    for (const account of accounts) expect(await balanceOf(account)).toBe(BUDGET / 5n)
  })

  it('is paid without those who cannot be: nobody, and a balance that is full', async () => {
    const full = addressOf(OWNER)
    const { jobId, tree } = await createPaidJob([full, addressOf(CAROL), NOBODY])
    await chain.send(ALICE, chain.ledger, 'deposit', [token.address, MAX_BALANCE, full])

    await expectRevert(push(jobId, tree, [0, 1]), 'BalanceOverflow', full, token.address)
    await expectRevert(push(jobId, tree, [1, 2]), 'AddressZero')
    await push(jobId, tree, [1])
    expect(await balanceOf(addressOf(CAROL))).toBe(BUDGET / 3n)
    expect(await chain.read(chain.crowd, 'isPayoutMade', [jobId, 0n])).toBe(false)

    await chain.send(OWNER, chain.ledger, 'withdraw', [token.address, BUDGET, full])
    await push(jobId, tree, [0])
    expect(await balanceOf(full)).toBe(MAX_BALANCE - BUDGET + BUDGET / 3n)
  })

  it('keeps what its payees have not claimed from the provider', async () => {
    const { jobId } = await createPaidJob([addressOf(CAROL), addressOf(OWNER)])

    await expectRevert(chain.send(BOB, chain.crowd, 'claimRemainder', [jobId]), 'NothingOwed', jobId)
    expect(await balanceOf(chain.crowd.address)).toBe(2n * HALF)
  })
})
