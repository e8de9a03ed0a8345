import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { deployHostile } from './artifacts.ts'
import { ALICE, addressOf, BOB, CAROL, type Chain, NOBODY, openChain, RELAYER } from './chain.ts'
import { expectRevert } from './expect-revert.ts'
import { callOf, domainOf, forward, signWallet } from './signing.ts'

let chain: Chain
let restore: () => Promise<void>

beforeAll(async () => {
  chain = await openChain()
  await chain.send(ALICE, chain.agents, 'register', [])
  restore = await chain.snapshot()
})

beforeEach(() => restore())

const soon = () => chain.now() + 60n
const setWallet = (wallet: `0x${string}`, signature: `0x${string}`, deadline = soon()) =>
  chain.send(ALICE, chain.agents, 'setAgentWallet', [0n, wallet, deadline, signature])
const walletOf = () => chain.read(chain.agents, 'getAgentWallet', [0n])
const carol = addressOf(CAROL)

describe('setAgentWallet', () => {
  it.each([
    ['another’s key', async () => signWallet(chain, BOB, 0n, soon(), { newWallet: carol })],
    ['another agent', async () => signWallet(chain, CAROL, 1n, soon(), { owner: addressOf(ALICE) })],
    ['another owner', async () => signWallet(chain, CAROL, 0n, soon(), { owner: addressOf(BOB) })],
    ['another deadline', async () => signWallet(chain, CAROL, 0n, soon() + 1n)],
    ['another chain', async () => signedElsewhere({ chainId: 1 })],
    ['another registry', async () => signedElsewhere({ verifyingContract: chain.escrow.address })],
    ['nothing', async () => '0x' as const],
  ])('rejects a signature of %s', async (_, sign) => {
    await expectRevert(setWallet(carol, await sign()), 'SignatureInvalid')
    expect(await walletOf()).toBe(addressOf(ALICE))
  })

  it('takes a contract’s word (ERC-1271)', async () => {
    const { address } = await deployHostile(chain, 'Wallet', [carol])

    const byCarol = await signWallet(chain, CAROL, 0n, soon(), { newWallet: address })
    const byBob = await signWallet(chain, BOB, 0n, soon(), { newWallet: address })

    await expectRevert(setWallet(address, byBob), 'SignatureInvalid')
    await setWallet(address, byCarol)
    expect(await walletOf()).toBe(address)
  })

  it('rejects a contract that answers otherwise', async () => {
    const signature = await signWallet(chain, CAROL, 0n, soon(), { newWallet: chain.dollar.address })

    await expectRevert(setWallet(chain.dollar.address, signature), 'SignatureInvalid')
  })

  it('rejects no wallet', async () => {
    await expectRevert(setWallet(NOBODY, '0x'), 'WalletInvalid')
  })

  it('takes a deadline of now and of five minutes ahead', async () => {
    for (const deadline of [chain.now(), chain.now() + 300n])
      await setWallet(carol, await signWallet(chain, CAROL, 0n, deadline), deadline)

    expect(await walletOf()).toBe(carol)
  })

  it('can be forwarded: an agent without gas sets its wallet', async () => {
    const deadline = soon()
    const signature = await signWallet(chain, CAROL, 0n, deadline)

    await forward(chain, RELAYER, ALICE, [callOf(chain.agents, 'setAgentWallet', [0n, carol, deadline, signature])])

    expect(await walletOf()).toBe(carol)
  })

  it('cannot be repeated by a new owner: the signature names the old one', async () => {
    const deadline = soon()
    const signature = await signWallet(chain, CAROL, 0n, deadline)
    await setWallet(carol, signature, deadline)
    await chain.send(ALICE, chain.agents, 'transferFrom', [addressOf(ALICE), addressOf(BOB), 0n])

    const again = chain.send(BOB, chain.agents, 'setAgentWallet', [0n, carol, deadline, signature])
    await expectRevert(again, 'SignatureInvalid')
  })
})

function signedElsewhere(change: { readonly chainId?: number; readonly verifyingContract?: `0x${string}` }) {
  return signWallet(chain, CAROL, 0n, soon(), { domain: { ...domainOf(chain, chain.agents), ...change } })
}
