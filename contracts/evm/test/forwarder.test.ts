import { domainSeparator, ForwardRequest, type Hex, hashTypedData, toHex } from '@parley/protocol'
import fc from 'fast-check'
import { concatHex, encodeFunctionData, keccak256, size } from 'viem'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { keccak } from '../src/keccak.ts'
import { readRevert } from '../src/revert.ts'
import { deployHostile } from './artifacts.ts'
import { type Actor, ALICE, addressOf, BOB, CAROL, type Chain, type Contract, openChain, RELAYER } from './chain.ts'
import { expectRevert, reasonOf } from './expect-revert.ts'
import { callOf, domainOf, forward, requestOf, sign, signRequest } from './signing.ts'

let chain: Chain
let probe: Contract
let wallet: Contract
let restore: () => Promise<void>

beforeAll(async () => {
  chain = await openChain()
  probe = await deployHostile(chain, 'Probe', [chain.forwarder.address])
  wallet = await deployHostile(chain, 'Wallet', [addressOf(ALICE)])
  restore = await chain.snapshot()
})

beforeEach(() => restore())

const probeCall = (name: string, ...args: readonly unknown[]) => ({
  to: probe.address,
  data: encodeFunctionData({ abi: probe.abi, functionName: name, args }),
})

const execute = (request: ForwardRequest, signature: Hex, gas?: bigint) =>
  chain.send(RELAYER, chain.forwarder, 'execute', [request, signature], gas)

const idOf = (request: ForwardRequest) => chain.read(chain.forwarder, 'hashRequest', [request])

const total = () => chain.read(probe, 'total', [])

describe('execute', () => {
  it('makes the calls in order, as the signer, whoever sends them', async () => {
    const request = requestOf(chain, ALICE, [probeCall('note', 1n), probeCall('note', 2n)], { nonce: 9n })

    const { events } = await execute(request, await signRequest(chain, ALICE, request))

    const from = addressOf(ALICE)
    expect(events).toEqual([
      { name: 'Noted', args: { sender: from, number: 1n } },
      { name: 'Noted', args: { sender: from, number: 2n } },
      { name: 'RequestExecuted', args: { requestId: await idOf(request), from, nonce: 9n } },
    ])
  })

  it('names a request by the hash that protocol computes', async () => {
    const separator = domainSeparator(domainOf(chain, chain.forwarder), keccak)
    const hex = (length: number) => fc.uint8Array({ minLength: length, maxLength: length }).map(toHex)
    const call = fc.record({ to: hex(20), data: fc.uint8Array({ maxLength: 99 }).map(toHex) })
    const uint = (bits: bigint) => fc.bigInt({ min: 0n, max: 2n ** bits - 1n })
    const requests = fc.record({
      from: hex(20),
      calls: fc.array(call, { maxLength: 4 }),
      gas: uint(64n),
      nonce: uint(256n),
      deadline: uint(64n),
    })

    await fc.assert(
      fc.asyncProperty(requests, async (request) => {
        expect(await idOf(request)).toBe(toHex(hashTypedData(separator, ForwardRequest, request, keccak)))
      }),
    )
  })

  it('takes a request at its deadline and rejects it a second later', async () => {
    const request = requestOf(chain, ALICE, [], { deadline: chain.now() })
    const signature = await signRequest(chain, ALICE, request)

    chain.warp(1n)
    await expectRevert(execute(request, signature), 'RequestExpired', await idOf(request), request.deadline)

    await restore()
    await execute(request, signature)
  })

  it('rejects a request that was executed already', async () => {
    const request = requestOf(chain, ALICE, [probeCall('note', 1n)])
    const signature = await signRequest(chain, ALICE, request)
    await execute(request, signature)

    await expectRevert(execute(request, signature), 'RequestReplayed', request.from, request.nonce)
    expect(await total()).toBe(1n)
  })

  it('rejects another request with a nonce that was used', async () => {
    await forward(chain, RELAYER, ALICE, [probeCall('note', 1n)], { nonce: 5n })

    const again = forward(chain, RELAYER, ALICE, [probeCall('note', 2n)], { nonce: 5n })
    await expectRevert(again, 'RequestReplayed', addressOf(ALICE), 5n)
  })

  it('takes the same nonce from another account', async () => {
    await forward(chain, RELAYER, ALICE, [], { nonce: 5n })

    await forward(chain, RELAYER, BOB, [], { nonce: 5n })
  })
})

