import { toEventSelector, toFunctionSelector } from 'viem'
import { beforeAll, describe, expect, it } from 'vitest'
import { deployHostile } from './artifacts.ts'
import {
  type Actor,
  ALICE,
  addressOf,
  BOB,
  CAROL,
  type Chain,
  encodeCall,
  NOBODY,
  openChain,
  RELAYER,
} from './chain.ts'
import { expectRevert } from './expect-revert.ts'
import { BUDGET, DAY, giveDollars, hiringOf, registerAgent } from './fixtures.ts'
import { callOf, forward, requestOf, signRequest } from './signing.ts'

/** Of erc-8183/base-contracts at c67e160: all that clients, providers, evaluators, its admin and indexers call and read, but for the evaluator's fee. */
const FUNCTIONS = [
  'createJob(address,address,uint256,string,address,uint256)',
  'setProvider(uint256,address,uint256)',
  'setBudget(uint256,address,uint256,bytes)',
  'fund(uint256,uint256,bytes)',
  'submit(uint256,bytes32,bytes)',
  'complete(uint256,bytes32,bytes)',
  'reject(uint256,bytes32,bytes)',
  'claimRefund(uint256)',
  'getJob(uint256)',
  'setPlatformFee(uint256,address)',
  'platformFeeBP()',
  'platformTreasury()',
  'setHookWhitelist(address,bool)',
  'whitelistedHooks(address)',
  'EVALUATION_GRACE_PERIOD()',
]
const EVENTS = [
  'JobCreated(uint256 indexed jobId, address indexed client, address indexed provider, address evaluator, uint256 expiredAt, address hook)',
  'ProviderSet(uint256 indexed jobId, address indexed provider, uint256 agentId)',
  'BudgetSet(uint256 indexed jobId, address indexed token, uint256 amount)',
  'JobFunded(uint256 indexed jobId, address indexed client, uint256 amount)',
  'JobSubmitted(uint256 indexed jobId, address indexed provider, bytes32 deliverable)',
  'JobCompleted(uint256 indexed jobId, address indexed evaluator, bytes32 reason)',
  'JobRejected(uint256 indexed jobId, address indexed rejector, bytes32 reason)',
  'JobExpired(uint256 indexed jobId)',
  'PaymentReleased(uint256 indexed jobId, address indexed provider, uint256 amount)',
  'PlatformFeePaid(uint256 indexed jobId, address indexed platformTreasury, uint256 amount)',
  'Refunded(uint256 indexed jobId, address indexed client, uint256 amount)',
  'HookWhitelistUpdated(address indexed hook, bool status)',
  'PlatformFeeSet(uint256 feeBP, address indexed treasury)',
]

let chain: Chain

beforeAll(async () => {
  chain = await openChain()
  await registerAgent(chain)
  await giveDollars(chain)
})

describe('the dialect of base-contracts', () => {
  it.each(FUNCTIONS)('%s has its selector', (signature) => {
    const own = chain.escrow.abi.flatMap((item) => (item.type === 'function' ? [toFunctionSelector(item)] : []))

    expect(own).toContain(toFunctionSelector(signature))
  })

  it.each(EVENTS)('event %s has its topic, and the same fields are indexed', (signature) => {
    const [name] = signature.split('(')
    const own = chain.escrow.abi.find((item) => item.type === 'event' && item.name === name)
    const inputs = own?.type === 'event' ? own.inputs : []

    expect(own?.type === 'event' && toEventSelector(own)).toBe(toEventSelector(`event ${signature}`))
    const fields = inputs.map(({ type, name: field, indexed }) => `${type}${indexed ? ' indexed' : ''} ${field}`)
    expect(`${name}(${fields.join(', ')})`).toBe(signature)
  })
})

describe('multicall', () => {
  const opening = async (client = ALICE) => {
    const jobId = await chain.read(chain.escrow, 'nextJobId', [addressOf(client)])
    const { abi } = chain.escrow
    const creation = [addressOf(BOB), addressOf(CAROL), chain.now() + DAY, 'Translate', NOBODY, 0n]
    const calls = [
      encodeCall(abi, 'createJob', creation),
      encodeCall(abi, 'setBudget', [jobId, chain.dollar.address, BUDGET, '0x']),
      encodeCall(abi, 'fund', [jobId, BUDGET, '0x']),
    ]
    return { jobId, calls }
  }

  it('opens a job by one transaction', async () => {
    const { jobId, calls } = await opening()

    await chain.send(ALICE, chain.escrow, 'multicall', [calls])

    expect(await chain.read(chain.escrow, 'getJob', [jobId])).toMatchObject({ client: addressOf(ALICE), status: 1 })
  })

  it('through the forwarder is its signer’s, in every call', async () => {
    const { jobId, calls } = await opening()

    await forward(chain, RELAYER, ALICE, [callOf(chain.escrow, 'multicall', [calls])])

    expect(await chain.read(chain.escrow, 'getJob', [jobId])).toMatchObject({ client: addressOf(ALICE), status: 1 })
  })

  it('lets no inner call claim another sender', async () => {
    const { calls } = await opening()
    const claiming = calls.map((call) => `${call}${addressOf(ALICE).slice(2)}` as const)

    await expectRevert(chain.send(CAROL, chain.escrow, 'multicall', [claiming]), 'JobUnknown', (await opening()).jobId)
    const [call] = claiming
    if (call) await chain.send(CAROL, chain.escrow, 'multicall', [[call]])
    expect(await chain.read(chain.escrow, 'nextJobId', [addressOf(ALICE)])).toBe((await opening()).jobId)
  })
})

describe('a wallet that signs by ERC-1271', () => {
  it('hires through the forwarder from its balance in the ledger, and nobody else does', async () => {
    const { escrow, ledger, dollar } = chain
    const wallet = await deployHostile(chain, 'Wallet', [addressOf(ALICE)])
    await chain.send(ALICE, dollar, 'approve', [ledger.address, BUDGET])
    await chain.send(ALICE, ledger, 'deposit', [dollar.address, BUDGET, wallet.address])
    const hiring = hiringOf(chain, { client: wallet.address, evaluator: addressOf(CAROL), isInLedger: true })
    const calls = [callOf(ledger, 'setOperator', [escrow.address, true]), callOf(escrow, 'hire', [hiring])]
    const request = requestOf(chain, ALICE, calls, { from: wallet.address })
    const execute = async (signer: Actor) => {
      const signature = await signRequest(chain, signer, request)
      return chain.send(RELAYER, chain.forwarder, 'execute', [request, signature])
    }

    await expectRevert(execute(BOB), 'SignatureInvalid', wallet.address)
    const { events } = await execute(ALICE)

    expect(events.find(({ name }) => name === 'JobFunded')?.args.client).toBe(wallet.address)
    expect(await chain.read(ledger, 'balanceOf', [wallet.address, BigInt(dollar.address)])).toBe(0n)
  })
})