describe('a signature', () => {
  it.each([
    [
      'another target',
      (request: ForwardRequest) => ({ ...request, calls: [{ ...probeCall('note', 1n), to: chain.dollar.address }] }),
    ],
    ['other call data', (request: ForwardRequest) => ({ ...request, calls: [probeCall('note', 2n)] })],
    ['one call more', (request: ForwardRequest) => ({ ...request, calls: [...request.calls, probeCall('note', 1n)] })],
    ['no calls', (request: ForwardRequest) => ({ ...request, calls: [] })],
    ['other gas', (request: ForwardRequest) => ({ ...request, gas: request.gas - 1n })],
    ['another nonce', (request: ForwardRequest) => ({ ...request, nonce: request.nonce + 1n })],
    ['another deadline', (request: ForwardRequest) => ({ ...request, deadline: request.deadline + 1n })],
    ['another account', (request: ForwardRequest) => ({ ...request, from: addressOf(BOB) })],
  ])('does not count for %s', async (_, alter) => {
    const request = requestOf(chain, ALICE, [probeCall('note', 1n)])
    const signature = await signRequest(chain, ALICE, request)
    const altered = alter(request)

    await expectRevert(execute(altered, signature), 'SignatureInvalid', altered.from)
  })

  it('does not count for calls in another order', async () => {
    const calls = [probeCall('note', 1n), probeCall('note', 2n)]
    const request = requestOf(chain, ALICE, calls)
    const signature = await signRequest(chain, ALICE, request)

    await expectRevert(execute({ ...request, calls: calls.reverse() }, signature), 'SignatureInvalid', addressOf(ALICE))
  })

  it('of another key does not count', async () => {
    const request = requestOf(chain, ALICE, [])

    await expectRevert(execute(request, await signRequest(chain, CAROL, request)), 'SignatureInvalid', addressOf(ALICE))
  })

  it('for another chain does not count', async () => {
    const request = requestOf(chain, ALICE, [])
    const domain = { ...domainOf(chain, chain.forwarder), chainId: chain.chainId + 1 }

    const signature = await sign(ALICE, ForwardRequest, request, domain)
    await expectRevert(execute(request, signature), 'SignatureInvalid', addressOf(ALICE))
  })

  it('for another contract does not count', async () => {
    const request = requestOf(chain, ALICE, [])

    const signature = await sign(ALICE, ForwardRequest, request, domainOf(chain, chain.escrow))
    await expectRevert(execute(request, signature), 'SignatureInvalid', addressOf(ALICE))
  })

  it('with a high s does not count', async () => {
    const request = requestOf(chain, ALICE, [])
    const signature = withHighS(await signRequest(chain, ALICE, request))

    await expectRevert(execute(request, signature), 'SignatureInvalid', addressOf(ALICE))
  })

  it.each(['0x', '0x00', `0x${'00'.repeat(65)}`, `0x${'ff'.repeat(65)}`] as const)(
    'of bytes %s does not count',
    async (bytes) => {
      await expectRevert(execute(requestOf(chain, ALICE, []), bytes), 'SignatureInvalid', addressOf(ALICE))
    },
  )

  it('that recovers to nobody does not count for the zero address', async () => {
    const nobody = { ...requestOf(chain, ALICE, []), from: `0x${'00'.repeat(20)}` } as const

    await expectRevert(execute(nobody, `0x${'00'.repeat(65)}`), 'SignatureInvalid', nobody.from)
  })

  it('of a wallet counts when its owner signed (ERC-1271)', async () => {
    const request = { ...requestOf(chain, ALICE, [probeCall('note', 3n)]), from: wallet.address }

    const { events } = await execute(request, await signRequest(chain, ALICE, request))

    expect(events[0]).toEqual({ name: 'Noted', args: { sender: wallet.address, number: 3n } })
  })

  it('of a wallet does not count when a stranger signed', async () => {
    const request = { ...requestOf(chain, ALICE, []), from: wallet.address }

    await expectRevert(execute(request, await signRequest(chain, CAROL, request)), 'SignatureInvalid', wallet.address)
  })

  it('of the key counts for an account that delegates to code (EIP-7702)', async () => {
    await chain.request('hardhat_setCode', addressOf(ALICE), concatHex(['0xef0100', probe.address]))

    const { events } = await forward(chain, RELAYER, ALICE, [probeCall('note', 4n)])

    expect(events[0]).toEqual({ name: 'Noted', args: { sender: addressOf(ALICE), number: 4n } })
  })
})

describe('a call that fails', () => {
  it('undoes the calls before it, uses the nonce and says why', async () => {
    const calls = [probeCall('note', 1n), probeCall('refuse', 7n), probeCall('note', 2n)]
    const request = requestOf(chain, ALICE, calls, { nonce: 3n })
    const signature = await signRequest(chain, ALICE, request)

    const { events } = await execute(request, signature)

    const reason = encodedError('Refused', 7n)
    const args = { requestId: await idOf(request), from: addressOf(ALICE), nonce: 3n, reason }
    expect(events).toEqual([{ name: 'RequestFailed', args }])
    expect(await total()).toBe(0n)
    await expectRevert(execute(request, signature), 'RequestReplayed', addressOf(ALICE), 3n)
  })

  it('without a reason is recorded without one', async () => {
    const { events } = await forward(chain, RELAYER, ALICE, [probeCall('refuseSilently')])

    expect(events[0]).toMatchObject({ name: 'RequestFailed', args: { reason: '0x' } })
  })

  it('with much to say is cut at 1,024 bytes, and costs no more for a megabyte', async () => {
    const short = await forward(chain, RELAYER, ALICE, [probeCall('bomb', 1024n)], { nonce: 1n })
    const long = await forward(chain, RELAYER, ALICE, [probeCall('bomb', 100_000n)], { nonce: 2n })

    for (const { events } of [short, long]) expect(size(reasonIn(events))).toBe(1024)
    // The callee's own memory, which its signer's `gas` pays for, is the only difference.
    expect(long.gasUsed - short.gasUsed).toBeLessThan(50_000n)
  })

  it('runs out of its own gas, not of the sender’s', async () => {
    const request = requestOf(chain, ALICE, [probeCall('bomb', 100_000_000n)], { gas: 100_000n })

    const { events, gasUsed } = await execute(request, await signRequest(chain, ALICE, request))

    expect(events[0]?.name).toBe('RequestFailed')
    expect(gasUsed).toBeLessThan(200_000n)
  })
})

describe('a call that answers much', () => {
  it('does not make the forwarder copy the answer', async () => {
    const little = await forward(chain, RELAYER, ALICE, [probeCall('flood', 0n)], { nonce: 1n })
    const much = await forward(chain, RELAYER, ALICE, [probeCall('flood', 100_000n)], { nonce: 2n })

    expect(much.events[0]?.name).toBe('RequestExecuted')
    expect(much.gasUsed - little.gasUsed).toBeLessThan(50_000n)
  })
})

describe('gas', () => {
  it('that cannot cover the calls reverts, and the request can be sent again', async () => {
    const request = requestOf(chain, ALICE, [probeCall('write', 10n)], { gas: 400_000n })
    const signature = await signRequest(chain, ALICE, request)

    const sending = execute(request, signature, 300_000n)
    await expect(sending).rejects.toThrow(/^GasTooLow: [0-9]+ 400000$/)
    expect((await execute(request, signature, 600_000n)).events[0]?.name).toBe('RequestExecuted')
  })

  it('of no amount makes a request fail that succeeds with what it asked for', async () => {
    const request = requestOf(chain, ALICE, [probeCall('write', 5n)], { gas: 125_000n })
    const args = [request, await signRequest(chain, ALICE, request)]
    const data = encodeFunctionData({ abi: chain.forwarder.abi, functionName: 'execute', args: args as never })
    const outcomes = new Set<string>()

    for (let gas = 30_000; gas < 300_000; gas += 997) {
      const call = { from: addressOf(RELAYER), to: chain.forwarder.address, data, gas: `0x${gas.toString(16)}` }
      outcomes.add(
        await chain
          .request<Hex>('eth_call', call, 'latest')
          .then(BigInt, () => 'reverts')
          .then(String),
      )
    }

    expect([...outcomes]).toEqual(['reverts', '1'])
  })
})

describe('nobody can speak in another’s name', () => {
  it('by calling executeCalls', async () => {
    const calling = chain.send(CAROL, chain.forwarder, 'executeCalls', [addressOf(ALICE), [probeCall('note', 1n)]])

    await expectRevert(calling, 'SelfOnly', addressOf(CAROL))
  })

  it('by a request that calls executeCalls on the forwarder', async () => {
    const inner = callOf(chain.forwarder, 'executeCalls', [addressOf(ALICE), [probeCall('note', 1n)]])

    const { events } = await forward(chain, RELAYER, CAROL, [inner])

    expect(reasonText(events)).toBe(reasonOf('CallTargetInvalid', chain.forwarder.address))
    expect(await total()).toBe(0n)
  })

  it('by appending an address to a call of their own', async () => {
    const { data, to } = probeCall('note', 1n)
    const spoof = { to, data: concatHex([data, addressOf(ALICE)]) }

    const forwarded = await forward(chain, RELAYER, CAROL, [spoof])
    expect(forwarded.events[0]?.args.sender).toBe(addressOf(CAROL))

    const direct = await sendRaw(CAROL, spoof)
    expect(direct).toContain(addressOf(CAROL).slice(2))
    expect(direct).not.toContain(addressOf(ALICE).slice(2))
  })
})

it('a request to an account without code fails', async () => {
  const { events } = await forward(chain, RELAYER, ALICE, [{ to: addressOf(BOB), data: '0x1234' }])

  expect(reasonText(events)).toBe(reasonOf('CallTargetInvalid', addressOf(BOB)))
})

describe('isNonceUsed', () => {
  it('is true for the nonces that were used, in any order, and for no other', async () => {
    const near = fc.bigInt({ min: 0n, max: 600n })
    const far = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n })
    const nonces = fc.uniqueArray(fc.oneof(near, far), { minLength: 1, maxLength: 12 })

    await fc.assert(
      fc.asyncProperty(nonces, async (used) => {
        await restore()
        for (const nonce of used) await forward(chain, RELAYER, ALICE, [], { nonce })

        const neighbours = used.flatMap((nonce) => [nonce, nonce ^ 1n, nonce ^ 256n, nonce ^ (1n << 255n)])
        for (const nonce of neighbours) {
          const isUsed = await chain.read(chain.forwarder, 'isNonceUsed', [addressOf(ALICE), nonce])
          expect(isUsed).toBe(used.includes(nonce))
          expect(await chain.read(chain.forwarder, 'isNonceUsed', [addressOf(BOB), nonce])).toBe(false)
        }
      }),
      { numRuns: 15 },
    )
  })
})

/** The other signature of the same digest: n − s, the other recovery bit. */
function withHighS(signature: Hex): Hex {
  const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
  const s = order - BigInt(`0x${signature.slice(66, 130)}`)
  const v = signature.endsWith('1b') ? '1c' : '1b'
  return `${signature.slice(0, 66) as Hex}${s.toString(16).padStart(64, '0')}${v}`
}

function encodedError(name: string, number: bigint): Hex {
  const selector = keccak256(new TextEncoder().encode(`${name}(uint256)`)).slice(0, 10) as Hex
  return `${selector}${number.toString(16).padStart(64, '0')}`
}

function reasonIn(events: Awaited<ReturnType<typeof forward>>['events']): Hex {
  return events.find(({ name }) => name === 'RequestFailed')?.args.reason as Hex
}

function reasonText(events: Awaited<ReturnType<typeof forward>>['events']): string {
  return readRevert(reasonIn(events)).reason.toLowerCase()
}

async function sendRaw(from: Actor, { to, data }: { to: Hex; data: Hex }): Promise<string> {
  const hash = await chain.request<Hex>('eth_sendTransaction', { from: addressOf(from), to, data, gas: '0x30d40' })
  const { logs } = await chain.request<{ logs: { data: string }[] }>('eth_getTransactionReceipt', hash)
  return logs[0]?.data ?? ''
}
